import { MINUTE, SECOND } from '../lib/clock.ts';
import { type DeviceState, measuredBefore } from '../model/device-state.ts';
import type { Report } from '../model/message.ts';
import { METRICS, type MetricName } from '../model/metrics.ts';
import { restKnownOf, restKnownSince } from './vital-claim.ts';

/** One limit of one metric: at or above, or at or below. */
export interface Limit {
  readonly metric: MetricName;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly clear?: number | undefined;
  readonly grave?: number | undefined;
}

/** What must come together before readings beyond a limit are believed. */
export interface Confirmation {
  readonly limits: readonly Limit[];
  readonly confirm: {
    readonly count: number;
    readonly of: number;
    readonly withinMinutes: number;
    readonly apartMinutes: number;
  };
  readonly restMinutes: number;
  readonly holdMinutes: number;
  readonly holdMinutesUnknown?: number | undefined;
  readonly holdShare: number;
  /** Set where somebody is told of a single reading as well, when the time for a second one is over. */
  readonly ifUnconfirmed?: unknown;
}

/** One instant at which the rule's metrics were measured. */
export interface Sample {
  readonly at: number;
  readonly over: boolean;
  readonly grave: boolean;
  /** For how long the wearer had been at rest; undefined: nobody knows. */
  readonly restedMs?: number | undefined;
  readonly metric: MetricName;
  readonly value: number;
  readonly receivedAt: number;
  /** For how many readings it stands, where they came too densely for each to be kept; absent: for itself. */
  readonly times?: number;
  /** The device had measured soon before it, whatever became of that. */
  readonly isSoon?: true;
}
const SAMPLES_MAX = 150;

/** One sample for each instant of the report at which one of the metrics was measured; over if any limit is reached. */
export function samplesOf(report: Report, limits: Confirmation, state: DeviceState): Sample[] {
  let samples: Sample[] | undefined;
  for (const { metric, value, at } of report.readings) {
    for (const rule of limits.limits) {
      if (rule.metric !== metric) continue;
      const over = beyond(value, rule);
      samples ??= [];
      const same = samples.findIndex((sample) => sample.at === at);
      const sample: Sample = {
        at,
        over,
        grave: isGrave(value, rule),
        ...(limits.restMinutes > 0 ? { restedMs: restOf(state, at, limits) } : {}),
        metric,
        value,
        receivedAt: report.receivedAt,
      };
      if (same < 0) samples.push(sample);
      else if (over && !(samples[same] as Sample).over) samples[same] = sample;
    }
  }
  if (!samples) return NO_SAMPLES;
  samples.sort((a, b) => a.at - b.at);
  return samples.map((sample, i) =>
    sample.over && isSoon(sample, samples?.[i - 1], limits, state) ? { ...sample, isSoon: true } : sample,
  );
}

/**
 * For how long the wearer had been at rest; undefined: nobody knows. A walk that is told after it explains what has to hold, a fast
 * pulse; a single reading is not taken back for some steps to the kitchen at some time after the word before.
 */
function restOf(
  state: DeviceState,
  at: number,
  { restMinutes, holdMinutes }: Confirmation,
): number | undefined {
  const isBefore = at < (state.steps?.movedAt ?? 0);
  return isBefore && holdMinutes === 0 ? undefined : restKnownOf(state, at, restMinutes * MINUTE);
}

/** The same sample as these limits have it. */
export function judgedBy(limits: readonly Limit[], sample: Sample): Sample {
  const own = limits.filter(({ metric }) => metric === sample.metric);
  const over = own.some((limit) => beyond(sample.value, limit));
  const grave = over && own.some((limit) => isGrave(sample.value, limit));
  return over === sample.over && grave === sample.grave ? sample : { ...sample, over, grave };
}

/** Without those of which it is known by now that their wearer walked, and with the rest that is known by now. */
export function restedSamples(
  samples: readonly Sample[],
  { restMinutes, holdMinutes }: Pick<Confirmation, 'restMinutes' | 'holdMinutes'>,
  state: DeviceState,
): readonly Sample[] {
  const wantedMs = restMinutes * MINUTE;
  if (wantedMs === 0 || holdMinutes === 0) return samples;
  return samples.flatMap((sample) => {
    const restedMs = restKnownSince(state, sample.at, wantedMs);
    if (restedMs === undefined || restedMs === sample.restedMs) return [sample];
    return restedMs < wantedMs ? [] : [{ ...sample, restedMs }];
  });
}

/** Had it measured so lately that it is none of those that measure seldom? In this message, or in one of the last. */
function isSoon(
  { at, metric }: Sample,
  before: Sample | undefined,
  { confirm }: Confirmation,
  state: DeviceState,
): boolean {
  const apartMs = seldomFrom(confirm);
  const { id } = METRICS[metric];
  if (before && at - before.at < apartMs) return true;
  return id <= 30 && measuredBefore(state, id, at, apartMs);
}

const NO_SAMPLES: Sample[] = [];

export const beyond = (value: number, { above, below }: Limit): boolean =>
  (above !== undefined && value >= above) || (below !== undefined && value <= below);

const isGrave = (value: number, { above, grave }: Limit): boolean =>
  grave !== undefined && (above === undefined ? value <= grave : value >= grave);

/** Back beyond the hysteresis, so that it counts as normal? */
export function isNormal(sample: Sample, limits: readonly Limit[]): boolean {
  return limits.every((rule) => {
    if (rule.metric !== sample.metric) return true;
    if (rule.above !== undefined)
      return sample.value < rule.above && sample.value <= (rule.clear ?? sample.value);
    return sample.value > (rule.below as number) && sample.value >= (rule.clear ?? sample.value);
  });
}

/** Many bands measure the pulse once an hour. What lies further apart than this is no repetition. */
const SELDOM_MINUTES = 150;

/** How far back readings are kept. */
export function spanOf(limits: Confirmation): number {
  const { confirm, ifUnconfirmed } = limits;
  const seldom = ifUnconfirmed === undefined ? SELDOM_MINUTES * (confirm.count - 1) * MINUTE : 0;
  return Math.max(runSpanOf(limits), seldom);
}

/** How far back they count as one run. */
const runSpanOf = ({ confirm, holdMinutes, holdMinutesUnknown = 0 }: Confirmation): number =>
  Math.max(confirm.withinMinutes, holdMinutes * 2, holdMinutesUnknown * 2) * MINUTE;

/** Puts it where it belongs in time, and forgets what lies too far back. */
export function withSample(samples: Sample[], sample: Sample, spanMs: number): Sample[] {
  insert(samples, sample);
  const newest = (samples[samples.length - 1] as Sample).at;
  const kept = samples.filter(({ at }) => newest - at <= spanMs);
  return kept.length > SAMPLES_MAX ? thinned(kept).slice(-SAMPLES_MAX) : kept;
}

/** Of a device that measures each second an hour is not kept reading by reading: of the older half two that are alike become one. */
function thinned(samples: readonly Sample[]): Sample[] {
  const half = samples.length / 2;
  const kept: Sample[] = [];
  for (let i = 0; i < samples.length; i++) {
    const [one, next] = [samples[i] as Sample, samples[i + 1]];
    if (i >= half || !next || !isAlike(one, next)) kept.push(one);
    else {
      kept.push({ ...one, times: timesOf(one) + timesOf(next) });
      i++;
    }
  }
  return kept;
}

const isAlike = (a: Sample, b: Sample): boolean =>
  a.over === b.over &&
  a.grave === b.grave &&
  a.metric === b.metric &&
  (a.restedMs === undefined) === (b.restedMs === undefined);

const timesOf = ({ times = 1 }: Sample): number => times;

/** How many readings they are. */
export const timesOfAll = (samples: readonly Sample[]): number =>
  samples.reduce((sum, sample) => sum + timesOf(sample), 0);

function insert(samples: Sample[], sample: Sample): void {
  let index = samples.length;
  while (index > 0 && (samples[index - 1] as Sample).at > sample.at) index--;
  // The same instant again is a correction, not a second reading.
  if ((samples[index - 1] as Sample | undefined)?.at === sample.at) samples[index - 1] = sample;
  else samples.splice(index, 0, sample);
}

/** The readings that confirm it, oldest first; undefined while it is not confirmed. */
export function confirmation(
  samples: readonly Sample[],
  limits: Confirmation,
): readonly Sample[] | undefined {
  const { confirm } = limits;
  const newest = samples[samples.length - 1];
  if (!newest) return undefined;
  const since = (ms: number) => samples.filter(({ at }) => newest.at - at <= ms);
  const within = since(confirm.withinMinutes * MINUTE);
  const overs = repeatedIn(within, confirm) ?? repeatedIn(spread(within, confirm.apartMinutes), confirm);
  if (overs) return heldOf(unbroken(since(runSpanOf(limits)), confirm.withinMinutes), overs, limits);
  const row = within.length < confirm.count ? inARow(samples, confirm) : undefined;
  return row && heldOf(samples, row, limits);
}

/** Those since the last gap longer than this: in it the device had nothing to say, or its wearer walked. */
function unbroken(samples: readonly Sample[], gapMinutes: number): readonly Sample[] {
  let first = samples.length - 1;
  while (
    first > 0 &&
    (samples[first] as Sample).at - (samples[first - 1] as Sample).at <= gapMinutes * MINUTE
  )
    first--;
  return samples.slice(Math.max(0, first));
}

/** Those beyond the limit since they hold, if they have held for as long as they must: longer where nobody knows whether the wearer was at rest. */
function heldOf(
  samples: readonly Sample[],
  overs: readonly Sample[],
  limits: Confirmation,
): readonly Sample[] | undefined {
  const { restMinutes, holdMinutes, holdMinutesUnknown = holdMinutes } = limits;
  if (restMinutes === 0) return holding(samples, overs, holdMinutes, limits);
  const known = samples.slice(samples.findLastIndex(({ restedMs }) => restedMs === undefined) + 1);
  return holding(known, overs, holdMinutes, limits) ?? holding(samples, overs, holdMinutesUnknown, limits);
}

/** Since the first of them from which on enough are beyond the limit: one of long before does not put it off. */
function holding(
  samples: readonly Sample[],
  overs: readonly Sample[],
  minutes: number,
  { holdShare }: Confirmation,
): readonly Sample[] | undefined {
  const newest = samples.at(-1);
  if (!newest || minutes === 0) return newest && overs;
  if (!newest.over) return undefined;
  let start: number | undefined;
  let [beyond, all] = [0, 0];
  for (let i = samples.length - 1; i >= 0; i--) {
    const one = samples[i] as Sample;
    all += timesOf(one);
    if (!one.over) continue;
    beyond += timesOf(one);
    if (newest.at - one.at >= minutes * MINUTE && beyond >= holdShare * all) start = i;
  }
  return start === undefined ? undefined : samples.slice(start).filter(({ over }) => over);
}

/** Those beyond the limit among the last so many, far enough apart, if they are enough. */
function repeatedIn(
  samples: readonly Sample[],
  { count, of, apartMinutes }: Confirmation['confirm'],
): readonly Sample[] | undefined {
  const over = samples.slice(-of).filter((sample) => sample.over);
  const overs = apart(over, apartMinutes * MINUTE);
  return overs.length < count ? undefined : overs;
}

/** The newest, and each time the next before it that is far enough from it: the last three of one a minute are never far apart. */
function spread(samples: readonly Sample[], apartMinutes: number): readonly Sample[] {
  const kept: Sample[] = [];
  for (let i = samples.length - 1; i >= 0; i--) {
    const one = samples[i] as Sample;
    const later = kept.at(-1);
    if (!later || later.at - one.at >= apartMinutes * MINUTE) kept.push(one);
  }
  return kept.reverse();
}

/** What lies further apart is too seldom to come together within the time. */
const seldomFrom = ({ count, withinMinutes }: Confirmation['confirm']): number =>
  (withinMinutes / count) * MINUTE;

/** Of a device that does not measure so often within the time: the last so many, if all are beyond the limit. */
function inARow(samples: readonly Sample[], confirm: Confirmation['confirm']): readonly Sample[] | undefined {
  const { count } = confirm;
  const last = samples.slice(-count);
  const isRow = last.every((one, i) => {
    const next = last[i + 1] ?? one;
    const before = samples[samples.length - count + i - 1];
    // What it measured a moment before was not beyond the limit, or of somebody who walked: it is missing in the row.
    const isNext = !one.isSoon || (before !== undefined && one.at - before.at < seldomFrom(confirm));
    return one.over && isNext && next.at - one.at <= SELDOM_MINUTES * MINUTE;
  });
  return isRow && last.length === count && isSeldom(samples, seldomFrom(confirm)) ? last : undefined;
}

/** Mostly further apart than this. Of a device that measures each minute an hour is merely missing. */
function isSeldom(samples: readonly Sample[], apartMs: number): boolean {
  const seldom = samples.filter(({ at }, i) => at - (samples[i - 1]?.at ?? at) >= apartMs && i > 0);
  return 2 * seldom.length >= samples.length - 1;
}

/** Those that stand far enough from the one counted before. */
function apart(overs: readonly Sample[], apartMs: number): readonly Sample[] {
  if (apartMs === 0) return overs;
  const kept: Sample[] = [];
  for (const over of overs) {
    const before = kept.at(-1);
    if (!before || over.at - before.at >= apartMs) kept.push(over);
  }
  return kept;
}

/** Two normal readings so far apart end what has begun; of a device that measures each few seconds two are a slip. */
const PASSED_MS = 15 * SECOND;

/** Nothing over the limit among the last readings that count: it has passed. */
export function hasPassed(samples: readonly Sample[], of: number): boolean {
  const recent = samples.slice(-of);
  const last = recent.findLastIndex(({ over }) => over);
  if (last < 0) return true;
  const normal = recent.slice(last + 1);
  const [first, newest] = [normal[0], normal.at(-1)];
  if (recent.length < 3 || normal.length < 2 || !first || !newest) return false;
  return newest.at - first.at >= PASSED_MS;
}
