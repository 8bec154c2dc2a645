import type { Logger } from 'pino';
import { type Clock, MINUTE } from '../lib/clock.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Loop } from './loop.ts';

/** Under this key of `meta` stands until when we listened. */
const KEY = 'listening.until';
/** A shorter break takes nothing from anybody's patience. One a day must not give it anew each day: see begins. */
const SHORT_BREAK_MS = 5 * MINUTE;
/** How often, while we are deaf, everybody's patience is said to begin anew: shorter than anybody's. */
const DEAF_TICK_MS = MINUTE;
/** How often it is written down, in milliseconds of the wall: after a crash it is known as precisely as this. */
const NOTE_MS = 30_000;

export interface ListeningOptions {
  readonly records: Pick<RecordStore, 'meta' | 'saveMeta'>;
  readonly loop: Pick<Loop, 'tick'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When the last input came before this start, in epoch milliseconds; 0: there was none. We were there then. */
  readonly lastInputAt: number;
}

/** Knows how long we were deaf: while we were down, or without our outside broker. */
export class Listening {
  readonly #options: ListeningOptions;
  #until: number;
  #notedAt = Number.NEGATIVE_INFINITY;
  #deafAt = Number.NEGATIVE_INFINITY;
  #deafSince: number | undefined;
  #hasBegun = false;
  #noting: Promise<void> = Promise.resolve();

  private constructor(options: ListeningOptions, until: number) {
    this.#options = options;
    this.#until = until;
  }

  static async from(options: ListeningOptions): Promise<Listening> {
    const known = await options.records.meta(KEY);
    return new Listening(options, known === undefined ? Number.NEGATIVE_INFINITY : Number(known));
  }

  /**
   * We listen, perhaps again. After a long break nobody is silent for what came before. After a short one waiting goes
   * on: a service that restarts every night would otherwise never find a device whose patience is a day. What was due of
   * cases meanwhile is not made up call by call, however short it was.
   */
  begins(): void {
    const { loop, clock, lastInputAt } = this.#options;
    const now = clock.now();
    const from = Math.max(this.#until, lastInputAt);
    const isAway = !this.#hasBegun && from > 0 && from < now;
    this.#hasBegun = true;
    loop.tick({
      ...(now - this.#until > SHORT_BREAK_MS ? this.#begun(now, from) : {}),
      ...(isAway ? { absence: { from, until: now } } : {}),
    });
  }

  /**
   * We hear nothing: our outside broker is away. After a short break nobody is silent for that, for as long as it lasts;
   * that we are deaf is one thing to tell, and not of each device. Cheap, like `goesOn`.
   */
  pauses(): void {
    const { loop, clock, logger } = this.#options;
    const now = clock.now();
    this.#deafSince ??= now;
    if (now - this.#until <= SHORT_BREAK_MS || now - this.#deafAt < DEAF_TICK_MS) {
      loop.tick();
      return;
    }
    if (this.#deafAt <= this.#until || this.#deafAt === Number.NEGATIVE_INFINITY)
      logger.error('the outside broker is away: no home is heard, and no device is called silent for that');
    this.#deafAt = now;
    loop.tick(this.#begun(now, this.#until));
  }

  /** @param from until when we listened before; at a first start never */
  #begun(now: number, from: number): { readonly listeningSince: number; readonly deafSince?: number } {
    return from > 0 ? { listeningSince: now, deafSince: from } : { listeningSince: now };
  }

  /** Since when, in this run, our outside broker is away; undefined while we hear. */
  get deafSince(): number | undefined {
    return this.#deafSince;
  }

  /** We still listen. Cheap; to be called as often as the clock is looked at. */
  goesOn(): void {
    this.#deafSince = undefined;
    this.#until = this.#options.clock.now();
    if (performance.now() - this.#notedAt >= NOTE_MS) this.#note();
  }

  /** Writes down until when it was. */
  async ends(): Promise<void> {
    if (this.#until !== Number.NEGATIVE_INFINITY) this.#note();
    await this.#noting;
  }

  #note(): void {
    this.#notedAt = performance.now();
    this.#noting = this.#options.records.saveMeta(KEY, String(this.#until)).catch((error: unknown) => {
      // The next start gives everybody patience anew, as after a long break.
      this.#options.logger.warn({ err: error }, 'until when we listened could not be written down');
    });
  }
}
