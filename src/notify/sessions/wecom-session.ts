import type { TemplateCard } from '@wecom/aibot-node-sdk';
import { LIMITS } from '../../model/limits.ts';
import type { ReplyResult } from '../../ports/channel-reply.ts';
import type { Answer, ChannelSession, SessionHost, SessionState } from '../define.ts';
import { cutBytes, oneLine } from '../message-text.ts';
import { cutChars, idempotencyKey } from './card-words.ts';
import { KeptLink } from './kept-link.ts';
import {
  isPress,
  keepsButtons,
  PRESS_NAMES,
  PRESS_PENDING,
  PRESSES,
  type Press,
  Presses,
  pressedAt,
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

/** A card that asks for somebody. What is needed to draw it anew stands in its buttons: after a restart nobody remembers. */
export function askingCard(
  notice: string,
  taskId: string,
  title: string,
  line: string,
  locale: SessionHost['locale'],
): TemplateCard {
  return {
    card_type: 'button_interaction',
    main_title: { title: cutChars(title, TITLE_CHARS_MAX) },
    sub_title_text: cutChars(line, LINE_CHARS_MAX),
    button_list: PRESS_NAMES.map((press, i) => ({
      text: PRESSES[press][locale],
      style: i === 0 ? 1 : 2,
      key: keyOf(press, notice, title),
    })),
    task_id: taskId,
  };
}

/** A card that asks for nobody any more. */
export const settledCard = (taskId: string, title: string, line: string): TemplateCard => ({
  card_type: 'text_notice',
  main_title: { title: cutChars(title, TITLE_CHARS_MAX) },
  sub_title_text: cutChars(line, LINE_CHARS_MAX),
  task_id: taskId,
});

export const markdown = (content: string): WecomMessage => ({
  msgtype: 'markdown',
  // Names come from outside: nothing of them may become a link or a mention.
  markdown: { content: content.replace(/[<>[\]`*_#]/g, ' ') },
});

function keyOf(press: Press, notice: string, title: string): string {
  const key = JSON.stringify([press, notice, cutBytes(title, KEY_TITLE_BYTES_MAX)]);
  return Buffer.byteLength(key) <= KEY_BYTES_MAX ? key : JSON.stringify([press, notice, '']);
}

function readKey(key: string): { press: Press; notice: string; title: string } | undefined {
  const [press, notice, title] = (Array.isArray(parsed(key)) ? parsed(key) : []) as unknown[];
  return isPress(press) && typeof notice === 'string' && typeof title === 'string'
    ? { press, notice, title }
    : undefined;
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
    try {
      const read = readKey(from.key);
      if (!read) {
        this.#kept.trouble('foreign-press', oneLine(from.taskId));
        return;
      }
      const { userId: address } = from;
      const at = pressedAt(from.at, this.#host.now());
      const outcome = await this.#presses.take({ ...read, by: { address }, at });
      if (outcome.kind === 'in-time') await this.#show(from, read, outcome.result);
      else {
        // The card is frozen after its five seconds: it says that it was heard, the result follows as a line.
        await from.change(settledCard(from.taskId, read.title, PRESS_PENDING[this.#host.locale]));
        await this.#tell(from.chat, read.title, await outcome.later);
      }
    } catch (error) {
      this.#kept.trouble('press-failed', (error as Error).message);
    }
  }

  async #show(
    from: WecomPress,
    { press, notice, title }: NonNullable<ReturnType<typeof readKey>>,
    result: ReplyResult,
  ): Promise<void> {
    const { locale } = this.#host;
    const line = result.text[locale];
    const open = keepsButtons(press, result);
    const answer = await from.change(
      open ? askingCard(notice, from.taskId, title, line, locale) : settledCard(from.taskId, title, line),
    );
    if (answer.kind !== 'accepted') await this.#tell(from.chat, title, result);
    else if (!open) this.#remember(from.taskId);
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
