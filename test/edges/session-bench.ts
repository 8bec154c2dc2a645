import { expect } from 'vitest';
import { ManualClock } from '../../src/lib/clock.ts';
import { ManualTimers } from '../../src/lib/timers.ts';
import type { CaseNews, Notice } from '../../src/model/notice.ts';
import type { Locale } from '../../src/model/text.ts';
import type { Answer, ChannelContext, ChannelDefinition, ChannelSession } from '../../src/notify/define.ts';
import { EXAMPLE_NOTICE } from '../../src/notify/example.ts';
import { loadChannelDefinitions } from '../../src/notify/load.ts';
import type { ChannelReply, ReplyResult } from '../../src/ports/channel-reply.ts';

export const soon = <T>(question: () => T) => expect.poll(question, { interval: 2 });

const definitions = await loadChannelDefinitions();
const MARCH = Date.UTC(2026, 2, 1, 0, 30);
export const LINK = 'https://care.example.org/cases/h501.c2';

export const news = (change: Partial<CaseNews> = {}): CaseNews => ({
  what: 'taken',
  status: 'acknowledged',
  when: '03-01 08:31',
  by: '李强',
  at: MARCH,
  text: { zh: '李强 已接手', en: '李强 has it' },
  ...change,
});

/**
 * A session against a provider's stand-in: sockets are real, time stands still until it is moved. `answers` plays the
 * service: first come, first served.
 */
export class SessionBench {
  readonly clock = new ManualClock(MARCH);
  readonly timers = new ManualTimers(this.clock);
  readonly replies: ChannelReply[] = [];
  readonly warnings: { readonly fields: object; readonly message: string }[] = [];
  readonly #definition: ChannelDefinition;
  readonly #sessions: ChannelSession[] = [];
  #holder: string | undefined;
  /** Replaces the service of the bench. */
  reply: ((reply: ChannelReply) => Promise<ReplyResult>) | undefined;
  locale: Locale = 'zh';
  link: string | undefined = LINK;

  constructor(channel: string) {
    const definition = definitions.get(channel);
    if (!definition) throw new Error(`there is no channel ${channel}`);
    this.#definition = definition;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.#sessions.map((session) => session.close());
    this.timers.advance(10_000);
    await Promise.all(closing);
  }

  open(config: object): OpenedSession {
    const parsed = this.#definition.config.parse(config);
    const session = this.#definition.open?.(parsed, {
      channel: 'bot',
      locale: this.locale,
      now: () => this.clock.now(),
      timers: this.timers,
      random: () => 1,
      reply: (reply) => {
        this.replies.push(reply);
        return (this.reply ?? ((one) => this.#firstCome(one)))(reply);
      },
      warn: (fields, message) => void this.warnings.push({ fields, message }),
    });
    if (!session) throw new Error('the channel keeps no session');
    this.#sessions.push(session);
    return new OpenedSession(session, this.#definition, parsed, this.#context());
  }

  #context(): () => ChannelContext {
    return () => ({
      now: this.clock.now(),
      locale: this.locale,
      ...(this.link === undefined ? {} : { link: this.link }),
    });
  }

  async #firstCome(reply: ChannelReply): Promise<ReplyResult> {
    if (reply.kind !== 'acknowledge' && reply.kind !== 'on-the-way' && reply.kind !== 'cannot-come') {
      throw new Error(`unexpected ${reply.kind}`);
    }
    const who = reply.by?.address ?? '';
    if (who === 'stranger') {
      const text = { zh: '未登记的人员，不能接手', en: 'Nobody on the roster has this address' };
      return { ok: false, refusal: 'person-unknown', text };
    }
    if (reply.kind === 'cannot-come') {
      return { ok: true, text: { zh: `${who} 去不了`, en: `${who} cannot come` } };
    }
    if (this.#holder !== undefined && this.#holder !== who) {
      const text = { zh: `已由 ${this.#holder} 接手`, en: `${this.#holder} has it` };
      return { ok: false, refusal: 'case-refused', text };
    }
    this.#holder = who;
    return { ok: true, text: { zh: `${who} 已接手`, en: `${who} has it` } };
  }
}

export class OpenedSession {
  readonly session: ChannelSession;
  readonly #definition: ChannelDefinition;
  readonly #config: unknown;
  readonly #context: () => ChannelContext;

  constructor(
    session: ChannelSession,
    definition: ChannelDefinition,
    config: unknown,
    context: () => ChannelContext,
  ) {
    this.session = session;
    this.#definition = definition;
    this.#config = config;
    this.#context = context;
  }

  get state() {
    return this.session.state();
  }

  async isUp(): Promise<this> {
    await soon(() => this.state.connected).toBe(true);
    return this;
  }

  send(change: Partial<Notice> = {}, signal = new AbortController().signal): Promise<Answer> {
    const delivery = this.#definition.deliver(
      { ...EXAMPLE_NOTICE, ...change },
      this.#config,
      this.#context(),
    );
    if (delivery.transport !== 'session') throw new Error('not a session');
    return this.session.send(delivery.body, signal);
  }

  update(change: Partial<Notice>, told: CaseNews): Promise<Answer> {
    const notice = { ...EXAMPLE_NOTICE, ...change };
    const delivery = this.#definition.update?.(notice, told, this.#config, this.#context());
    if (delivery?.transport !== 'session') throw new Error('not a session');
    return this.session.send(delivery.body, new AbortController().signal);
  }
}
