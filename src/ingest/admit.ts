import { MINUTE } from '../lib/clock.ts';
import { CALLS_PERHAPS } from '../model/call-for-help.ts';
import { emptyHistory } from '../model/counter-block.ts';
import type { CounterRules } from '../model/counter-history.ts';
import { takeIndex } from '../model/counter-standstill.ts';
import { type DeviceState, forgetMessages, isRemembered, rememberMessage } from '../model/device-state.ts';
import type { Refusal } from '../model/effect.ts';
import { IdSet } from '../model/id-set.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent, Reading, Report } from '../model/message.ts';
import {
  type Counting,
  EVENTS,
  eventIdsOf,
  idsOf,
  MEASURES,
  METRICS,
  type MetricName,
} from '../model/metrics.ts';
import { hasPressure, withHistory, withoutOldest, withPressures } from '../model/pressure-log.ts';
import { emptyWaterBook, noteNewest, rewriteBook } from '../model/water-book.ts';
import { CARRIED, rememberCarried, rememberEvents } from './carried.ts';
import { isTooOld, timeRefusal, withSaneClocks } from './clock-faults.ts';
import { isFrameAgain, noteFrame } from './same-frame.ts';
import { replacedPressures } from './same-instant.ts';
import { noteSensed } from './sensed.ts';
import { withStillWater } from './still.ts';

/** What the registry says about the device that admission must know. */
export interface AdmitContext {
  readonly enrolledAt: number;
  /** Since when it has been in its home, where it was in another before. */
  readonly homeSince?: number | undefined;
  /** In minutes, rounded up: what is not older than this by more than `beforeEnrolmentMsMax` is not too old. */
  readonly enrolledMinute: number;
  readonly counter: CounterRules | undefined;
  /** How often it reports: what it counted longer ago says nothing about now. */
  readonly intervalMs: number;
  /** Whether it must count while it is heard: see `Counting` of its model. */
  readonly counting?: Counting | undefined;
  readonly metrics?: readonly MetricName[];
  /** Absent where it measures no blood pressure. */
  readonly bloodPressure?: unknown;
}

/** What of a report was taken. `late` holds when something came in that is not newer than the newest reading before. */
export interface Admission {
  readonly accepted: Report | undefined;
  /** Which metrics and events stand in what was taken. */
  readonly metrics: IdSet;
  readonly events: IdSet;
  readonly refusals: readonly Refusal[];
  readonly late: boolean;
}

const NO_REFUSALS: readonly Refusal[] = [];
const REPEATED: Admission = {
  accepted: undefined,
  metrics: IdSet.none,
  events: IdSet.none,
  refusals: [{ reason: 'duplicate', detail: 'the same report again' }],
  late: false,
};

/**
 * Resolves what a report means before any rule sees it: clocks that lie, repeats, counters that go back. An event is
 * never refused for its clock: an SOS whose clock says 2099 happened no later than now.
 */
export function admit(state: DeviceState, report: Report, context: AdmitContext): Admission {
  const taken = take(state, report, context);
  // Also an index that was not taken says that it is another one.
  if (context.counting !== 'on-change' || glance.odd || glance.metrics.has(WATER_ID)) return taken;
  return withStillWater(taken, state, glance.at, context.counter);
}

function take(state: DeviceState, report: Report, context: AdmitContext): Admission {
  const glance = look(state, report, context);
  if (glance.repeated || isFrameAgain(state, report, glance)) return REPEATED;
  const mayReplace = context.bloodPressure !== undefined && hasPressureBeside(report);
  if (!glance.odd && !glance.counter) {
    const replaced = mayReplace ? replacedPressures(report.readings, state.pressures) : NO_REFUSALS;
    noteFrame(state, report, glance, replaced);
    remember(state, report, report.readings, report.events, glance, context);
    return whole(report, replaced);
  }
  const refusals: Refusal[] = [];
  const readings = sift(state, report, context, glance.odd, refusals);
  noteFrame(state, report, glance, refusals);
  if (mayReplace) refusals.push(...replacedPressures(readings, state.pressures));
  const events = glance.odd ? withSaneClocks(report, context) : report.events;
  if (readings.length === 0 && events.length === 0) return { ...REPEATED, refusals };
  remember(state, report, readings, events, glance, context);
  if (readings === report.readings && events === report.events) return whole(report, refusals);
  const accepted = { ...report, readings, events };
  let metrics = IdSet.none;
  for (const { metric } of readings) metrics = metrics.with(METRICS[metric].id);
  return { accepted, metrics, events: glance.events, refusals, late: glance.late };
}

/** What a message of the past brought beyond as much as is kept, once the rules have judged it. */
export function forgetOldest(state: DeviceState): void {
  state.pressures = withoutOldest(state.pressures);
}

/**
 * People have resolved a case: a press that its device cannot date is a new one from now on. Whoever pressed by mistake
 * may fall a minute later; that the network repeats the old one just then costs a case too many.
 */
export function forgetUndatedPresses(state: DeviceState): void {
  forgetMessages(state, (key) => key < 0);
}

/** Of nearly every report it is plain: one measurement, newer than all before. */
const isOneOfNow = ({ late, metrics }: Glance, readings: readonly Reading[]): boolean =>
  !late && readings.length <= metrics.size;

/** May there be another pressure of the same instant? */
const hasPressureBeside = ({ readings }: Report): boolean =>
  hasPressure(glance.metrics) && !isOneOfNow(glance, readings);

/** All of it was taken, as the last glance saw it. */
const whole = (accepted: Report, refusals: readonly Refusal[]): Admission => ({
  accepted,
  metrics: glance.metrics,
  events: glance.events,
  refusals,
  late: glance.late,
});

/** What one pass over a report tells. One object for all reports: it is read before the next one comes. */
interface Glance {
  /** Newest event time in the report. */
  at: number;
  /** Under what it is remembered: its event time; minus its arrival, where something happened by a clock that may stand still. */
  key: number;
  /** Metrics and events, both in one number (`kind`), and a sum of the values: enough to tell a repeat from a correction. */
  metrics: IdSet;
  events: IdSet;
  kind: number;
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
  metrics: IdSet.none,
  events: IdSet.none,
  kind: 0,
  sum: 0,
  late: false,
  odd: false,
  counter: false,
  repeated: false,
};

/**
 * Calls for help. One that a device dates long ago may be a press of now by a clock that stands still, as well as one of
 * then that comes once more: after some minutes it is told again, for nobody can know.
 */
const CALL_IDS = eventIdsOf(CALLS_PERHAPS);

/** Puts the bits of events above those of metrics. The lowest metrics are lost beside high events: the sum tells them. */
const EVENT_BITS = 2 ** 31;
const EVENT_HASH = 2 ** 26;
/** Above the kinds that no message has; see NO_MESSAGE in device-state.ts. */
const BY_HASH = 2;

/** It stands in stored states: messages with low ids have the number that they had before there were others. */
const kindOf = (metrics: IdSet, events: IdSet): number =>
  metrics.bits >= 0 && events.bits >= 0
    ? metrics.bits + events.bits * EVENT_BITS
    : -(BY_HASH + metrics.hash + events.hash * EVENT_HASH);

function look(state: DeviceState, report: Report, context: AdmitContext): Glance {
  const latest = report.receivedAt + LIMITS.clockAheadMsMax;
  const { readings, events } = report;
  let at = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let metrics = IdSet.none;
  let sum = 0;
  let counter = false;
  let happened = IdSet.none;
  for (let i = 0; i < readings.length; i++) {
    const reading = readings[i] as Reading;
    const { id, semantics } = METRICS[reading.metric];
    metrics = metrics.with(id);
    sum += reading.value * id;
    if (semantics === 'counter') counter = true;
    if (reading.at > at) at = reading.at;
    if (reading.at < oldest) oldest = reading.at;
  }
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as DeviceEvent;
    const { id } = EVENTS[event.event];
    happened = happened.with(id);
    // A fall in the very second of another event is not a repeat of it: what happened, and when, both count.
    sum += event.at * (2 * id + 1);
    if (event.at > at) at = event.at;
    if (event.at < oldest) oldest = event.at;
  }
  glance.at = at;
  glance.metrics = metrics;
  glance.events = happened;
  glance.kind = kindOf(metrics, happened);
  glance.sum = sum;
  glance.counter = counter;
  const { measuredAt } = state;
  glance.late = oldest <= measuredAt;
  const isEmpty = readings.length === 0 && events.length === 0;
  glance.odd = at > latest || isTooOld(oldest, report, context);
  // Newer than all before: it cannot be a repeat, unless its clock is wrong. This is nearly every report.
  const isLongAgo = happened.meets(CALL_IDS) && report.receivedAt - at > CALL_LONG_AGO_MS;
  glance.key = isLongAgo || (glance.odd && events.length > 0) ? -report.receivedAt : at;
  glance.repeated =
    !isEmpty &&
    (at <= measuredAt || at > latest) &&
    (report.clock === 'device' || report.shiftedMs !== undefined) &&
    isRemembered(state, glance.key, glance.kind, sum, STOPPED_CLOCK_REPEAT_MS);
  return glance;
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
    const refusal = odd ? timeRefusal(reading, report, context) : undefined;
    let taken: readonly Reading[] | undefined;
    if (refusal !== undefined) refusals.push(refusal);
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

const AS_IT_CAME: readonly Reading[] = [];
const NOTHING_MEASURED: readonly Reading[] = [];

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
  const verdict = takeIndex(state.water, reading.at, reading.value, rules);
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

/** Older than this, a call may have been dated by a clock that stands still. */
const CALL_LONG_AGO_MS = 10 * MINUTE;
/**
 * Later than this, an event of the same impossible instant, or a call of the same instant long ago, happened again: a
 * network repeats within a minute or two, and one repeat too many costs less than a press that nobody hears of.
 */
const STOPPED_CLOCK_REPEAT_MS = 2 * MINUTE;

function remember(
  state: DeviceState,
  report: Report,
  readings: readonly Reading[],
  events: readonly DeviceEvent[],
  seen: Glance,
  context: AdmitContext,
): void {
  if (report.receivedAt > state.heardAt) state.heardAt = report.receivedAt;
  if (!seen.odd) {
    if (seen.at > state.measuredAt) state.measuredAt = seen.at;
  } else {
    for (const { at } of readings) if (at > state.measuredAt) state.measuredAt = at;
    for (const { at } of events) if (at > state.measuredAt) state.measuredAt = at;
  }
  const measured = seen.metrics.meets(MEASURES) ? readings : NOTHING_MEASURED;
  noteSensed(state, measured, report.receivedAt, seen.odd ? 0 : seen.at, context);
  if (events.length > 0) rememberEvents(state, events);
  if (seen.metrics.meets(CARRIED)) rememberCarried(state, readings);
  if (hasPressure(seen.metrics) && context.bloodPressure !== undefined) {
    const taken = isOneOfNow(seen, readings) ? withPressures : withHistory;
    state.pressures = taken(state.pressures, readings, report.receivedAt);
  }
  // A status word that said nothing new is not worth a place either.
  // What a counter said is told from a repeat by its history alone, so that a meter costs no more memory.
  if (seen.kind === WATER || seen.kind === 0) return;
  rememberMessage(state, seen.key, seen.kind, seen.sum, LIMITS.recentMessagesMax);
}

const WATER_ID = METRICS.water_index_m3.id;
const WATER = idsOf(['water_index_m3']).bits;
