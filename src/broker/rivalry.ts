import type { Text } from '../model/text.ts';

/** A connection that ends sooner was not given the time to grow old. */
const SHORT_MS = 10_000;
/** So many short ones in a row are no accident. */
const SHORT_MAX = 3;
/** A connection that has held for so long is ours again. */
const HELD_MS = 30_000;

export const RIVAL: Text = {
  zh: '一再刚连上就被中断：多半另有程序用同一客户端号（mqtt.external.clientId）连接，消息被它分走',
  en: 'it lets us in and puts us out again: most likely another program connects under our client id (mqtt.external.clientId), and takes messages of ours',
};

/**
 * Whether somebody else uses our client id at an outside broker: each who comes puts out the other (MQTT 3.1.1, 3.1.4-2), and
 * the broker says to nobody why. Both seem connected, and each gets a part of the messages.
 */
export class Rivalry {
  #since: number | undefined;
  #short = 0;

  /** @param now milliseconds of any steady clock */
  connected(now: number): void {
    this.#since = now;
  }

  /** The network failed: that is another thing. */
  failed(): void {
    this.#since = undefined;
  }

  /** @returns whether this is when it becomes plain */
  lost(now: number): boolean {
    if (this.#since === undefined) return false;
    const age = now - this.#since;
    this.#since = undefined;
    if (age >= HELD_MS) this.#short = 0;
    else if (age < SHORT_MS) this.#short++;
    return this.#short === SHORT_MAX;
  }

  /** @param now of the same clock */
  isOnAt(now: number): boolean {
    if (this.#short < SHORT_MAX) return false;
    return this.#since === undefined || now - this.#since < HELD_MS;
  }
}
