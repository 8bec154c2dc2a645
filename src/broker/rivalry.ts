import type { Text } from '../model/text.ts';

/** A connection that ends sooner was not given the time to grow old. */
const SHORT_MS = 10_000;
/** So many ends of such in a row that another connection of ours outlives are no accident; before the first there was none. */
const OUTLIVED_MAX = 2;
/** A connection that has held for so long is ours again. */
const HELD_MS = 30_000;

export const RIVAL: Text = {
  zh: '一再刚连上就被中断：多半另有程序用同一客户端号（mqtt.external.clientId）连接，消息被它分走',
  en: 'it lets us in and puts us out again: most likely another program connects under our client id (mqtt.external.clientId), and takes messages of ours',
};

/** Another connection of ours to the same broker, under an id that nobody else has. */
export interface Witness {
  /** Since when it stands without a break, of the same clock; undefined: it does not. */
  readonly standsSince: number | undefined;
  /** Sees to it that there is one for a while. */
  open(): void;
  close(): void;
}

/**
 * Whether somebody else uses our client id at an outside broker: each who comes puts out the other (MQTT 3.1.1, 3.1.4-2), and
 * the broker says to nobody why. Both seem connected, and each gets a part of the messages.
 *
 * A broker that restarts ends connections as abruptly, but all of them; a rival ends ours alone.
 */
export class Rivalry {
  readonly #witness: Witness;
  #since: number | undefined;
  /** When the last connection ended, if it was a short one and the other one stood at that time. */
  #lostAt: number | undefined;
  #outlived = 0;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /**
   * Judged is the end of the connection before: by now what happened to the other one at that time is known.
   *
   * @param now milliseconds of any steady clock
   * @returns whether this is when it becomes plain
   */
  connected(now: number): boolean {
    this.#since = now;
    const [lostAt, wasPlain] = [this.#lostAt, this.#isPlain];
    this.#lostAt = undefined;
    const { standsSince } = this.#witness;
    if (lostAt === undefined) return false;
    if (standsSince !== undefined && standsSince <= lostAt) this.#outlived++;
    else this.#outlived = 0;
    return !wasPlain && this.#isPlain;
  }

  /** The network failed: that is another thing. */
  failed(): void {
    this.#since = undefined;
  }

  lost(now: number): void {
    if (this.#since === undefined) return;
    const age = now - this.#since;
    this.#since = undefined;
    const stands = this.#witness.standsSince !== undefined;
    if (age >= HELD_MS || !stands) this.#outlived = 0;
    if (age >= SHORT_MS) return;
    if (stands) this.#lostAt = now;
    this.#witness.open();
  }

  /** We leave. */
  end(): void {
    this.#witness.close();
  }

  /** @param now of the same clock */
  isOnAt(now: number): boolean {
    return this.#isPlain && (this.#since === undefined || now - this.#since < HELD_MS);
  }

  get #isPlain(): boolean {
    return this.#outlived >= OUTLIVED_MAX;
  }
}
