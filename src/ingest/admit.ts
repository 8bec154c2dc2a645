import { type CounterRules, emptyHistory, takeCounter } from '../model/counter-history.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent, Reading, Report } from '../model/message.ts';
import { EVENTS, METRICS } from '../model/metrics.ts';
import type { RejectionReason } from '../model/rejection.ts';
import { emptyWaterBook, noteNewest, rewriteBook } from '../model/water-book.ts';

/** What the registry says about the device that admission must know. */
export interface AdmitContext {
  readonly enrolledAt: number;
  readonly counter: CounterRules | undefined;
}

/** What of a report was taken. `late` holds when something came in that is not newer than the newest reading before. */
export interface Admission {
  readonly accepted: Report | undefined;
  readonly refusals: readonly Refusal[];
  readonly late: boolean;
}

const NO_REFUSALS: readonly Refusal[] = [];
const REPEATED: Admission = {
  accepted: undefined,
  refusals: [{ reason: 'duplicate', detail: 'the same report again' }],
  late: false,
};

/**
 * Resolves what a report means before any rule sees it: clocks that lie, repeats, counters that go back. An event is
 * never refused for its clock: an SOS whose clock says 2099 happened no later than now.
 */
export function admit(state: DeviceState, report: Report, context: AdmitContext): Admission {
  const glance = look(state, report, context);
  if (glance.repeated) return REPEATED;
  if (!glance.odd && !glance.counter) {
    remember(state, report, report.readings, report.events, glance);
    return { accepted: report, refusals: NO_REFUSALS, late: glance.late };
  }
  const refusals: Refusal[] = [];
  const readings = sift(state, report, context, glance.odd, refusals);
  const events = glance.odd ? withSaneClocks(report, context) : report.events;
  if (readings.length === 0 && events.length === 0) return { accepted: undefined, refusals, late: false };
  remember(state, report, readings, events, glance);
  const unchanged = readings === report.readings && events === report.events;
  return { accepted: unchanged ? report : { ...report, readings, events }, refusals, late: glance.late };
}

/** What one pass over a report tells. One object for all reports: it is read before the next one comes. */
interface Glance {
  /** Newest event time in the report. */
  at: number;
  /** Under what it is remembered: its event time; minus its arrival, where something happened by a clock that cannot be right. */
  key: number;
  /** Metrics and, above them, events as bits, and a sum of the values: enough to tell a repeat from a correction. */
  metrics: number;
  sum: number;
  late: boolean;
  /** A clock that cannot be right stands in it. */
  odd: boolean;
  /** A cumulative counter stands in it. */
  counter: boolean;
  repeated: boolean;
}

const glance: Glance = {
  at: 0,
  key: 0,
  metrics: 0,
  sum: 0,
  late: false,
  odd: false,
  counter: false,
  repeated: false,
};

/** Puts the bits of events above those of metrics; exact for ids up to 21. */
const EVENT_BITS = 2 ** 31;

function look(state: DeviceState, report: Report, context: AdmitContext): Glance {
  const earliest = earliestOf(report, context);
  const latest = report.receivedAt + LIMITS.clockAheadMsMax;
  const { readings, events } = report;
  let at = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let metrics = 0;
  let sum = 0;
  let counter = false;
  let happened = 0;
  for (let i = 0; i < readings.length; i++) {
    const reading = readings[i] as Reading;
    const { id, semantics } = METRICS[reading.metric];
    metrics |= 1 << id;
    sum += reading.value * id;
    if (semantics === 'counter') counter = true;
    if (reading.at > at) at = reading.at;
    if (reading.at < oldest) oldest = reading.at;
  }
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as DeviceEvent;
    const { id } = EVENTS[event.event];
    happened |= 1 << id;
    // A fall in the very second of another event is not a repeat of it: what happened, and when, both count.
    sum += event.at * (2 * id + 1);
    if (event.at > at) at = event.at;
    if (event.at < oldest) oldest = event.at;
  }
  glance.at = at;
  glance.metrics = metrics + happened * EVENT_BITS;
  glance.sum = sum;
  glance.counter = counter;
  glance.late = oldest <= state.measuredAt;
  glance.odd = oldest < earliest || at > latest;
  // Newer than all before: it cannot be a repeat, unless its clock is wrong. This is nearly every report.
  glance.key = glance.odd && events.length > 0 ? -report.receivedAt : at;
  glance.repeated =
    (at <= state.measuredAt || at > latest) && report.clock === 'device' && isRemembered(state);
  return glance;
}

/** Before this nothing can have been measured here: the device was elsewhere, or it is older than what is kept. */
function earliestOf(report: Report, context: AdmitContext): number {
  return Math.max(
    context.enrolledAt - LIMITS.beforeEnrolmentMsMax,
    report.receivedAt - LIMITS.readingAgeMsMax,
  );
}

function clockFault(at: number, report: Report, context: AdmitContext): RejectionReason | undefined {
  if (at > report.receivedAt + LIMITS.clockAheadMsMax) return 'clock-future';
  return at < earliestOf(report, context) ? 'clock-past' : undefined;
}

function withSaneClocks(report: Report, context: AdmitContext): readonly DeviceEvent[] {
  if (!report.events.some(({ at }) => clockFault(at, report, context))) return report.events;
  return report.events.map((event) =>
    clockFault(event.at, report, context) ? { ...event, at: report.receivedAt } : event,
  );
}

/** Takes each value by itself. Gives back the very list of the report when all of it was taken as it came. */
function sift(
  state: DeviceState,
  report: Report,
  context: AdmitContext,
  odd: boolean,
  refusals: Refusal[],
): readonly Reading[] {
  const ordered = inTimeOrder(report.readings);
  let kept: Reading[] | undefined;
  for (let i = 0; i < ordered.length; i++) {
    const reading = ordered[i] as Reading;
    const fault = odd ? clockFault(reading.at, report, context) : undefined;
    let taken: readonly Reading[] | undefined;
    if (fault !== undefined)
      refusals.push({ reason: fault, detail: `${reading.metric} at ${instantText(reading.at)}` });
    else if (reading.metric === 'water_index_m3' && context.counter)
      taken = takeWater(state, reading, context.counter, refusals);
    else taken = AS_IT_CAME;
    if (taken === AS_IT_CAME) kept?.push(reading);
    else {
      kept ??= ordered.slice(0, i);
      if (taken) kept.push(...taken);
    }
  }
  return kept ?? (ordered === report.readings ? report.readings : ordered);
}

/** A clock that lies may lie further than a Date reaches. */
const instantText = (at: number): string =>
  Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : `${at} ms`;

const AS_IT_CAME: readonly Reading[] = [];

/** What is to be kept in place of this reading; undefined if nothing is. */
function takeWater(
  state: DeviceState,
  reading: Reading,
  rules: CounterRules,
  refusals: Refusal[],
): readonly Reading[] | undefined {
  state.water ??= emptyHistory();
  const { exchangedAt } = rules;
  if (exchangedAt !== undefined && reading.at < exchangedAt && state.measuredAt >= exchangedAt) {
    refusals.push({ reason: 'after-exchange', detail: `${reading.value} m³ belongs to the meter before` });
    return undefined;
  }
  const verdict = takeCounter(state.water, reading.at, reading.value, rules);
  state.waterBook ??= emptyWaterBook();
  switch (verdict.kind) {
    case 'taken':
      noteNewest(state.waterBook, state.water);
      return AS_IT_CAME;
    case 'late':
      rewriteBook(state.waterBook, state.water);
      return AS_IT_CAME;
    case 'restarted':
      rewriteBook(state.waterBook, state.water);
      return [{ metric: reading.metric, value: verdict.held.raw, at: verdict.held.at }, reading];
    case 'duplicate':
      refusals.push({ reason: 'duplicate', detail: `${reading.metric} ${reading.value} again` });
      return undefined;
    case 'held':
      refusals.push({ reason: verdict.because, detail: `${reading.value} m³, waiting for the next reading` });
      return undefined;
  }
}

function inTimeOrder(readings: readonly Reading[]): readonly Reading[] {
  for (let i = 1; i < readings.length; i++) {
    if ((readings[i] as Reading).at < (readings[i - 1] as Reading).at)
      return [...readings].sort((a, b) => a.at - b.at);
  }
  return readings;
}

/** Later than this, an event of the same impossible instant happened again. */
const STOPPED_CLOCK_REPEAT_MS = 10 * 60_000;

/** A message in `recent`: event time (or arrival, see Glance), metrics, sum. The first place of `recent` is the message that is replaced next. */
const SLOT = 3;

function isRemembered({ recent }: DeviceState): boolean {
  for (let i = 1; i < recent.length; i += SLOT) {
    if (recent[i + 1] !== glance.metrics || recent[i + 2] !== glance.sum) continue;
    const key = recent[i] as number;
    // A clock that stands still says the same of every press of a button: the network repeats within minutes only.
    if (key === glance.key || (key < 0 && key - glance.key <= STOPPED_CLOCK_REPEAT_MS)) return true;
  }
  return false;
}

function remember(
  state: DeviceState,
  report: Report,
  readings: readonly Reading[],
  events: readonly DeviceEvent[],
  seen: Glance,
): void {
  if (report.receivedAt > state.heardAt) state.heardAt = report.receivedAt;
  if (!seen.odd) {
    if (seen.at > state.measuredAt) state.measuredAt = seen.at;
  } else {
    for (const { at } of readings) if (at > state.measuredAt) state.measuredAt = at;
    for (const { at } of events) if (at > state.measuredAt) state.measuredAt = at;
  }
  if ((seen.metrics & WORN) !== 0) rememberWorn(state, readings);
  // What a counter said is told from a repeat by its history alone, so that a meter costs no more memory.
  if (seen.metrics === WATER) return;
  const { recent } = state;
  if (recent.length === 0) recent.push(0);
  const slot = recent[0] as number;
  const place = 1 + slot * SLOT;
  recent[place] = seen.key;
  recent[place + 1] = seen.metrics;
  recent[place + 2] = seen.sum;
  recent[0] = (slot + 1) % LIMITS.recentMessagesMax;
}

const WORN = 1 << METRICS.worn_bool.id;
const WATER = 1 << METRICS.water_index_m3.id;

function rememberWorn(state: DeviceState, readings: readonly Reading[]): void {
  for (const { metric, value, at } of readings) {
    if (metric === 'worn_bool' && (state.worn === undefined || at >= state.worn.at))
      state.worn = { value, at };
  }
}
