import { z } from 'zod';

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
