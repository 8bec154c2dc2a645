import { z } from 'zod';
import type { CaseNews } from '../../src/model/notice.ts';
import {
  type Answer,
  type ChannelSession,
  defineChannel,
  type SessionHost,
} from '../../src/notify/define.ts';
import type { ConfiguredChannel } from '../../src/notify/load.ts';
import type { ChannelReply } from '../../src/ports/channel-reply.ts';

/** A channel with a connection of its own, whose cards can be changed and whose provider pushes receipts. */
export class Cards {
  readonly sent: { readonly notice: string; readonly address: string; readonly news?: CaseNews }[] = [];
  /** The next answers in order; then accepted. */
  answers: Answer[] = [];
  /** Sends wait for it while it is set. */
  gate: Promise<void> | undefined;
  host: SessionHost | undefined;
  /** Answers instead of the list above. */
  deliver: ((body: { readonly notice: string }) => Promise<Answer>) | undefined;
  opened = 0;
  closed = 0;
  connected = true;
  /** While set, `open` throws it. */
  broken: Error | undefined;

  configured(id = 'cards', perMinuteMax = 600): ConfiguredChannel {
    const definition = defineChannel<unknown>({
      channel: 'cards',
      title: { zh: '卡片', en: 'Cards' },
      summary: { zh: '试验', en: 'For tests' },
      config: z.unknown(),
      perMinuteMax,
      deliver: ({ id: notice, address }) => ({ transport: 'session', body: { notice, address } }),
      update: ({ id: notice, address }, news) => ({ transport: 'session', body: { notice, address, news } }),
      open: (_config, host) => this.#open(host),
      receipts: ({ headers, body, channel }) => {
        if (headers['x-token'] !== 'right') return { ok: false, refusal: 'not-signed' };
        const replies = (JSON.parse(body) as ChannelReply[]).map((one) => ({ ...one, channel }));
        return { ok: true, replies, answer: { status: 200, body: '{"code":0}' } };
      },
      examples: [],
    });
    return { id, definition, config: {}, locale: 'zh' };
  }

  #open(host: SessionHost): ChannelSession {
    if (this.broken) throw this.broken;
    this.opened++;
    this.host = host;
    return {
      send: async (body) => {
        this.sent.push(body as (typeof this.sent)[number]);
        await this.gate;
        if (this.deliver) return this.deliver(body as { notice: string });
        const { notice } = body as { notice: string };
        return this.answers.shift() ?? { kind: 'accepted', providerId: `card-${notice}`, detail: 'ok' };
      },
      state: () => ({ connected: this.connected, since: 5, detail: 'open' }),
      close: async () => {
        this.closed++;
      },
    };
  }
}
