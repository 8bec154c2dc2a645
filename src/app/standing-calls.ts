import { LIMITS } from '../model/limits.ts';
import type { PassedOver } from './passed-over.ts';

interface Standing {
  readonly key: string;
  /** How often it has begun. */
  readonly times: number;
  hasEnded: boolean;
}

/**
 * States that call for help and are told in each message until they end, such as `fall_down_status` of a radar: which of them is still
 * the one that people know, though they have resolved its case. Kept in memory: after a restart it is told once more.
 */
export class StandingCalls {
  readonly #of = new Map<string, Standing>();

  /** @returns what this state is known by as long as it stands; undefined: it is no state, and each time is another call */
  note(device: string, payload: Uint8Array, passed: PassedOver | undefined): string | undefined {
    const before = this.#of.get(device);
    if (passed?.state === undefined) {
      if (before && !passed && tellsOf(payload, before.key)) before.hasEnded = true;
      return undefined;
    }
    const key = passed.state;
    const isSame = before !== undefined && before.key === key && !before.hasEnded;
    const now = isSame ? before : { key, times: (before?.times ?? 0) + 1, hasEnded: false };
    this.#of.delete(device);
    this.#of.set(device, now);
    if (this.#of.size > LIMITS.knockingKeptMax) this.#of.delete(this.#of.keys().next().value ?? '');
    return `${key} ${now.times}`;
  }
}

/** Bridges say null of what they have not heard since they started. */
function tellsOf(payload: Uint8Array, key: string): boolean {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8');
  const at = text.indexOf(`"${key}"`);
  return at >= 0 && !/^\s{0,8}:\s{0,8}null/.test(text.slice(at + key.length + 2, at + key.length + 32));
}
