import { HOUR } from '../../lib/clock.ts';
import type { Series } from './schema.ts';
import { durationOf, type TestTimes } from './times.ts';

/** Reports of one series: half a year of minutes. A test that wants more has a mistake in "every" or "until". */
export const REPORTS_MAX = 300_000;

type SeriesValues = number | (number | null)[] | { start: number; step: number | number[] };
/** One message, as a device writes it. */
export type Entry = { readonly at: number } & Readonly<Record<string, unknown>>;
type Gap = readonly [begin: number, end: number];

/** When a series speaks, and what it says then. */
export class SeriesPlan {
  readonly #series: Series;
  readonly #from: number;
  readonly #every: number;
  readonly #gaps: readonly Gap[];
  /** Places of the series, those in gaps and those without any value among them. */
  readonly count: number;

  constructor(series: Series, times: TestTimes) {
    const at = (time: number | string): number => times.instant(time) ?? times.start;
    this.#series = series;
    this.#from = at(series.at);
    this.#every = series.every === undefined ? HOUR : (durationOf(series.every) ?? HOUR);
    this.#gaps = series.absent.map(([begin, end]) => [at(begin), at(end)] as const);
    const listed = Object.values(series.values).map((each) => (Array.isArray(each) ? each.length : 0));
    const length = Math.max(0, ...listed);
    this.count =
      series.until === undefined
        ? Math.max(1, length)
        : Math.max(0, Math.ceil((at(series.until) - this.#from) / this.#every));
  }

  measuredAt = (place: number): number => this.#from + place * this.#every;

  /** Whether anything is said at this place, were there no gaps. */
  speaks(place: number): boolean {
    const { event, values } = this.#series;
    if (event !== undefined) return true;
    return Object.values(values).some((each) => valueAt(each as SeriesValues, place) !== undefined);
  }

  isAbsent(place: number): boolean {
    const at = this.measuredAt(place);
    return this.#gaps.some(([begin, end]) => at >= begin && at < end);
  }

  /** What is said at this place, as the device would write it; undefined: nothing. */
  entryAt(place: number): Entry | undefined {
    if (this.isAbsent(place) || !this.speaks(place)) return undefined;
    const { event, values } = this.#series;
    const said = Object.entries(values).map(([metric, each]) => [
      metric,
      valueAt(each as SeriesValues, place),
    ]);
    return {
      at: Math.round(this.measuredAt(place)),
      ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
      ...(event === undefined ? {} : { event }),
    };
  }

  /** It has no report at all, or gaps take all of them away. */
  isEmpty(): boolean {
    for (let place = 0; place < this.count; place++)
      if (this.speaks(place) && !this.isAbsent(place)) return false;
    return true;
  }

  /** Does this gap take anything away? */
  hasInGap(gap: number): boolean {
    const [begin, end] = this.#gaps[gap] ?? [0, 0];
    const first = Math.max(0, Math.ceil((begin - this.#from) / this.#every));
    for (let place = first; place < this.count && this.measuredAt(place) < end; place++)
      if (this.speaks(place)) return true;
    return false;
  }
}

/** The value at a place of the series; undefined where it is absent. */
function valueAt(values: SeriesValues, index: number): number | undefined {
  if (typeof values === 'number') return values;
  if (Array.isArray(values)) return values[index] ?? undefined;
  const steps = Array.isArray(values.step) ? values.step : [values.step];
  const round = steps.reduce((sum, each) => sum + each, 0);
  const rest = steps.slice(0, index % steps.length).reduce((sum, each) => sum + each, 0);
  return Number((values.start + Math.floor(index / steps.length) * round + rest).toFixed(6));
}
