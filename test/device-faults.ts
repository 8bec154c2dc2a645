import type { Decoded, DeviceDefinition } from '../src/devices/define.ts';
import { METRICS } from '../src/model/metrics.ts';

/** What is wrong with the answer of a decoder, in a sentence: for its examples, and for broken payloads. */
export function faultOf(decoded: Decoded, { metrics, events }: DeviceDefinition): string | undefined {
  if (!decoded.ok) return decoded.detail === '' ? 'a refusal without a word' : undefined;
  const flagged = decoded.flags ? [...decoded.flags.raised, ...decoded.flags.clear] : [];
  for (const { metric, value, at } of decoded.readings) {
    if (!metrics.includes(metric)) return `the model does not say in "metrics" that it measures ${metric}`;
    const { min, max } = METRICS[metric];
    if (!(value >= min && value <= max))
      return `${metric} is ${value}, which is not within ${min} to ${max}: Take.reading refuses it by name`;
    if (!Number.isFinite(at)) return `${metric} was measured at ${at}`;
  }
  for (const event of [...decoded.events.map((one) => one.event), ...flagged])
    if (!events.includes(event)) return `the model does not say in "events" that it tells of ${event}`;
  if (decoded.events.some(({ at }) => !Number.isFinite(at))) return 'an event at no instant';
  return undefined;
}

/** Names that stand in no vocabulary: whoever runs this test alone has no type checker beside it. */
export const unknownNames = (
  { metrics, events }: Pick<DeviceDefinition, 'metrics' | 'events'>,
  known: (name: string) => boolean,
): string[] => [...metrics, ...events].filter((name) => !known(name));
