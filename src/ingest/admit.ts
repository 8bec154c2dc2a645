import { type CounterRules, emptyHistory, takeCounter } from '../model/counter-history.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent, Reading, Report } from '../model/message.ts';
import { METRICS } from '../model/metrics.ts';
import type { RejectionReason } from '../model/rejection.ts';

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

/**
 * Resolves what a report means before any rule sees it: clocks that lie, repeats, counters that go back. An event is
 * never refused for its clock: an SOS whose clock says 2099 happened no later than now.
 */
export function admit(state: DeviceState, report: Report, context: AdmitContext): Admission {
  let refusals: Refusal[] | undefined;
  let late = false;
  let readings: readonly Reading[] = report.readings;
  let events: readonly DeviceEvent[] = report.events;
  if (isRepeat(state, report)) {
    return {
      accepted: undefined,
      refusals: [{ reason: 'duplicate', detail: 'the same report again' }],
      late: false,
    };
  }
  if (mustSift(report, context)) {
    refusals = [];
    readings = sift(state, report, context, refusals);
    if (events.some((event) => clockFault(event.at, report, context))) {
      events = events.map((event) =>
        clockFault(event.at, report, context) ? { ...event, at: report.receivedAt } : event,
      );
    }
  }
  for (const reading of readings) if (reading.at <= state.measuredAt) late = true;
  if (readings.length === 0 && events.length === 0) {
    return { accepted: undefined, refusals: refusals ?? NO_REFUSALS, late: false };
  }
  remember(state, report, readings, events);
  const unchanged = readings === report.readings && events === report.events;
  return {
    accepted: unchanged ? report : { ...report, readings, events },
    refusals: refusals ?? NO_REFUSALS,
    late,
  };
}

/** Only counters and odd clocks need a look at each value; everything else passes untouched. */
function mustSift(report: Report, context: AdmitContext): boolean {
  for (const { metric, at } of report.readings) {
    if (metric === 'water_index_m3' || clockFault(at, report, context)) return true;
  }
  for (const { at } of report.events) if (clockFault(at, report, context)) return true;
  return false;
}

function clockFault(at: number, report: Report, context: AdmitContext): RejectionReason | undefined {
  if (at > report.receivedAt + LIMITS.clockAheadMsMax) return 'clock-future';
  if (at < context.enrolledAt - LIMITS.clockAheadMsMax || at < report.receivedAt - LIMITS.readingAgeMsMax)
    return 'clock-past';
  return undefined;
}

function sift(
  state: DeviceState,
  report: Report,
  context: AdmitContext,
  refusals: Refusal[],
): readonly Reading[] {
  const kept: Reading[] = [];
  for (const reading of inTimeOrder(report.readings)) {
    const fault = clockFault(reading.at, report, context);
    if (fault !== undefined)
      refusals.push({ reason: fault, detail: `${reading.metric} at ${new Date(reading.at).toISOString()}` });
    else if (reading.metric === 'water_index_m3' && context.counter) {
      takeWater(state, reading, context.counter, kept, refusals);
    } else kept.push(reading);
  }
  const same =
    kept.length === report.readings.length &&
    kept.every((reading, index) => reading === report.readings[index]);
  return same ? report.readings : kept;
}

function takeWater(
  state: DeviceState,
  reading: Reading,
  rules: CounterRules,
  kept: Reading[],
  refusals: Refusal[],
): void {
  state.water ??= emptyHistory();
  const { exchangedAt } = rules;
  if (exchangedAt !== undefined && reading.at < exchangedAt && state.measuredAt >= exchangedAt) {
    refusals.push({ reason: 'after-exchange', detail: `${reading.value} m³ belongs to the meter before` });
    return;
  }
  const verdict = takeCounter(state.water, reading.at, reading.value, rules);
  switch (verdict.kind) {
    case 'taken':
    case 'late':
      kept.push(reading);
      return;
    case 'restarted':
      kept.push({ metric: reading.metric, value: verdict.held.raw, at: verdict.held.at }, reading);
      return;
    case 'duplicate':
      refusals.push({ reason: 'duplicate', detail: `${reading.metric} ${reading.value} again` });
      return;
    case 'held':
      refusals.push({ reason: verdict.because, detail: `${reading.value} m³, waiting for the next reading` });
  }
}

function inTimeOrder(readings: readonly Reading[]): readonly Reading[] {
  for (let i = 1; i < readings.length; i++) {
    if ((readings[i] as Reading).at < (readings[i - 1] as Reading).at)
      return [...readings].sort((a, b) => a.at - b.at);
  }
  return readings;
}

/** The metrics of a report as bits, and the sum of its values: enough to tell a repeat from a correction. */
function signature(report: Report): { at: number; metrics: number; sum: number } {
  let metrics = 0;
  let sum = 0;
  let at = 0;
  for (const reading of report.readings) {
    metrics |= 1 << METRICS[reading.metric].id;
    sum += reading.value * METRICS[reading.metric].id;
    if (reading.at > at) at = reading.at;
  }
  for (const event of report.events) {
    metrics ^= 1 << 30;
    sum += event.event.length;
    if (event.at > at) at = event.at;
  }
  return { at, metrics, sum };
}

function isRepeat(state: DeviceState, report: Report): boolean {
  if (report.clock === 'received') return false;
  const { at, metrics, sum } = signature(report);
  // Newer than all before: it cannot be a repeat. This is nearly every report.
  if (at > state.measuredAt) return false;
  const { recent } = state;
  for (let i = 0; i < recent.length; i += SLOT) {
    if (recent[i] === at && recent[i + 1] === metrics && recent[i + 2] === sum) return true;
  }
  return false;
}

const SLOT = 3;

function remember(
  state: DeviceState,
  report: Report,
  readings: readonly Reading[],
  events: readonly DeviceEvent[],
): void {
  if (report.receivedAt > state.heardAt) state.heardAt = report.receivedAt;
  for (const { at, metric, value } of readings) {
    if (at > state.measuredAt) state.measuredAt = at;
    if (metric === 'worn_bool' && (state.worn === undefined || at >= state.worn.at))
      state.worn = { value, at };
  }
  for (const { at } of events) if (at > state.measuredAt) state.measuredAt = at;
  const { at, metrics, sum } = signature(report);
  const { recent } = state;
  if (recent.length < SLOT * LIMITS.recentMessagesMax) recent.push(0, 0, 0);
  recent.copyWithin(SLOT, 0);
  recent[0] = at;
  recent[1] = metrics;
  recent[2] = sum;
}
