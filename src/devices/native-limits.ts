import { isCall } from '../model/call-for-help.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent, Reading } from '../model/message.ts';
import { isAlarm } from '../model/metrics.ts';
import type { PartialRejection } from './define.ts';

export interface TakenEntries {
  readonly readings: readonly Reading[];
  readonly events: readonly DeviceEvent[];
  readonly rejections: readonly PartialRejection[];
}

/**
 * What of a very long message is taken: of readings the newest, by which people are watched over; of events those first
 * by which somebody calls for help. What is left is told under its name, with its number.
 */
export function withinLimits<Taken extends TakenEntries>(taken: Taken): TakenEntries {
  const { readings, events, rejections } = taken;
  const {
    readingsPerMessageMax: mostReadings,
    eventsPerMessageMax: mostEvents,
    refusalsPerMessageMax: mostRefusals,
  } = LIMITS;
  const isWithin =
    readings.length <= mostReadings && events.length <= mostEvents && rejections.length <= mostRefusals;
  if (isWithin) return taken;
  const beyond = [
    ...left(readings.length, mostReadings, 'readings; the newest are taken'),
    ...left(events.length, mostEvents, 'events; calls for help are taken first'),
    ...left(rejections.length, mostRefusals, 'values refused; only the first are told one by one'),
  ];
  return {
    readings: kept(readings, mostReadings, (one, other) => other.at - one.at),
    events: kept(events, mostEvents, (one, other) => urgency(one) - urgency(other)),
    // They come last: where nothing of a message is taken, it is refused by the first of its reasons.
    rejections: [...rejections.slice(0, mostRefusals), ...beyond],
  };
}

const urgency = ({ event }: DeviceEvent): number => (isCall(event) ? 0 : isAlarm(event) ? 1 : 2);

/** The first of them in this order, each where it stood. */
function kept<One>(
  all: readonly One[],
  most: number,
  order: (one: One, other: One) => number,
): readonly One[] {
  if (all.length <= most) return all;
  const first = new Set([...all].sort(order).slice(0, most));
  return all.filter((one) => first.has(one));
}

const left = (found: number, most: number, what: string): readonly PartialRejection[] =>
  found <= most
    ? []
    : [{ reason: 'batch-too-long', detail: `${found - most} of ${found} ${what} (${most} of a message)` }];
