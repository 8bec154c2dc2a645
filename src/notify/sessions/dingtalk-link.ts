import { LIMITS } from '../../model/limits.ts';
import type { SessionHost } from '../define.ts';
import { dingtalkRefusal } from './dingtalk-codes.ts';
import type { Link, LinkEvents } from './kept-link.ts';
import { callProvider, parsed, record, text } from './provider-call.ts';
import { ProviderSocket } from './socket.ts';

/** Presses of buttons of cards come under this topic. */
export const CARD_TOPIC = '/v1.0/card/instances/callback';

export interface DingtalkLinkOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly origin: string;
  /** Answers a press with what the card shall show; undefined: as it is. */
  readonly onPress: (press: DingtalkPress) => Promise<object | undefined>;
}

export interface DingtalkPress {
  readonly outTrackId: string;
  readonly userId: string;
  readonly action: string;
  readonly at: number | undefined;
}

/**
 * One connection of Stream mode. The vendor's own client is not used: its gateway is fixed, it reconnects every second
 * without end, reports failures on the console only, and a frame that it cannot read ends the process.
 *
 * @see https://opensource.dingtalk.com/developerpedia/docs/learn/stream/protocol
 */
export class DingtalkLink implements Link {
  readonly #options: DingtalkLinkOptions;
  readonly #events: LinkEvents;
  readonly #host: SessionHost;
  readonly #opening = new AbortController();
  #socket: ProviderSocket | undefined;

  constructor(options: DingtalkLinkOptions, host: SessionHost, events: LinkEvents) {
    this.#options = options;
    this.#host = host;
    this.#events = events;
    this.#open().catch((error: Error) => events.down({ problem: 'unreachable', detail: error.message }));
  }

  async close(): Promise<void> {
    this.#opening.abort();
    await this.#socket?.close();
  }

  async #open(): Promise<void> {
    const { clientId, clientSecret, origin } = this.#options;
    const { signal } = this.#opening;
    const reply = await callProvider(
      {
        origin,
        method: 'POST',
        path: '/v1.0/gateway/connections/open',
        body: {
          clientId,
          clientSecret,
          subscriptions: [{ type: 'CALLBACK', topic: CARD_TOPIC }],
          ua: 'shouwang',
        },
      },
      signal,
    );
    const endpoint = text(reply.body['endpoint']);
    const ticket = text(reply.body['ticket']);
    if (reply.status !== 200 || !/^wss?:/.test(endpoint) || ticket === '') {
      const detail = `HTTP ${reply.status} ${text(reply.body['code'])} ${text(reply.body['message'])}`;
      this.#events.down({ problem: dingtalkRefusal(reply), detail: detail.trim() });
      return;
    }
    if (signal.aborted) return;
    this.#socket = new ProviderSocket({
      url: `${endpoint}?ticket=${encodeURIComponent(ticket)}`,
      timers: this.#host.timers,
      heartbeatMs: () => LIMITS.sessionHeartbeatMs,
      onOpen: () => this.#events.up(),
      onMessage: (data) => this.#take(data),
      onEnd: (end) => this.#events.down(end),
    });
  }

  #take(data: Buffer): void {
    const frame = record(parsed(data.toString('utf8')));
    const headers = record(frame['headers']);
    const topic = text(headers['topic']);
    switch (frame['type']) {
      case 'SYSTEM':
        if (topic === 'ping') this.#answer(headers, text(frame['data']));
        // The provider renews its servers: it sends nothing more over this connection.
        if (topic === 'disconnect') {
          this.#events.down({ problem: 'lost', detail: 'the provider asks to connect anew' });
        }
        return;
      case 'CALLBACK':
        if (topic === CARD_TOPIC) void this.#pressed(headers, text(frame['data']));
        else this.#answer(headers, '{}');
        return;
      case 'EVENT':
        // Not subscribed; unanswered it would come again and again.
        this.#answer(headers, JSON.stringify({ status: 'SUCCESS' }));
        return;
      default:
        this.#events.trouble('unreadable', `a frame of the type ${String(frame['type']).slice(0, 40)}`);
    }
  }

  async #pressed(headers: Readonly<Record<string, unknown>>, data: string): Promise<void> {
    const press = readPress(data, Number(headers['time']));
    let card: object | undefined;
    if (press) {
      try {
        card = await this.#options.onPress(press);
      } catch (error) {
        this.#events.trouble('press-failed', (error as Error).message);
      }
    } else this.#events.trouble('unreadable', 'a press without a person, a card or an action');
    this.#answer(headers, JSON.stringify({ response: card ?? {} }));
  }

  #answer({ messageId, ...headers }: Readonly<Record<string, unknown>>, data: string): void {
    const kept = headers['topic'] === 'ping' ? headers : { contentType: 'application/json' };
    this.#socket?.send(JSON.stringify({ code: 200, headers: { ...kept, messageId }, message: 'OK', data }));
  }
}

function readPress(data: string, time: number): DingtalkPress | undefined {
  const callback = record(parsed(data));
  const outTrackId = text(callback['outTrackId']);
  const userId = text(callback['userId']);
  // JSON within JSON.
  const content = record(parsed(text(callback['content'])));
  const pressed = record(content['cardPrivateData']);
  const actions = pressed['actionIds'];
  const action = text(record(pressed['params'])['action']) || text(Array.isArray(actions) ? actions[0] : '');
  if (outTrackId === '' || userId === '' || action === '') return undefined;
  return { outTrackId, userId, action, at: Number.isFinite(time) ? time : undefined };
}
