import { HOUR } from '../lib/clock.ts';
import { visitEach } from '../lib/unhurried.ts';
import {
  firstQuarterOf,
  foundIn,
  HOME_STATES,
  type HomeState,
  isPart,
  looksOf,
  monthOf,
  ofMonth,
  QUARTER_MS,
  quarterOf,
  type Run,
  readLooks,
  readPart,
  WATCH_BEGAN,
} from '../model/watch-record.ts';
import type { RecordStore } from '../ports/records.ts';

/** `unattended`: the service itself did not look. `unknown`: nothing was written down yet. */
export const HOUR_KINDS = [...HOME_STATES, 'unattended', 'unknown'] as const;
type HourKind = (typeof HOUR_KINDS)[number];
export type Hours = Readonly<Record<HourKind, number>>;

/** A meter of which nothing comes for longer than that is no short break of a network. */
const BLIND_LONG_MS = 25 * HOUR;

export interface HomeHours {
  readonly home: string;
  readonly hours: Hours;
  readonly share?: number;
  /** The longest time in one piece in which nothing was seen, in hours. */
  readonly longestBlind: number;
}

export interface WatchedHours {
  /** Since when it is written down, as far as that is kept; absent: of the period nothing is. */
  readonly recordedFrom?: number;
  /** The period ends here where it is not over. */
  readonly until: number;
  readonly total: Omit<HomeHours, 'home'> & { readonly homes: number; readonly blindLong: number };
  /** Those that were not watched for some time, the worst first. */
  readonly homes: readonly HomeHours[];
}

/** Of which homes, and when. */
export interface WatchedPeriod {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly counts: (home: string) => boolean;
}

/** How homes were watched in a period, out of what was written down every quarter of an hour. */
export async function watchedHours(
  records: Pick<RecordStore, 'meta' | 'metaUnder'>,
  { from, to, now, counts }: WatchedPeriod,
): Promise<WatchedHours> {
  const period = {
    from: Math.ceil(from / QUARTER_MS),
    // The quarter that goes on may still be looked at.
    to: Math.min(Math.ceil(to / QUARTER_MS), quarterOf(now)),
  };
  const tally = new Tally();
  const stored = await readMonths(records, period);
  const until = Math.max(from, Math.min(to, period.to * QUARTER_MS));
  if (stored === undefined) return { until, ...tally.figures() };
  const look = new Looks(period, stored.began, stored.runs);
  await visitEach(stored.lines, ([home, line]) => {
    if (counts(home)) tally.add(hoursOf(home, line, look));
  });
  return { recordedFrom: stored.began * QUARTER_MS, until, ...tally.figures() };
}

interface Period {
  readonly from: number;
  readonly to: number;
}
/** From this quarter on. */
interface Since {
  readonly from: number;
  readonly state: HomeState;
}
interface Stored {
  readonly began: number;
  readonly runs: readonly Run[];
  readonly lines: ReadonlyMap<string, readonly Since[]>;
}

async function readMonths(
  records: Pick<RecordStore, 'meta' | 'metaUnder'>,
  { from, to }: Period,
): Promise<Stored | undefined> {
  const first = await records.meta(WATCH_BEGAN);
  if (first === undefined || from >= to) return undefined;
  let began = Number(first);
  const runs: Run[] = [];
  const lines = new Map<string, Since[]>();
  for (let month = monthOf(from); firstQuarterOf(month) < to; month = monthAfter(month)) {
    const start = firstQuarterOf(month);
    const rows = await records.metaUnder(ofMonth(month));
    const looks = readLooks(rows.find(({ key }) => key === looksOf(month))?.value);
    runs.push(...looks.map(([a, b]): Run => [a + start, b + start]));
    // What was written of the months before is kept no more, or nothing was.
    if (runs.length === 0) began = Math.max(began, firstQuarterOf(monthAfter(month)));
    await visitEach(
      rows.filter(({ key }) => isPart(key)),
      ({ value }) => {
        for (const [home, line] of readPart(value)) {
          const known = lines.get(home) ?? [];
          lines.set(home, known);
          for (const { quarter, state } of foundIn(line)) known.push({ from: start + quarter, state });
        }
      },
    );
  }
  return began >= to ? undefined : { began, runs, lines };
}

const monthAfter = (month: string): string => monthOf(firstQuarterOf(month) + 31 * 96 + 1);

/** In which quarters of the period the service looked. */
class Looks {
  readonly period: Period;
  readonly began: number;
  /** So many quarters of the period before this one were looked at. */
  readonly #before: Uint32Array;

  constructor(period: Period, began: number, runs: readonly Run[]) {
    this.period = period;
    this.began = began;
    const looked = new Uint8Array(period.to - period.from);
    for (const [from, to] of runs) looked.fill(1, this.#place(from), this.#place(to));
    this.#before = new Uint32Array(looked.length + 1);
    for (let i = 0; i < looked.length; i++) this.#before[i + 1] = (this.#before[i] ?? 0) + (looked[i] ?? 0);
  }

  #place(quarter: number): number {
    return Math.min(this.period.to, Math.max(this.period.from, quarter)) - this.period.from;
  }

  /** Quarters of the period from here up to there. */
  length(from: number, to: number): number {
    return Math.max(0, this.#place(to) - this.#place(from));
  }

  /** Of these, those that were looked at. */
  looked(from: number, to: number): number {
    return Math.max(0, (this.#before[this.#place(to)] ?? 0) - (this.#before[this.#place(from)] ?? 0));
  }
}

function hoursOf(home: string, line: readonly Since[], look: Looks): HomeHours | undefined {
  const [first] = line;
  const { period, began } = look;
  if (!first || first.from >= period.to) return undefined;
  const quarters: Record<HourKind, number> = zeros();
  let [blind, longest] = [0, 0];
  for (const [i, { from, state }] of line.entries()) {
    const looked = look.looked(from, line[i + 1]?.from ?? period.to);
    quarters[state] += looked;
    // A stop of the service in between ends it not, and adds nothing: nobody knows.
    if (state === 'blind') blind += looked;
    else if (looked > 0) blind = 0;
    longest = Math.max(longest, blind);
  }
  // Who was there when the record began was there before; who came later is counted from then.
  const since = first.from <= began ? period.from : first.from;
  quarters.unknown = look.length(since, began);
  const all = look.length(since, period.to);
  if (all === 0) return undefined;
  quarters.unattended = all - quarters.unknown - sum(HOME_STATES.map((state) => quarters[state]));
  return { home, ...figuresOf(quarters), longestBlind: inHours(longest) };
}

const zeros = (): Record<HourKind, number> =>
  Object.fromEntries(HOUR_KINDS.map((kind) => [kind, 0])) as Record<HourKind, number>;
const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
const inHours = (quarters: number): number => (quarters * QUARTER_MS) / HOUR;

/** The share is of the hours in which somebody should have been watched, and of which it is known whether. */
function figuresOf(quarters: Hours): { readonly hours: Hours; readonly share?: number } {
  const { watched, blind, untold, unarmed, unattended } = quarters;
  const owed = watched + blind + untold + unarmed + unattended;
  const hours = Object.fromEntries(HOUR_KINDS.map((kind) => [kind, inHours(quarters[kind])])) as Hours;
  return { hours, ...(owed === 0 ? {} : { share: watched / owed }) };
}

/** What of a home nobody saw or would have heard, while the service itself was there. */
export const unwatchedHours = ({ hours: { blind, untold, unarmed } }: Pick<HomeHours, 'hours'>): number =>
  blind + untold + unarmed;

class Tally {
  readonly #worst: HomeHours[] = [];
  readonly #quarters = zeros();
  #homes = 0;
  #blindLong = 0;
  #longest = 0;

  add(one: HomeHours | undefined): void {
    if (!one) return;
    this.#homes++;
    for (const kind of HOUR_KINDS) this.#quarters[kind] += (one.hours[kind] * HOUR) / QUARTER_MS;
    if (one.longestBlind * HOUR > BLIND_LONG_MS) this.#blindLong++;
    this.#longest = Math.max(this.#longest, one.longestBlind);
    if (unwatchedHours(one) > 0) this.#worst.push(one);
  }

  figures(): Pick<WatchedHours, 'total' | 'homes'> {
    return {
      total: {
        homes: this.#homes,
        ...figuresOf(this.#quarters),
        longestBlind: this.#longest,
        blindLong: this.#blindLong,
      },
      homes: this.#worst.sort((a, b) => unwatchedHours(b) - unwatchedHours(a) || (a.home < b.home ? -1 : 1)),
    };
  }
}
