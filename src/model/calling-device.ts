import { isCall } from './call-for-help.ts';
import { COUNTED, type EventName, idsOf, type MetricName, SENSES } from './metrics.ts';

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
}): boolean => {
  if (!events.some(isCall)) return false;
  const ids = idsOf(metrics);
  return !ids.meets(SENSES) && !ids.meets(COUNTED);
};
