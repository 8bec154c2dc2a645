import type { TemplateCard, WSClient, WsFrame } from '@wecom/aibot-node-sdk';
import { LIMITS } from '../../model/limits.ts';
import type { Answer } from '../define.ts';
import type { Link, LinkEnd, LinkEvents } from './kept-link.ts';
import { record, text } from './provider-call.ts';
import { proxyAgent } from './proxy.ts';
import { wecomAnswer, wecomRefusal } from './wecom-codes.ts';

export interface WecomLinkOptions {
  readonly botId: string;
  readonly secret: string;
  readonly url: string;
  /** Somebody pressed a button of a card. */
  readonly onPress: (press: WecomPress) => void;
}

export interface WecomPress {
  /** The `key` that the button was given. */
  readonly key: string;
  readonly taskId: string;
  readonly userId: string;
  /** Where the card stands: a group, or the person themselves. */
  readonly chat: string;
  /** Milliseconds, as the provider says it. */
  readonly at: number | undefined;
  /** Changes the card for everybody who has it. Only within five seconds. */
  readonly change: (card: TemplateCard) => Promise<Answer>;
}

export type WecomMessage =
  | { readonly msgtype: 'template_card'; readonly template_card: TemplateCard }
  | { readonly msgtype: 'markdown'; readonly markdown: { readonly content: string } };

/** The vendor's library writes whole frames into its log; names of residents stand in them. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const AUTHENTICATION = /^Authentication failed: (?<words>.*) \(code: (?<code>-?\d+)\)$/s;

/**
 * One connection of the vendor's client. Its own reconnecting is off: it would give up, or knock at a closed door; whether
 * there is a next one is decided in one place (KeptLink). Loaded when such a channel is configured, because it is large.
 *
 * @see https://developer.work.weixin.qq.com/document/path/101463
 */
export class WecomLink implements Link {
  readonly #options: WecomLinkOptions;
  readonly #events: LinkEvents;
  #client: WSClient | undefined;
  #closed = false;
  #why: LinkEnd | undefined;

  constructor(options: WecomLinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#open().catch((error: Error) => events.down({ problem: 'unreachable', detail: error.message }));
  }

  async send(chat: string, message: WecomMessage, taskId?: string): Promise<Answer> {
    return await this.#acknowledged((client) => client.sendMessage(chat, message), taskId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#client?.disconnect();
  }

  async #open(): Promise<void> {
    const { WSClient } = await import('@wecom/aibot-node-sdk');
    if (this.#closed) return;
    const { botId, secret, url } = this.#options;
    const client = new WSClient({
      botId,
      secret,
      wsUrl: url,
      wsOptions: {
        agent: proxyAgent(url),
        handshakeTimeout: LIMITS.sessionConnectMs,
        maxPayload: LIMITS.sessionFrameBytesMax,
      },
      maxReconnectAttempts: 0,
      maxAuthFailureAttempts: 0,
      logger: SILENT,
    });
    this.#client = client;
    client.on('authenticated', () => this.#events.up());
    client.on('error', (error) => this.#failed(error));
    client.on('event.disconnected_event', () => {
      this.#why = { problem: 'displaced', detail: '' };
    });
    client.on('disconnected', (reason) => this.#down({ problem: 'lost', detail: reason }));
    client.on('event.template_card_event', (frame) => this.#pressed(frame));
    client.connect();
  }

  #failed(error: Error): void {
    const { words = '', code } = AUTHENTICATION.exec(error.message)?.groups ?? {};
    if (code !== undefined) {
      this.#why ??= { problem: wecomRefusal(Number(code)), detail: `${code} ${words}` };
    } else if (/^WS_/.test(String(record(error)['code']))) {
      // The client gives up: the last that it says where it cannot even begin.
      this.#down({ problem: 'unreachable', detail: '' });
    } else this.#why ??= { problem: 'unreachable', detail: error.message };
  }

  #down(end: LinkEnd): void {
    this.#events.down(this.#why ?? end);
  }

  #pressed(frame: WsFrame<unknown>): void {
    const body = record(frame.body);
    const event = record(body['event']);
    // The documentation nests it, the types of the library do not.
    const nested = record(event['template_card_event']);
    const read = (key: string): string => text(nested[key] ?? event[key]);
    const userId = text(record(body['from'])['userid']);
    const taskId = read('task_id');
    if (userId === '' || taskId === '') {
      this.#events.trouble('unreadable', 'a press without a person or a card');
      return;
    }
    const seconds = body['create_time'];
    this.#options.onPress({
      key: read('event_key'),
      taskId,
      userId,
      chat: text(body['chatid']) || userId,
      at: typeof seconds === 'number' ? seconds * 1000 : undefined,
      change: (card) => this.#acknowledged((client) => client.updateTemplateCard(frame, card)),
    });
  }

  async #acknowledged(
    send: (client: WSClient) => Promise<WsFrame<unknown>>,
    taskId?: string,
  ): Promise<Answer> {
    const client = this.#client;
    if (!client) return { kind: 'retry', failure: 'provider-unreachable', detail: 'not connected' };
    try {
      const { errcode = 0, errmsg = '' } = await send(client);
      return wecomAnswer(errcode, errmsg, taskId);
    } catch (error) {
      // The client rejects with the frame that refuses, or with an error of its own.
      const { errcode, errmsg, message } = record(error);
      if (typeof errcode === 'number') return wecomAnswer(errcode, text(errmsg), taskId);
      const detail = text(message);
      const failure = /timeout/i.test(detail) ? 'provider-timeout' : 'provider-unreachable';
      return { kind: 'retry', failure, detail };
    }
  }
}
