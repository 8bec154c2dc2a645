import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../src/lib/clock.ts';
import {
  CONTROL,
  DATA,
  decodeFrame,
  encodeFrame,
  type FeishuFrame,
  headerOf,
} from '../../src/notify/sessions/feishu-frame.ts';
import { answerJson, ProviderServer } from './provider-server.ts';

type Body = Readonly<Record<string, unknown>>;
export interface FeishuCard {
  readonly config: { readonly update_multi: boolean };
  readonly header: { readonly title: { readonly content: string }; readonly template: string };
  readonly elements: readonly {
    readonly tag: string;
    readonly text?: { readonly content: string };
    readonly actions?: readonly {
      readonly value?: Readonly<Record<string, string>>;
      readonly url?: string;
    }[];
  }[];
}
export interface FeishuMessage {
  readonly id: string;
  readonly to: string;
  readonly at: number;
  readonly versions: FeishuCard[];
}
interface App {
  readonly appId: string;
  readonly appSecret: string;
  /** People and chats that the robot reaches. */
  readonly receivers: readonly string[];
}

/**
 * A STAND-IN for an app of Feishu with its robot and its long connection, not Feishu. It follows open.feishu.cn (token of a
 * tenant, sending and changing messages: 30 KB, 14 days, `update_multi`, `uuid` for one hour; card callbacks: one of the
 * connections gets each, three seconds, never again) and the frames of the vendor's client (1.74), which speaks to it in
 * one of the tests.
 */
export class FeishuApp {
  readonly messages = new Map<string, FeishuMessage>();
  readonly tokensGiven: string[] = [];
  /** What was answered to presses: a toast, and perhaps a card. */
  readonly answers: Body[] = [];
  /** Codes of the answers to calls. */
  readonly codes: number[] = [];
  silent = false;
  /** The next message is taken, and the connection breaks before the answer. */
  breakAfterMessage = false;
  callsPerSecondMax = 50;
  connectionsMax = 50;
  /** Events come in so many parts. */
  parts = 1;
  pings = 0;
  readonly #clock: Clock;
  readonly #app: App;
  readonly #byUuid = new Map<string, { readonly message: string; readonly at: number }>();
  readonly #live: WebSocket[] = [];
  readonly #awaited = new Map<string, { readonly message: string; readonly at: number }>();
  #calledAt: number[] = [];
  #server!: ProviderServer;
  #count = 0;

  private constructor(clock: Clock, app: App) {
    this.#clock = clock;
    this.#app = app;
  }

  static async open(clock: Clock, app: App): Promise<FeishuApp> {
    const feishu = new FeishuApp(clock, app);
    feishu.#server = await ProviderServer.open(
      (request, body, response) => feishu.#serve(request, JSON.parse(body || '{}') as Body, response),
      (socket) => feishu.#connect(socket),
    );
    return feishu;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  get connections(): number {
    return this.#live.length;
  }

  breakAll(): void {
    this.#server.breakAll();
  }

  refuseUpgrade(status: number, headers: Readonly<Record<string, string>>): void {
    this.#server.refuseUpgrade = { status, headers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  takeTokensBack(): void {
    this.tokensGiven.length = 0;
  }

  /** A person presses a button of a message: the value that the button was given comes with it. */
  press(openId: string, messageId: string, button: number): void {
    const card = this.messages.get(messageId)?.versions.at(-1);
    const value = card?.elements.find(({ tag }) => tag === 'action')?.actions?.[button]?.value;
    if (!value) throw new Error(`there is no button ${button} on ${messageId}`);
    this.pressValue(openId, messageId, value);
  }

  pressValue(openId: string, messageId: string, value: object): void {
    const id = `event-${++this.#count}`;
    this.#awaited.set(id, { message: messageId, at: this.#clock.now() });
    const event = {
      operator: { open_id: openId, union_id: `on_${openId}`, tenant_key: 't' },
      token: 'c-1',
      action: { value, tag: 'button' },
      host: 'im_message',
      context: { open_message_id: messageId, open_chat_id: 'oc_1' },
    };
    const header = {
      event_id: id,
      event_type: 'card.action.trigger',
      create_time: String(this.#clock.now() * 1000),
      token: '',
      app_id: this.#app.appId,
      tenant_key: 't',
    };
    this.#event(id, Buffer.from(JSON.stringify({ schema: '2.0', header, event })));
  }

  raw(data: Uint8Array): void {
    this.#live[0]?.send(data);
  }

  #event(id: string, whole: Buffer): void {
    const socket = this.#live[this.#count % this.#live.length];
    const length = Math.ceil(whole.length / this.parts);
    for (let seq = 0; seq < this.parts; seq++) {
      const headers = Object.entries({
        type: 'event',
        message_id: id,
        sum: String(this.parts),
        seq: String(seq),
        trace_id: 'trace',
      });
      const payload = whole.subarray(seq * length, (seq + 1) * length);
      socket?.send(
        encodeFrame({ seqId: BigInt(this.#count), logId: 1n, service: 7, method: DATA, headers, payload }),
      );
    }
  }

  #connect(socket: WebSocket): void {
    this.#live.push(socket);
    socket.on('close', () => this.#live.splice(this.#live.indexOf(socket), 1));
    socket.on('message', (data) => {
      const frame = decodeFrame(data as Buffer);
      if (frame.method === CONTROL) this.#pong(socket, frame);
      else this.#answered(frame);
    });
  }

  #pong(socket: WebSocket, frame: FeishuFrame): void {
    if (headerOf(frame, 'type') !== 'ping' || frame.service !== 7) return;
    this.pings++;
    const payload = Buffer.from(JSON.stringify(CLIENT_CONFIG));
    socket.send(encodeFrame({ ...frame, headers: [['type', 'pong']], payload }));
  }

  #answered(frame: FeishuFrame): void {
    const { code, data } = JSON.parse(Buffer.from(frame.payload ?? []).toString()) as {
      code: number;
      data?: string;
    };
    const answer =
      data === undefined ? { code } : (JSON.parse(Buffer.from(data, 'base64').toString()) as Body);
    const awaited = this.#awaited.get(headerOf(frame, 'message_id'));
    this.#awaited.delete(headerOf(frame, 'message_id'));
    if (!awaited || this.#clock.now() - awaited.at > 3_000) return;
    this.answers.push(answer);
    const card = (answer as { card?: { type: string; data: FeishuCard } }).card;
    if (card?.type === 'raw') this.messages.get(awaited.message)?.versions.push(card.data);
  }

  #serve(request: IncomingMessage, body: Body, response: ServerResponse): void {
    if (this.silent) return;
    const answer = (code: number, msg: string, more: object = {}): void => {
      this.codes.push(code);
      answerJson(response, code === 0 ? 200 : 400, { code, msg, ...more });
    };
    const url = new URL(request.url ?? '/', 'http://x');
    const isOurs = body['app_id'] === this.#app.appId && body['app_secret'] === this.#app.appSecret;
    if (url.pathname === '/open-apis/auth/v3/tenant_access_token/internal') {
      if (!isOurs) return void answer(10014, 'app secret invalid');
      const token = `t-${++this.#count}`;
      this.tokensGiven.push(token);
      return void answerJson(response, 200, { code: 0, msg: 'ok', tenant_access_token: token, expire: 7200 });
    }
    if (url.pathname === '/callback/ws/endpoint') return void this.#endpoint(body, response);
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!this.tokensGiven.includes(token))
      return void answer(99991663, 'Invalid access token for authorization');
    const now = this.#clock.now();
    this.#calledAt = [...this.#calledAt.filter((at) => at > now - 1_000), now];
    if (this.#calledAt.length > this.callsPerSecondMax)
      return void answer(99991400, 'request trigger frequency limit');
    const [code, msg, data] =
      request.method === 'POST'
        ? this.#create(body)
        : this.#patch(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), body);
    if (this.breakAfterMessage) {
      this.breakAfterMessage = false;
      response.destroy();
    } else answer(code, msg, data ? { data } : {});
  }

  #endpoint(body: Body, response: ServerResponse): void {
    if (body['AppID'] !== this.#app.appId || body['AppSecret'] !== this.#app.appSecret) {
      answerJson(response, 200, { code: 514, msg: 'app_id or app_secret is invalid' });
    } else if (this.#live.length >= this.connectionsMax) {
      answerJson(response, 200, { code: 1000040350, msg: 'The number of connections exceeded limit' });
    } else {
      const URL = `ws://127.0.0.1:${this.#server.port}/ws/v2?device_id=1&service_id=7&ticket=secret-ticket`;
      answerJson(response, 200, { code: 0, msg: '', data: { URL, ClientConfig: CLIENT_CONFIG } });
    }
  }

  #create(body: Body): readonly [number, string, object?] {
    const to = String(body['receive_id']);
    if (!this.#app.receivers.includes(to)) return [230013, 'Bot has NO availability to this user.'];
    const content = String(body['content']);
    if (Buffer.byteLength(content) > 30 * 1024)
      return [230025, 'The length of the message content reaches its limit.'];
    const uuid = String(body['uuid'] ?? '');
    if (uuid.length > 50) return [230001, 'uuid is too long'];
    const now = this.#clock.now();
    const before = this.#byUuid.get(uuid);
    if (uuid !== '' && before && now - before.at < 3_600_000) {
      return [0, 'success', { message_id: before.message }];
    }
    const id = `om_${++this.#count}`;
    this.#byUuid.set(uuid, { message: id, at: now });
    this.messages.set(id, { id, to, at: now, versions: [JSON.parse(content) as FeishuCard] });
    return [0, 'success', { message_id: id }];
  }

  #patch(id: string, body: Body): readonly [number, string] {
    const message = this.messages.get(id);
    if (!message) return [230001, 'invalid message_id'];
    if (this.#clock.now() - message.at > 14 * 86_400_000) {
      return [230031, 'Message can only be modified within 14 days after sending.'];
    }
    const card = JSON.parse(String(body['content'])) as FeishuCard;
    if (!card.config.update_multi || !message.versions[0]?.config.update_multi)
      return [230099, 'not a shared card'];
    message.versions.push(card);
    return [0, 'success'];
  }
}

const CLIENT_CONFIG = { ReconnectCount: -1, ReconnectInterval: 120, ReconnectNonce: 30, PingInterval: 60 };
