import { isCall } from './call-for-help.ts';
import { bitsOf, COUNTED, type EventName, type MetricName, SENSES } from './metrics.ts';

/**
 * Whether a device is there for somebody who calls, and for nothing else: its bare alarm is theirs. What tells of rooms, doors
 * or water as well may be a siren, or a remote control.
 */
export const isForCallsAlone = ({
  metrics,
  events,
}: {
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
}): boolean => events.some(isCall) && (bitsOf(metrics) & (SENSES | COUNTED)) === 0;
