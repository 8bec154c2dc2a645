import type { Result } from '../../lib/result.ts';
import { LIMITS } from '../../model/limits.ts';
import type { Locale } from '../../model/text.ts';
import type { ReplyResult } from '../../ports/channel-reply.ts';
import type { Answer, ChannelSession, SessionHost, SessionState } from '../define.ts';
import { cutBytes } from '../message-text.ts';
import { type CardWords, cutChars, idempotencyKey } from './card-words.ts';
import { feishuAnswer, isTokenRefused } from './feishu-codes.ts';
import { FeishuLink, type FeishuPress } from './feishu-link.ts';
import { KeptLink } from './kept-link.ts';
import {
  cardOfPress,
  isPress,
  keepsButtons,
  PRESS_PENDING,
  PRESSES,
  type Press,
  Presses,
  pressedAt,
  pressesOf,
} from './press.ts';
import { callProvider, type Token, TokenedCalls, text, tokenOf } from './provider-call.ts';

/** What the channel hands its session: a message to send, or one to change. */
export interface FeishuDelivery {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  /** False: there is nobody to send it to, or nothing to change. */
  readonly addressed: boolean;
  /** By which our own cards are told from those of another installation. */
  readonly from?: string;
  readonly body: object;
}

export type FeishuIdType = 'open_id' | 'user_id' | 'union_id';

export interface FeishuOptions {
  readonly appId: string;
  readonly appSecret: string;
  readonly idType: FeishuIdType;
  readonly origin: string;
}

export const MESSAGES_PATH = '/open-apis/im/v1/messages';

/** Three seconds are left to answer, the way there and back included. */
const PRESS_LIMIT_MS = 2_300;
/** A card may have 30 KB; a phone shows far less. */
const TITLE_CHARS_MAX = 120;
const BODY_CHARS_MAX = 500;
const VALUE_TITLE_BYTES_MAX = 400;

/** Who made the card, and of what: after a restart nobody remembers. `from` tells our own presses from those of others. */
export interface CardOrigin {
  readonly notice: string;
  readonly from: string;
}

const WORDS = { details: { zh: '查看详情', en: 'Details' } } as const;

/** A shared card (`update_multi`): one change is seen by everybody. All words are plain text, nothing of them is markup. */
export function feishuCard(words: CardWords, { notice, from }: CardOrigin, locale: Locale): object {
  const title = cutChars(words.title, TITLE_CHARS_MAX);
  const kept = { notice, from, title: cutBytes(title, VALUE_TITLE_BYTES_MAX), link: words.link ?? '' };
  const press = (name: Press, i: number): object => ({
    tag: 'button',
    text: { tag: 'plain_text', content: PRESSES[name][locale] },
    type: i === 0 ? 'primary' : 'default',
    value: { ...kept, press: name },
  });
  const details = {
    tag: 'button',
    text: { tag: 'plain_text', content: WORDS.details[locale] },
    url: words.link,
  };
  const actions = [
    ...(words.open ? pressesOf(words).map(press) : []),
    ...(words.link === undefined ? [] : [{ ...details, type: 'default' }]),
  ];
  return {
    config: { wide_screen_mode: true, update_multi: true },
    header: { title: { tag: 'plain_text', content: title }, template: words.open ? 'red' : 'grey' },
    elements: [
      { tag: 'div', text: { tag: 'plain_text', content: cutChars(words.body, BODY_CHARS_MAX) } },
      ...(actions.length > 0 ? [{ tag: 'action', actions }] : []),
    ],
  };
}

/** Cards of one app: sent and changed over HTTP, pressed over the long connection. */
export class FeishuSession implements ChannelSession {
  readonly #options: FeishuOptions;
  readonly #host: SessionHost;
  readonly #kept: KeptLink<FeishuLink>;
  readonly #presses: Presses;
  readonly #calls: TokenedCalls;
  /** As it stands on the cards that were sent last. */
  #from: string | undefined;

  constructor(options: FeishuOptions, host: SessionHost) {
    this.#options = options;
    this.#host = host;
    this.#calls = new TokenedCalls({
      origin: options.origin,
      now: host.now,
      fetchToken: (signal) => this.#fetchToken(signal),
      headers: (token) => ({ authorization: `Bearer ${token}` }),
      isTokenRefused,
    });
    this.#kept = new KeptLink(
      host,
      (events) => new FeishuLink({ ...options, onPress: (press) => this.#pressed(press) }, host, events),
    );
    this.#presses = new Presses(host, PRESS_LIMIT_MS, (problem, detail) =>
      this.#kept.trouble(problem, detail),
    );
  }

  /** Cards are sent whether or not presses can come back: what stands on them is worth it, and the link leads on. */
  async send(body: unknown, signal: AbortSignal): Promise<Answer> {
    const delivery = body as FeishuDelivery;
    if (!delivery.addressed) {
      const detail =
        delivery.method === 'POST' ? 'no id, and no chat is configured' : 'without the id of the message';
      return { kind: 'refused', failure: 'recipient-invalid', detail };
    }
    this.#from = delivery.from ?? this.#from;
    const reply = await this.#calls.call(delivery, signal);
    return reply.ok ? feishuAnswer(reply.value) : reply.error;
  }

  state(): SessionState {
    return this.#kept.state();
  }

  async close(): Promise<void> {
    await this.#kept.close();
  }

  async #fetchToken(signal: AbortSignal): Promise<Result<Token, Answer>> {
    const { origin, appId: app_id, appSecret: app_secret } = this.#options;
    const path = '/open-apis/auth/v3/tenant_access_token/internal';
    const reply = await callProvider({ origin, method: 'POST', path, body: { app_id, app_secret } }, signal);
    const { tenant_access_token: token, expire } = reply.body;
    return tokenOf(token, expire, () => feishuAnswer(reply));
  }

  async #pressed({ messageId, operator, value, at }: FeishuPress): Promise<object | undefined> {
    const { locale } = this.#host;
    const from = text(value['from']);
    const notice = text(value['notice']);
    const address = text(operator[this.#options.idType]);
    const { press } = value;
    if (!isPress(press) || notice === '' || from !== (this.#from ?? from)) {
      this.#kept.trouble('foreign-press', notice.slice(0, 100));
      return toast('warning', FOREIGN[locale]);
    }
    if (address === '') {
      const detail = `the app may not read the ${this.#options.idType} of people`;
      this.#kept.trouble('unreadable', detail);
    }
    const link = text(value['link']);
    const cardOf = (result: ReplyResult): object => {
      const open = keepsButtons(press, result);
      const words = { title: text(value['title']), body: result.text[locale], open, ...cardOfPress(press) };
      return feishuCard({ ...words, ...(link === '' ? {} : { link }) }, { notice, from }, locale);
    };
    const outcome = await this.#presses.take({
      press,
      notice,
      by: { address },
      at: pressedAt(at, this.#host.now()),
    });
    if (outcome.kind === 'late') {
      void this.#presses.showLater(outcome.later, (result) => this.#change(messageId, cardOf(result)));
      return toast('info', PRESS_PENDING[locale]);
    }
    const { result } = outcome;
    return {
      ...toast(result.ok ? 'success' : 'warning', result.text[locale]),
      card: { type: 'raw', data: cardOf(result) },
    };
  }

  async #change(messageId: string, card: object): Promise<Answer> {
    return await this.send(changeOf(messageId, card), AbortSignal.timeout(LIMITS.noticeTimeoutMs));
  }
}

/** The same for all cards of one installation, whatever app sends them: made of the address of its console. */
export const installation = (link: string | undefined): string =>
  link === undefined ? '' : idempotencyKey(new URL(link).origin).slice(0, 8);

/** Changes a message that was sent. Up to 14 days, and only a shared card. */
export const changeOf = (messageId: string, card: object): FeishuDelivery => ({
  method: 'PATCH',
  path: `${MESSAGES_PATH}/${encodeURIComponent(messageId)}`,
  addressed: messageId !== '',
  body: { content: JSON.stringify(card) },
});

const FOREIGN = {
  zh: '这张卡片由另一套系统发出，本系统未作处理',
  en: 'This card was sent by another installation; nothing was done here',
} as const;

const toast = (type: 'success' | 'info' | 'warning', content: string): object => ({
  toast: { type, content },
});
