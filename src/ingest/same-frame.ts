import { MINUTE } from '../lib/clock.ts';
import { CALLS_PERHAPS } from '../model/call-for-help.ts';
import { type DeviceState, frameTakenAt, rememberFrame } from '../model/device-state.ts';
import type { Refusal } from '../model/effect.ts';
import type { IdSet } from '../model/id-set.ts';
import { LIMITS } from '../model/limits.ts';
import type { Report } from '../model/message.ts';
import { EVENTS, type EventName, eventIdsOf, isAlarm } from '../model/metrics.ts';

/** What a report told, as far as it tells one frame from another. */
interface Told {
  /** Newest event time in it; 0: nothing has one. */
  readonly at: number;
  readonly events: IdSet;
}

/** Two ways of one frame stamp it this far apart at most. */
const SAME_FRAME_MS = 10 * MINUTE;

/** Calls for help, and fire and gas. One repeat too many costs less than one that nobody hears of. */
const MUST_BE_HEARD = eventIdsOf([
  ...CALLS_PERHAPS,
  ...(Object.keys(EVENTS) as EventName[]).filter((name) => isAlarm(name)),
]);

const instantOf = ({ receivedAt }: Report, { at }: Told): number => at || receivedAt;

/**
 * Was this frame taken before? A device counts its frames from the beginning again when it joins anew or has another battery,
 * and not every network tells one session from the next: what lies far apart is another frame under the same number. Where
 * only our own clock says when it was, it may be one that was handed on late; but what must be heard is heard.
 */
export function isFrameAgain(state: DeviceState, report: Report, told: Told): boolean {
  if (report.frame === undefined) return false;
  const takenAt = frameTakenAt(state, report.frame);
  if (takenAt === undefined) return false;
  const mayBeLate = report.clock === 'received' && !told.events.meets(MUST_BE_HEARD);
  // Of a frame of before nobody knows when it was.
  const isUnknown = takenAt === 0 && !told.events.meets(MUST_BE_HEARD);
  return mayBeLate || isUnknown || Math.abs(instantOf(report, told) - takenAt) <= SAME_FRAME_MS;
}

/** What was refused for its clock comes again when that turns out to be ours: until then it was not taken. */
export function noteFrame(
  state: DeviceState,
  report: Report,
  told: Told,
  refusals: readonly Refusal[],
): void {
  if (report.frame === undefined) return;
  const isLeft = report.events.length === 0 && refusals.some(isOfClock);
  if (!isLeft) rememberFrame(state, report.frame, instantOf(report, told), LIMITS.recentFramesMax);
}

const isOfClock = ({ reason }: Refusal): boolean => reason === 'clock-future' || reason === 'clock-past';
