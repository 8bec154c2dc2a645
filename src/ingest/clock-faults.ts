import { MINUTE } from '../lib/clock.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent, Reading, Report } from '../model/message.ts';
import type { RejectionReason } from '../model/rejection.ts';

/** What the registry says of when a device came: see `AdmitContext`. */
interface Enrolment {
  readonly enrolledAt: number;
  readonly enrolledMinute: number;
  readonly homeSince?: number | undefined;
}

/**
 * Before this nothing can have been measured here: the device was elsewhere, or it is older than what is kept. People enrol
 * by their calendar, not by a clock of ours that is wrong.
 */
function earliestOf({ receivedAt, shiftedMs = 0 }: Report, context: Enrolment): number {
  return Math.max(
    context.enrolledAt + shiftedMs - LIMITS.beforeEnrolmentMsMax,
    receivedAt - LIMITS.readingAgeMsMax,
  );
}

/** Nearly everything is newer than the minute of enrolment: only what is not asks for the very instant. */
export function isTooOld(at: number, report: Report, context: Enrolment): boolean {
  if (at < report.receivedAt - LIMITS.readingAgeMsMax) return true;
  if (at >= context.enrolledMinute * MINUTE - LIMITS.beforeEnrolmentMsMax) return false;
  return at < earliestOf(report, context) || isBeforeMove(at, context);
}

/** Was it measured in the home where the device was before? Then it says nothing of who lives where it is now. */
const isBeforeMove = (at: number, { homeSince }: Enrolment): boolean =>
  homeSince !== undefined && at < homeSince;

/** Why a reading of this instant is not taken; undefined: it is. */
export function timeRefusal(reading: Reading, report: Report, context: Enrolment): Refusal | undefined {
  const fault = clockFault(reading.at, report, context);
  if (fault !== undefined) return clockRefusal(fault, reading, report, context);
  return isBeforeMove(reading.at, context) ? moveRefusal(reading, context) : undefined;
}

const moveRefusal = ({ metric, at }: Reading, { homeSince = 0 }: Enrolment): Refusal => ({
  reason: 'before-move',
  detail: `${metric} at ${instantText(at)}, before the device came to this home at ${instantText(homeSince)}`,
});

function clockFault(at: number, report: Report, context: Enrolment): RejectionReason | undefined {
  if (at > report.receivedAt + LIMITS.clockAheadMsMax) return 'clock-future';
  if (at >= earliestOf(report, context)) return undefined;
  // No clock is wrong where nothing that is measured now could be taken.
  return isBeforeEnrolment(report.receivedAt, context) ? 'not-enrolled-yet' : 'clock-past';
}

const isBeforeEnrolment = (at: number, { enrolledAt }: Enrolment): boolean =>
  at < enrolledAt - LIMITS.beforeEnrolmentMsMax;

export function withSaneClocks(report: Report, context: Enrolment): readonly DeviceEvent[] {
  if (!report.events.some(({ at }) => clockFault(at, report, context))) return report.events;
  return report.events.map((event) =>
    clockFault(event.at, report, context) ? { ...event, at: report.receivedAt } : event,
  );
}

function clockDetail({ metric, at }: Reading, context: Enrolment): string {
  const told = `${metric} at ${instantText(at)}`;
  return isBeforeEnrolment(at, context)
    ? `${told}, before enrolled_at ${instantText(context.enrolledAt)}`
    : told;
}

/** A clock that lies may lie further than a Date reaches. */
const instantText = (at: number): string =>
  Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : `${at} ms`;

function clockRefusal(
  reason: RejectionReason,
  reading: Reading,
  { receivedAt }: Report,
  context: Enrolment,
): Refusal {
  const refusal = { reason, detail: clockDetail(reading, context) };
  return reason === 'clock-future' ? { ...refusal, aheadMs: reading.at - receivedAt } : refusal;
}
