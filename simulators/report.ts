import type { SimulatedDevice } from './community.ts';

/**
 * One entry of the native format. `at` is a number of epoch milliseconds while it is being made, so that faults can
 * shift it, and RFC 3339 text once it is sent.
 */
export interface Entry {
  at: number | string;
  [metricOrEvent: string]: number | string;
}

/** What a device has to say, and when it leaves: the message before it is written as JSON. */
export interface DeviceReport {
  /** When it is sent, in epoch milliseconds; never before the latest of its entries was measured. */
  at: number;
  readonly device: SimulatedDevice;
  readonly entries: Entry[];
}

/** RFC 3339 in UTC, without milliseconds where there are none. */
export function rfc3339(instant: number): string {
  const text = new Date(instant).toISOString();
  return instant % 1000 === 0 ? `${text.slice(0, 19)}Z` : text;
}

/** The native payload: one object, or an array of them. Writes the instants of the entries as text, in place. */
export function nativePayload(entries: readonly Entry[]): Entry | readonly Entry[] {
  for (const entry of entries) if (typeof entry.at === 'number') entry.at = rfc3339(entry.at);
  return entries.length === 1 ? entries[0]! : entries;
}
