import type { Timers } from '../lib/timers.ts';
import { LIMITS } from '../model/limits.ts';
import type { TakeReply } from '../ports/channel-reply.ts';
import type { ChannelSession, SessionHost, SessionState } from './define.ts';
import type { ConfiguredChannel } from './load.ts';

export interface SessionsOptions extends Omit<SessionHost, 'channel' | 'locale' | 'reply'> {
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly reply?: TakeReply | undefined;
}

/** The connections that channels keep: opened when the outbox begins to send, closed when it ends. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #open = new Map<string, ChannelSession>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Those that are open stay as they are. */
  open(): void {
    for (const channel of this.#options.channels.values()) {
      if (channel.definition.open && !this.#open.has(channel.id))
        this.#open.set(channel.id, this.#opened(channel, channel.definition.open));
    }
  }

  of(channel: string): ChannelSession | undefined {
    return this.#open.get(channel);
  }

  state(channel: string): SessionState | undefined {
    return this.#open.get(channel)?.state();
  }

  /** Ends all of them. One that does not end in time is left to the end of the process. */
  async close(): Promise<void> {
    const all = [...this.#open];
    this.#open.clear();
    await Promise.all(all.map(([id, session]) => this.#closed(id, session)));
  }

  #opened({ id, locale, config }: ConfiguredChannel, open: NonNullable<Definition['open']>): ChannelSession {
    const { reply = nobodyListens, channels: _, ...host } = this.#options;
    try {
      return open(config, { ...host, channel: id, locale, reply });
    } catch (error) {
      host.warn({ err: error, channel: id }, 'The connection of a channel could not be opened');
      return neverOpened(String((error as Error).message), host.now());
    }
  }

  async #closed(id: string, session: ChannelSession): Promise<void> {
    const { timers, warn } = this.#options;
    try {
      await inTime(session.close(), LIMITS.channelSessionCloseMs, timers);
    } catch (error) {
      warn({ err: error, channel: id }, 'The connection of a channel did not close');
    }
  }
}

type Definition = ConfiguredChannel['definition'];

const nobodyListens: TakeReply = async () => ({
  ok: false,
  refusal: 'not-ready',
  text: { zh: '系统繁忙，请稍后再试', en: 'The service is busy: try again' },
});

/** Stands for a session whose `open` threw: that is our configuration, or a defect, and no waiting mends it. */
const neverOpened = (detail: string, since: number): ChannelSession => ({
  send: async () => ({ kind: 'refused', failure: 'channel-misconfigured', detail }),
  state: () => ({ connected: false, since, detail }),
  close: async () => {},
});

function inTime(work: Promise<void>, ms: number, timers: Timers): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => reject(new Error(`not closed within ${ms} ms`)));
    work.then(resolve, reject).finally(cancel);
  });
}
