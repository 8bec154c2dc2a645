import type { Logger } from 'pino';
import { textShown } from '../lib/texts-in.ts';
import type { Command, CommandReply } from '../model/command.ts';
import { LIMITS } from '../model/limits.ts';
import type { Rejection, UntakenCall } from '../model/rejection.ts';
import { ENROLLED_OTHER } from '../model/stranger.ts';
import { callStored } from './call-stored.ts';
import { Lately } from './lately.ts';

export interface EnrolledCallsOptions {
  readonly submit: (command: Command) => Promise<CommandReply>;
  /** Would it be told as a new one, and not as a repetition of what people know? */
  readonly isNew: (call: UntakenCall & { readonly from: string }) => boolean;
  readonly logger: Logger;
}

/** Characters of what was sent that stand in the alert. */
const SENT_MAX = 160;

/**
 * Tells the core that an enrolled device calls for help in what was not taken. Over a foreign way a stolen credential
 * could call for every home there is: of one sender so many devices are told in a day, and one alert with the
 * sender stands for all others.
 */
export class EnrolledCalls {
  readonly #options: EnrolledCallsOptions;
  readonly #lately = new Lately(LIMITS.strangerCallMs);
  /** What is on its way to the records. */
  readonly #pending = new Map<string, Promise<boolean>>();
  /** Of a device whose state calls for help: which, and when people last had it before them. */
  readonly #standing = new Map<string, { readonly state: string; readonly at: number }>();
  /** By sender, for which devices it called and when that began to count. */
  readonly #broughtBy = new Map<string, Map<string, number>>();

  constructor(options: EnrolledCallsOptions) {
    this.#options = options;
  }

  /** @returns whether it is stored; undefined where there is nothing to store, for it was told a short while ago */
  note(rejection: Rejection, { device, call, why, standing }: UntakenCall): Promise<boolean> | undefined {
    const { at, from, topic, payload, payloadBytes } = rejection;
    const isWithin = why === 'in-words' || this.#isWithin(from, device, at);
    const key = isWithin ? `${why} ${device}` : `${ENROLLED_OTHER} ${from}`;
    const { submit, isNew, logger } = this.#options;
    // What people have resolved in this minute is known no more.
    const mayBeAnother = isWithin && isNew({ device, call, why, from });
    if (mayBeAnother && this.#isKnown(device, standing, at)) return this.#pending.get(key);
    if (standing !== undefined) this.#standing.set(device, { state: standing, at });
    const isNews = this.#lately.isNews(key, at);
    const pending = this.#pending.get(key);
    if (pending || (!isNews && !mayBeAnother)) return pending;
    const sent = textShown(payload, payloadBytes);
    const told = { call, at, from, topic: topic.slice(0, 200), sent: sent.slice(0, SENT_MAX) };
    logger.error({ device, call, from, why }, 'an enrolled device calls for help in what was not taken');
    const command: Command = isWithin
      ? { type: 'device.called', device, why, ...told }
      : { type: 'stranger.called', address: ENROLLED_OTHER, gateway: from, ...told };
    const stored = callStored(submit(command), (error) => {
      this.#lately.forget(key);
      this.#standing.delete(device);
      logger.error({ err: error, device }, 'the call of a device could not be stored');
    }).finally(() => this.#pending.delete(key));
    this.#pending.set(key, stored);
    return stored;
  }

  /** People were told of this state, have resolved its case, and it stands as it stood then. */
  #isKnown(device: string, standing: string | undefined, at: number): boolean {
    const told = this.#standing.get(device);
    return standing !== undefined && told?.state === standing && at - told.at < LIMITS.standingCallMs;
  }

  #isWithin(from: string, device: string, at: number): boolean {
    const brought = this.#broughtBy.get(from) ?? new Map<string, number>();
    for (const [other, since] of brought) if (at - since >= LIMITS.foreignCallsCountMs) brought.delete(other);
    if (!brought.has(device) && brought.size >= LIMITS.strangersCallingMax) return false;
    if (!brought.has(device)) brought.set(device, at);
    this.#broughtBy.delete(from);
    this.#broughtBy.set(from, brought);
    if (this.#broughtBy.size > LIMITS.knockingKeptMax) {
      const [oldest = ''] = this.#broughtBy.keys();
      this.#broughtBy.delete(oldest);
    }
    return true;
  }
}
