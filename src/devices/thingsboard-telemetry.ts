import { z } from 'zod';
import { callAmongSettings } from '../model/call-values.ts';
import type { Sealed } from './envelope.ts';

/** One entry as ThingsBoard takes it: keys and values, or the same under `values` with a time. */
export const telemetry = z.record(z.string(), z.unknown());
type Telemetry = z.infer<typeof telemetry>;

/** The same in our own format, where the time is `at` and stands beside the rest. */
export function nativeEntries(told: Telemetry | readonly Telemetry[]): object[] {
  return [told].flat().map((entry) => {
    const { ts, values } = entry;
    if (typeof values !== 'object' || values === null) return entry;
    return { ...values, ...(ts === undefined ? {} : { at: ts }) };
  });
}

/**
 * Whether this is telemetry. Attributes are what a device says of itself, its version and its settings; but firmware whose
 * attributes say that somebody calls for help must not be unheard for having the other topic in mind.
 */
export function isTelemetry({ topic, payload }: Sealed): boolean {
  const kind = topic.split('/').at(-1);
  return (
    kind === 'telemetry' ||
    (kind === 'attributes' && callAmongSettings(Buffer.from(payload).toString('utf8')) !== undefined)
  );
}
