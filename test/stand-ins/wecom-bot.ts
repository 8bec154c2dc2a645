import type { WebSocket } from 'ws';
import type { Clock } from '../../src/lib/clock.ts';
import { ProviderServer } from './provider-server.ts';

interface Frame {
  readonly cmd?: string;
  readonly headers: { readonly req_id: string };
  readonly body?: Record<string, unknown>;
}
export interface BotCard {
  readonly card_type: string;
  readonly main_title: { readonly title: string };
  readonly sub_title_text: string;
  readonly task_id: string;
  readonly card_action?: { readonly type: number; readonly url: string };
  readonly button_list?: readonly { readonly text: string; readonly key: string }[];
}
export interface SentCard {
  readonly chat: string;
  /** As it was sent, and as it was changed. */
  readonly versions: BotCard[];
}

/**
 * A STAND-IN for the long connection of WeCom's intelligent bots, not WeCom. It follows page 101463 of
 * developer.work.weixin.qq.com and the vendor's own client (1.0.7), which is what speaks to it in the tests: subscribing
 * with id and secret, one connection for each bot, acknowledgements by `req_id`, 30 messages a minute for each
 * conversation (45009), a card changed only in answer to a press and within five seconds (846605). That a `task_id` makes
 * one card is documented; with which words a second one is refused is not, and assumed here.
 */
export class WeComBot {
  readonly cards = new Map<string, SentCard>();
  readonly lines: { readonly chat: string; readonly content: string }[] = [];
  /** Conversations that the bot may speak in. */
  readonly chats: Set<string>;
  /** Answers to subscriptions, by errcode. */
  readonly subscriptions: number[] = [];
  /** Frames are taken and not answered. */
  silent = false;
  /** The next card is taken, and the connection breaks before the acknowledgement. */
  breakAfterCard = false;
  /** So many subscriptions a minute are taken. */
  subscriptionsMax = 20;
  readonly #clock: Clock;
  readonly #bots: Readonly<Record<string, string>>;
  readonly #live = new Map<string, WebSocket>();
  readonly #presses = new Map<string, { readonly taskId: string; readonly at: number }>();
  readonly #subscribedAt: number[] = [];
  readonly #sentAt = new Map<string, number[]>();
  #server!: ProviderServer;
  #events = 0;

  private constructor(clock: Clock, bots: Readonly<Record<string, string>>, chats: readonly string[]) {
    this.#clock = clock;
    this.#bots = bots;
    this.chats = new Set(chats);
  }

  static async open(
    clock: Clock,
    bots: Readonly<Record<string, string>>,
    chats: readonly string[],
  ): Promise<WeComBot> {
    const bot = new WeComBot(clock, bots, chats);
    bot.#server = await ProviderServer.open(
      (_request, _body, response) => response.writeHead(404).end(),
      (socket) => socket.on('message', (data) => bot.#take(socket, JSON.parse(String(data)) as Frame)),
    );
    return bot;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.port}`;
  }

  get connections(): number {
    return this.#server.sockets.clients.size;
  }

  breakAll(): void {
    this.#server.breakAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** A person presses a button of a card; the card is frozen until the bot answers. */
  press(botId: string, userId: string, taskId: string, button: number): void {
    const sent = this.cards.get(taskId);
    const key = sent?.versions.at(-1)?.button_list?.[button]?.key;
    if (!sent || key === undefined) throw new Error(`there is no button ${button} on the card ${taskId}`);
    this.pressKey(botId, userId, sent.chat, taskId, key);
  }

  pressKey(botId: string, userId: string, chat: string, taskId: string, key: string): void {
    const reqId = `event-${++this.#events}`;
    this.#presses.set(reqId, { taskId, at: this.#clock.now() });
    this.#event(botId, reqId, {
      ...(chat === userId ? { chattype: 'single' } : { chattype: 'group', chatid: chat }),
      from: { userid: userId },
      event: {
        eventtype: 'template_card_event',
        template_card_event: { card_type: 'button_interaction', event_key: key, task_id: taskId },
      },
    });
  }

  #event(botId: string, reqId: string, body: object): void {
    const common = {
      msgid: reqId,
      create_time: Math.floor(this.#clock.now() / 1000),
      aibotid: botId,
      msgtype: 'event',
    };
    const frame = { cmd: 'aibot_event_callback', headers: { req_id: reqId }, body: { ...common, ...body } };
    this.#live.get(botId)?.send(JSON.stringify(frame));
  }

  #take(socket: WebSocket, frame: Frame): void {
    if (this.silent) return;
    const [errcode, errmsg] = this.#handle(socket, frame);
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify({ headers: { req_id: frame.headers.req_id }, errcode, errmsg }));
  }

  #handle(socket: WebSocket, { cmd, headers, body = {} }: Frame): readonly [number, string] {
    if (cmd === 'aibot_subscribe') return this.#subscribe(socket, body);
    if (![...this.#live.values()].includes(socket)) return [40001, 'not subscribed'];
    if (cmd === 'ping') return [0, 'ok'];
    if (cmd === 'aibot_send_msg') return this.#send(socket, body);
    if (cmd === 'aibot_respond_update_msg') return this.#change(headers.req_id, body);
    return [40008, 'invalid message type'];
  }

  #subscribe(socket: WebSocket, body: Record<string, unknown>): readonly [number, string] {
    const now = this.#clock.now();
    this.#subscribedAt.push(now);
    const recent = this.#subscribedAt.filter((at) => at > now - 60_000).length;
    const botId = String(body['bot_id']);
    const answer: readonly [number, string] =
      recent > this.subscriptionsMax
        ? [45009, 'api freq out of limit']
        : this.#bots[botId] === body['secret']
          ? [0, 'ok']
          : [853000, 'signature is incorrect, please check if the bot secret is correct'];
    this.subscriptions.push(answer[0]);
    if (answer[0] === 0) {
      const before = this.#live.get(botId);
      if (before) {
        this.#event(botId, `event-${++this.#events}`, { event: { eventtype: 'disconnected_event' } });
        before.close();
      }
      this.#live.set(botId, socket);
      socket.on('close', () => {
        if (this.#live.get(botId) === socket) this.#live.delete(botId);
      });
    }
    return answer;
  }

  #send(socket: WebSocket, body: Record<string, unknown>): readonly [number, string] {
    const chat = String(body['chatid']);
    if (!this.chats.has(chat)) return [40050, 'invalid chatid'];
    const now = this.#clock.now();
    const sent = (this.#sentAt.get(chat) ?? []).filter((at) => at > now - 60_000);
    if (sent.length >= 30) return [45009, 'api freq out of limit'];
    this.#sentAt.set(chat, [...sent, now]);
    if (body['msgtype'] === 'markdown') {
      this.lines.push({ chat, content: (body['markdown'] as { content: string }).content });
      return [0, 'ok'];
    }
    if (body['msgtype'] !== 'template_card') return [40008, 'invalid message type'];
    const card = body['template_card'] as BotCard;
    const wrong = mistakeOf(card);
    if (wrong) return [40058, `${wrong}. invalid Request Parameter`];
    if (this.cards.has(card.task_id))
      return [40058, 'template_card.task_id is repeated. invalid Request Parameter'];
    this.cards.set(card.task_id, { chat, versions: [card] });
    if (this.breakAfterCard) {
      this.breakAfterCard = false;
      socket.terminate();
    }
    return [0, 'ok'];
  }

  #change(reqId: string, body: Record<string, unknown>): readonly [number, string] {
    const press = this.#presses.get(reqId);
    this.#presses.delete(reqId);
    const card = body['template_card'] as BotCard;
    if (!press || this.#clock.now() - press.at > 5_000) return [846605, 'invalid req_id'];
    if (card.task_id !== press.taskId) return [40058, 'template_card.task_id. invalid Request Parameter'];
    const wrong = mistakeOf(card);
    if (wrong) return [40058, `${wrong}. invalid Request Parameter`];
    this.cards.get(press.taskId)?.versions.push(card);
    return [0, 'ok'];
  }
}

function mistakeOf(card: BotCard): string | undefined {
  if (!/^[\w@-]{1,128}$/.test(card.task_id)) return 'template_card.task_id';
  const keys = (card.button_list ?? []).map(({ key }) => key);
  if (keys.some((key) => Buffer.byteLength(key) > 1024) || new Set(keys).size < keys.length) {
    return 'template_card.button_list.key';
  }
  if (card.card_type === 'button_interaction' && (keys.length === 0 || keys.length > 6)) {
    return 'template_card.button_list';
  }
  if (card.card_type === 'text_notice' && card.card_action?.type !== 1) return 'template_card.card_action';
  return undefined;
}
