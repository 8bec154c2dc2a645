import { LIMITS } from '../../model/limits.ts';
import type { SessionHost } from '../define.ts';
import { feishuRefusal, upgradeRefusal } from './feishu-codes.ts';
import { CONTROL, DATA, decodeFrame, encodeFrame, type FeishuFrame, headerOf } from './feishu-frame.ts';
import type { Link, LinkEvents } from './kept-link.ts';
import { callProvider, parsed, record, text } from './provider-call.ts';
import { ProviderSocket } from './socket.ts';

export interface FeishuLinkOptions {
  readonly appId: string;
  readonly appSecret: string;
  readonly origin: string;
  /** Answers a press with a toast and the card as it shall be; undefined: as it is. */
  readonly onPress: (press: FeishuPress) => Promise<object | undefined>;
}

export interface FeishuPress {
  readonly messageId: string;
  /** As the provider knows the person, by each of its ids. */
  readonly operator: Readonly<Record<string, unknown>>;
  /** What the button was given. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly at: number | undefined;
}

/** The provider says every how many seconds it wants to hear of us; within reason. */
const PING_MS_MIN = 10_000;
const PING_MS_MAX = 5 * 60_000;
const PING_MS_DEFAULT = 2 * 60_000;

/**
 * One long connection of an app. The vendor's client is not used: a lost connection is either not reported or tried again
 * after a pause that its server sets, a wrong secret looks like a broken network, and loading it takes 60 MB.
 *
 * @see https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/request-url-configuration-case
 */
export class FeishuLink implements Link {
  readonly #options: FeishuLinkOptions;
  readonly #events: LinkEvents;
  readonly #host: SessionHost;
  readonly #opening = new AbortController();
  /** Messages of which parts are missing, by their id; the oldest are forgotten. */
  readonly #parts = new Map<string, (Uint8Array | undefined)[]>();
  #service = 0;
  #pingMs = PING_MS_DEFAULT;
  #socket: ProviderSocket | undefined;

  constructor(options: FeishuLinkOptions, host: SessionHost, events: LinkEvents) {
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
    const { appId: AppID, appSecret: AppSecret, origin } = this.#options;
    const { signal } = this.#opening;
    const path = '/callback/ws/endpoint';
    const headers = { locale: 'zh' };
    const reply = await callProvider(
      { origin, method: 'POST', path, headers, body: { AppID, AppSecret } },
      signal,
    );
    const data = record(reply.body['data']);
    const url = text(data['URL']);
    if (reply.body['code'] !== 0 || !/^wss?:/.test(url)) {
      const detail = `HTTP ${reply.status} ${String(reply.body['code'] ?? '')} ${text(reply.body['msg'])}`;
      this.#events.down({ problem: feishuRefusal(reply), detail: detail.trim() });
      return;
    }
    if (signal.aborted) return;
    this.#service = Number(new URL(url).searchParams.get('service_id')) || 0;
    this.#heed(record(data['ClientConfig']));
    this.#socket = new ProviderSocket({
      url,
      timers: this.#host.timers,
      heartbeatMs: () => this.#pingMs,
      heartbeat: (send) => send(this.#ping()),
      onOpen: () => this.#events.up(),
      onMessage: (data) => this.#take(data),
      onEnd: (end) => this.#events.down(end),
      onRefusedUpgrade: (status, headers) => ({
        problem: upgradeRefusal(headers),
        detail: `HTTP ${status} ${String(headers['handshake-msg'] ?? '')}`.trim(),
      }),
    });
  }

  #heed(config: Readonly<Record<string, unknown>>): void {
    const seconds = config['PingInterval'];
    if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return;
    this.#pingMs = Math.min(Math.max(seconds * 1000, PING_MS_MIN), PING_MS_MAX);
  }

  #ping(): Uint8Array {
    const headers = [['type', 'ping']] as const;
    return encodeFrame({ seqId: 0n, logId: 0n, service: this.#service, method: CONTROL, headers });
  }

  #take(data: Buffer): void {
    try {
      const frame = decodeFrame(data);
      const type = headerOf(frame, 'type');
      if (frame.method === CONTROL && type === 'pong') {
        this.#heed(record(parsed(Buffer.from(frame.payload ?? []).toString('utf8'))));
      } else if (frame.method === DATA && type === 'event') {
        const whole = this.#whole(frame);
        if (whole) void this.#event(frame, record(parsed(whole.toString('utf8'))));
      }
    } catch (error) {
      this.#events.trouble('unreadable', (error as Error).message);
    }
  }

  /** The payload, when all its parts are here. Every part but the last is answered by nothing. */
  #whole(frame: FeishuFrame): Buffer | undefined {
    const payload = frame.payload ?? new Uint8Array();
    const sum = Number(headerOf(frame, 'sum') || 1);
    const seq = Number(headerOf(frame, 'seq') || 0);
    if (sum === 1) return Buffer.from(payload);
    if (!Number.isInteger(sum) || sum < 1 || sum > LIMITS.sessionPartsMax || !(seq >= 0 && seq < sum)) {
      this.#events.trouble('unreadable', `part ${seq} of ${sum}`);
      return undefined;
    }
    const id = headerOf(frame, 'message_id');
    const parts = this.#parts.get(id) ?? new Array<Uint8Array | undefined>(sum).fill(undefined);
    parts[seq] = payload;
    this.#parts.set(id, parts);
    if (parts.includes(undefined)) {
      const [oldest] = this.#parts.keys();
      if (this.#parts.size > LIMITS.sessionPartsMax && oldest !== undefined) this.#parts.delete(oldest);
      return undefined;
    }
    this.#parts.delete(id);
    return Buffer.concat(parts as Uint8Array[]);
  }

  async #event(frame: FeishuFrame, message: Readonly<Record<string, unknown>>): Promise<void> {
    const header = record(message['header']);
    const isPress = header['event_type'] === 'card.action.trigger';
    let answer: object | undefined;
    let code = 200;
    try {
      if (isPress) answer = await this.#options.onPress(readPress(record(message['event']), header));
    } catch (error) {
      code = 500;
      this.#events.trouble('press-failed', (error as Error).message);
    }
    const data = answer && Buffer.from(JSON.stringify(answer)).toString('base64');
    const payload = Buffer.from(JSON.stringify({ code, ...(data === undefined ? {} : { data }) }));
    const headers = [...frame.headers, ['biz_rt', '0'] as const];
    this.#socket?.send(encodeFrame({ ...frame, headers, payload }));
  }
}

function readPress(
  event: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>>,
): FeishuPress {
  // Microseconds, as text.
  const at = Math.floor(Number(header['create_time']) / 1000);
  return {
    messageId: text(record(event['context'])['open_message_id']),
    operator: record(event['operator']),
    value: record(record(event['action'])['value']),
    at: Number.isFinite(at) && at > 0 ? at : undefined,
  };
}
