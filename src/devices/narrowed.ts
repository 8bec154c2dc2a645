import type { EventName, MetricName } from '../model/metrics.ts';
import type { Decode, PartialRejection } from './define.ts';

interface Tells {
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
}

/**
 * A decoder of a format of many uses, for a model of one use: a home whose only sensor is a thermometer must not count
 * as one in which somebody watches for motion. What the model does not measure passes by; what happened, and the model
 * does not tell, is refused where people see it.
 */
export function narrowed(decode: Decode, { metrics, events }: Tells): Decode {
  return (payload, receivedAt, context) => {
    const decoded = decode(payload, receivedAt, context);
    if (!decoded.ok) return decoded;
    const { flags, ...rest } = decoded;
    const readings = decoded.readings.filter(({ metric }) => metrics.includes(metric));
    const told = decoded.events.filter(({ event }) => events.includes(event));
    const rejections: PartialRejection[] = [...decoded.rejections];
    for (const { event } of decoded.events)
      if (!events.includes(event))
        rejections.push({
          reason: 'unknown-event',
          detail: `${event}: the model of this device does not tell it`,
        });
    const raised = flags?.raised.filter((name) => events.includes(name)) ?? [];
    const clear = flags?.clear.filter((name) => events.includes(name)) ?? [];
    if (readings.length + told.length + raised.length + clear.length === 0 && rest.announced === undefined) {
      const [first] = rejections;
      const nothing = { reason: 'empty-message' as const, detail: 'nothing that this model measures' };
      return { ok: false, ...(first ?? nothing) };
    }
    const word = flags && raised.length + clear.length > 0 ? { flags: { at: flags.at, raised, clear } } : {};
    return { ...rest, readings, events: told, rejections, ...word };
  };
}
