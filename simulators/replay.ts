import { parseRfc3339 } from '../src/lib/rfc3339.ts';
import type { Outgoing } from './publisher.ts';
import { readRecording } from './recording.ts';
import { rfc3339 } from './report.ts';

export interface ReplayOptions {
  /** In order of time, one after the other. */
  readonly files: readonly string[];
  /** The connection that sends everything. */
  readonly sender: string;
  /** Added to `receivedAt` and to every `at` of a native payload, in milliseconds. */
  readonly shiftMs: number;
}

/** Counts what was read; filled in while the messages are taken. */
export interface ReplayCounts {
  messages: number;
  /** Payloads that say no `at` in the native format: they went out as they were. */
  notShifted: number;
}

/** The messages of recordings as they go out. @throws RecordingError at the first line that is not a message. */
export async function* replayed(
  { files, sender, shiftMs }: ReplayOptions,
  counts: ReplayCounts,
): AsyncGenerator<Outgoing, void, undefined> {
  for (const file of files) {
    for await (const batch of readRecording(file)) {
      for (const { receivedAt, topic, payload } of batch) {
        counts.messages++;
        const shifted = shiftMs === 0 ? payload : shiftPayload(payload, shiftMs);
        if (shifted === undefined) counts.notShifted++;
        yield { at: receivedAt + shiftMs, sender, topic, payload: shifted ?? payload };
      }
    }
  }
}

/**
 * How far the times of the last message are ahead of the clock when it is sent: one offset for all holds only at the speed at
 * which they were recorded.
 * @param speed undefined: as fast as can be
 */
export function aheadInTheEndMs(
  span: { readonly first: number; readonly last: number },
  shiftMs: number,
  speed: number | undefined,
  now: number,
): number {
  const tookMs = speed === undefined ? 0 : (span.last - span.first) / speed;
  return Math.max(0, span.last + shiftMs - (now + tookMs));
}

/** The native payload with every `at` moved; undefined when there is none to move. */
export function shiftPayload(payload: Uint8Array, shiftMs: number): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
  let moved = 0;
  for (const entry of Array.isArray(value) ? value : [value]) {
    if (typeof entry !== 'object' || entry === null) continue;
    const fields = entry as Record<string, unknown>;
    const { at } = fields;
    const instant = typeof at === 'string' ? parseRfc3339(at) : at;
    if (typeof instant !== 'number') continue;
    fields['at'] = typeof at === 'string' ? rfc3339(instant + shiftMs) : instant + shiftMs;
    moved++;
  }
  return moved > 0 ? JSON.stringify(value) : undefined;
}
