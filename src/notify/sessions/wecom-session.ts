import type { TemplateCard } from '@wecom/aibot-node-sdk';
import { LIMITS } from '../../model/limits.ts';
import type { Locale, Text } from '../../model/text.ts';
import type { ReplyResult } from '../../ports/channel-reply.ts';
import type { Answer, ChannelSession, SessionHost, SessionState } from '../define.ts';
import { cutBytes, oneLine } from '../message-text.ts';
import { type CardWords, cutChars, idempotencyKey } from './card-words.ts';
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
import { parsed } from './provider-call.ts';
import { WecomLink, type WecomMessage, type WecomPress } from './wecom-link.ts';

/** What the channel hands its session: a card, or a line about a card that was sent earlier. */
export interface WecomDelivery {
  /** The userid of a person, or the chatid of a group. */
  readonly chat: string;
  /** The card by which the provider knows a repeat. */
  readonly taskId: string;
  /** A card that shows the news already needs no line. */
  readonly unlessShown: boolean;
  readonly message: WecomMessage;
}

/** Five seconds are left to change the card, the way there and back included. */
const PRESS_LIMIT_MS = 4_000;
/** The vendor shows about so many; `key` holds 1024 bytes. */
const TITLE_CHARS_MAX = 26;
const LINE_CHARS_MAX = 112;
const KEY_TITLE_BYTES_MAX = 240;
const KEY_BYTES_MAX = 1024;

/** The vendor allows letters, digits, `_`, `-` and `@`, 128 bytes: the id of a notice has dots and colons. */
export const wecomTaskId = (notice: string): string => `sw-${idempotencyKey(notice)}`;

type Words = Pick<CardWords, 'title' | 'body' | 'link' | 'asksResident'>;

/** The card of these words: with buttons while somebody is asked for. */
export const wecomCard = (notice: string, words: CardWords, locale: Locale): TemplateCard =>
  words.open ? askingCard(notice, words, locale) : settledCard(notice, words, locale);

/** What is needed to draw the card anew stands in its buttons: after a restart nobody remembers. */
function askingCard(notice: string, words: Words, locale: Locale): TemplateCard {
  const button_list = pressesOf(words).map((press, i) => ({
    text: PRESSES[press][locale],
    style: i === 0 ? 1 : 2,
    key: keyOf(press, notice, words),
  }));
  return { card_type: 'button_interaction', ...wordsOf(notice, words), button_list };
}

/** The vendor wants a notice to lead somewhere; where there is nothing to lead to, a button stands that does nothing. */
function settledCard(notice: string, words: Words, locale: Locale): TemplateCard {
  if (words.link !== undefined) return { card_type: 'text_notice', ...wordsOf(notice, words) };
  const button_list = [{ text: SETTLED[locale], style: 2, key: SETTLED_KEY }];
  return { card_type: 'button_interaction', ...wordsOf(notice, words), button_list };
}

const SETTLED = { zh: '已更新', en: 'Settled' } as const;
const SETTLED_KEY = '-';

const wordsOf = (notice: string, { title, body, link }: Words): Omit<TemplateCard, 'card_type'> => ({
  main_title: { title: cutChars(title, TITLE_CHARS_MAX) },
  // What was found stands at the end of a title: where that is cut off, it is said in full below.
  sub_title_text: cutChars([...title].length > TITLE_CHARS_MAX ? `${body}\n${title}` : body, LINE_CHARS_MAX),
  ...(link === undefined ? {} : { card_action: { type: 1, url: link } }),
  task_id: wecomTaskId(notice),
});

export const markdown = (content: string): WecomMessage => ({
  msgtype: 'markdown',
  // Names come from outside: nothing of them may become a link or a mention.
  markdown: { content: content.replace(/[<>[\]`*_#]/g, ' ') },
});

interface Key {
  readonly press: Press;
  readonly notice: string;
  readonly title: string;
  readonly link?: string;
}

/** What does not fit is left out: the link first. */
function keyOf(press: Press, notice: string, { title, link = '' }: Words): string {
  const short = cutBytes(title, KEY_TITLE_BYTES_MAX);
  const keys = [
    [press, notice, short, link],
    [press, notice, short, ''],
    [press, notice, '', ''],
  ];
  const fitting = keys
    .map((key) => JSON.stringify(key))
    .find((key) => Buffer.byteLength(key) <= KEY_BYTES_MAX);
  return fitting ?? JSON.stringify([press, notice, '', '']);
}

function readKey(key: string): Key | undefined {
  const [press, notice, title, link] = (Array.isArray(parsed(key)) ? parsed(key) : []) as unknown[];
  if (!isPress(press) || typeof notice !== 'string' || typeof title !== 'string') return undefined;
  return { press, notice, title, ...(typeof link === 'string' && link !== '' ? { link } : {}) };
}

/** The bot of a channel: sends cards over its connection, and shows on the card what became of a press. */
export class WecomSession implements ChannelSession {
  readonly #host: SessionHost;
  readonly #kept: KeptLink<WecomLink>;
  readonly #presses: Presses;
  /** Cards that show by themselves who has the case; the oldest are forgotten. */
  readonly #shown = new Set<string>();

  constructor(options: { botId: string; secret: string; url: string }, host: SessionHost) {
    this.#host = host;
    this.#kept = new KeptLink(
      host,
      (events) => new WecomLink({ ...options, onPress: (press) => void this.#pressed(press) }, events),
    );
    this.#presses = new Presses(host, PRESS_LIMIT_MS, (problem, detail) =>
      this.#kept.trouble(problem, detail),
    );
  }

  async send(body: unknown, signal: AbortSignal): Promise<Answer> {
    const { chat, taskId, unlessShown, message } = body as WecomDelivery;
    if (chat === '') {
      return {
        kind: 'refused',
        failure: 'recipient-invalid',
        detail: 'no userid, and no chat is configured',
      };
    }
    if (unlessShown && this.#shown.has(taskId)) return { kind: 'accepted', detail: 'the card shows it' };
    const link = await this.#kept.ready(signal);
    if (!link) return this.#kept.refusal();
    return await link.send(chat, message, message.msgtype === 'template_card' ? taskId : undefined);
  }

  state(): SessionState {
    return this.#kept.state();
  }

  async close(): Promise<void> {
    await this.#kept.close();
  }

  async #pressed(from: WecomPress): Promise<void> {
    if (from.key === SETTLED_KEY) return;
    try {
      const key = readKey(from.key);
      if (!key) {
        this.#kept.trouble('foreign-press', oneLine(from.taskId));
        return;
      }
      const { press, notice } = key;
      const at = pressedAt(from.at, this.#host.now());
      const outcome = await this.#presses.take({ press, notice, by: { address: from.userId }, at });
      if (outcome.kind === 'in-time') await this.#show(from, key, outcome.result);
      else {
        // The card is frozen after its five seconds: it says that it was heard, the result follows as a line.
        await from.change(this.#cardOf(key, PRESS_PENDING, false));
        await this.#tell(from.chat, key.title, await outcome.later);
      }
    } catch (error) {
      this.#kept.trouble('press-failed', (error as Error).message);
    }
  }

  async #show(from: WecomPress, key: Key, result: ReplyResult): Promise<void> {
    const open = keepsButtons(key.press, result);
    // Before it is changed: word of who has the case may come while the change is under way.
    if (!open) this.#remember(from.taskId);
    const answer = await from.change(this.#cardOf(key, result.text, open));
    if (answer.kind === 'accepted') return;
    this.#shown.delete(from.taskId);
    await this.#tell(from.chat, key.title, result);
  }

  #cardOf({ press, notice, title, link }: Key, text: Text, open: boolean): TemplateCard {
    const { locale } = this.#host;
    const words = { title, body: text[locale], open, ...(link === undefined ? {} : { link }) };
    return wecomCard(notice, { ...words, ...cardOfPress(press) }, locale);
  }

  async #tell(chat: string, title: string, result: ReplyResult): Promise<void> {
    const link = await this.#kept.ready(AbortSignal.timeout(LIMITS.noticeTimeoutMs));
    await link?.send(chat, markdown(`${title}\n${result.text[this.#host.locale]}`));
  }

  #remember(taskId: string): void {
    this.#shown.add(taskId);
    if (this.#shown.size <= LIMITS.sessionCardsKeptMax) return;
    const [oldest] = this.#shown;
    if (oldest !== undefined) this.#shown.delete(oldest);
  }
}
