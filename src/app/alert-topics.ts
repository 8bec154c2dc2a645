import type { Logger } from 'pino';
import { SECOND } from '../lib/clock.ts';
import { type Timers, wallTimers } from '../lib/timers.ts';
import { LIMITS } from '../model/limits.ts';
import type { Broker } from '../ports/broker.ts';

/** A change of an alert, as it stands under its topic. */
export interface ToldAlert {
  readonly topic: string;
  readonly id: string;
  readonly change: string;
  /** All of the alert as it is then. */
  readonly line: object;
}

interface Options {
  readonly publish: (topic: string, payload: string) => Promise<void>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly timers?: Timers;
}

const AGAIN_MS = 5 * SECOND;

export const alertTopics = (broker: Pick<Broker, 'publish'>, logger: Options['logger']): AlertTopics =>
  new AlertTopics({ publish: (topic, body) => broker.publish(topic, body, { qos: 1 }), logger });

/**
 * Alerts under `shouwang/alerts/…`. What the broker does not take (an outside one that is away, or does not answer in time)
 * is said again until it does: of each alert what was last, for an older word would make one open that is over. In memory
 * alone: who must hear everything reads the stream.
 */
export class AlertTopics {
  readonly #options: Options;
  readonly #timers: Timers;
  /** What is being said or waits to be, of each alert the newest. */
  readonly #newest = new Map<string, ToldAlert>();
  readonly #waiting = new Map<string, ToldAlert>();
  #saying = false;
  /** Alerts of which a change was given up, because more waited than can be kept. */
  givenUp = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#timers = options.timers ?? wallTimers;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  say(told: ToldAlert): void {
    const before = this.#waiting.get(told.id);
    const next =
      before?.change === 'raised' && told.change === 'updated' ? { ...told, change: 'raised' } : told;
    this.#newest.set(told.id, next);
    // Behind what waits already: the broker takes nothing at this moment, and the order stays.
    if (before) this.#waiting.set(told.id, next);
    else void this.#try(next);
  }

  async #try(told: ToldAlert): Promise<void> {
    const { id } = told;
    if (await this.#isTaken(told)) {
      if (this.#newest.get(id) === told) this.#newest.delete(id);
      return;
    }
    const newest = this.#newest.get(id);
    // Something newer of it was said since. That it is new was heard by nobody, so that is said yet, as it is by now.
    const raised = newest && newest !== told && told.change === 'raised' && newest.change === 'updated';
    if (newest !== told && !raised) return;
    const next = raised ? { ...newest, change: 'raised' } : told;
    this.#newest.set(id, next);
    this.#waiting.set(id, next);
    if (this.#waiting.size > LIMITS.alertsUnpublishedMax) this.#giveUpOldest();
    if (!this.#saying) this.#later();
  }

  async #isTaken({ topic, change, line }: ToldAlert): Promise<boolean> {
    try {
      await this.#options.publish(topic, JSON.stringify({ change, ...line }));
      return true;
    } catch (error) {
      this.#options.logger.warn({ err: error, topic }, 'an alert could not be published, and is again');
      return false;
    }
  }

  #giveUpOldest(): void {
    const [oldest = ''] = this.#waiting.keys();
    this.#waiting.delete(oldest);
    this.#newest.delete(oldest);
    if (this.givenUp++ === 0)
      this.#options.logger.error(
        { waiting: this.#waiting.size },
        'more alerts wait for the broker than can be kept: programs that hear them there do not hear of the oldest',
      );
  }

  #later(): void {
    this.#saying = true;
    this.#timers.after(AGAIN_MS, () => void this.#sayAgain());
  }

  /** One after the other, in their order, until one is not taken. */
  async #sayAgain(): Promise<void> {
    for (;;) {
      const [first] = this.#waiting.values();
      if (!first || !(await this.#isTaken(first))) break;
      // Unless something newer of it was said meanwhile.
      if (this.#waiting.get(first.id) !== first) continue;
      this.#waiting.delete(first.id);
      this.#newest.delete(first.id);
    }
    this.#saying = false;
    if (this.#waiting.size > 0) this.#later();
  }
}
