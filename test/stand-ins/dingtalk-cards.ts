import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../src/lib/clock.ts';
import { answerJson, ProviderServer } from './provider-server.ts';

export interface DingCard {
  readonly place: string;
  readonly data: Record<string, string>;
  /** What `body` said, from the first on. */
  readonly bodies: string[];
}
interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly template: string;
  readonly users: readonly string[];
  readonly groups: readonly string[];
}
type Body = Readonly<Record<string, unknown>>;

const CARD_TOPIC = '/v1.0/card/instances/callback';

/**
 * A STAND-IN for DingTalk's interactive cards and Stream mode, not DingTalk. It follows open.dingtalk.com (create and
 * deliver cards, update cards, access token of an internal application; 20 calls a second), the protocol page of Stream
 * mode and the vendor's client (2.1.5), which speaks to it in one of the tests. That an `outTrackId` makes one card is
 * documented; with which code a second one is refused is not, and assumed here.
 */
export class DingTalkCards {
  readonly cards = new Map<string, DingCard>();
  readonly tokensGiven: string[] = [];
  /** Answers to presses, as they came. */
  readonly answers: Body[] = [];
  /** Calls are taken and not answered. */
  silent = false;
  /** The next card is taken, and the connection breaks before the answer. */
  breakAfterCard = false;
  callsPerSecondMax = 20;
  readonly #clock: Clock;
  readonly #app: App;
  readonly #tickets = new Set<string>();
  readonly #live: WebSocket[] = [];
  readonly #awaited = new Map<string, string>();
  #calledAt: number[] = [];
  #server!: ProviderServer;
  #count = 0;

  private constructor(clock: Clock, app: App) {
    this.#clock = clock;
    this.#app = app;
  }

  static async open(clock: Clock, app: App): Promise<DingTalkCards> {
    const cards = new DingTalkCards(clock, app);
    cards.#server = await ProviderServer.open(
      (request, body, response) => cards.#serve(request, JSON.parse(body || '{}') as Body, response),
      (socket, request) => cards.#connect(socket, new URL(request.url ?? '/', 'http://x').searchParams),
    );
    return cards;
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** All tokens given so far are taken back. */
  takeTokensBack(): void {
    this.tokensGiven.length = 0;
  }

  /** A new way to connect, as the gateway gives it. */
  ticketedUrl(): string {
    const ticket = `ticket-${++this.#count}`;
    this.#tickets.add(ticket);
    return `ws://127.0.0.1:${this.#server.port}/connect?ticket=${ticket}`;
  }

  /** A person presses a button. One of the connections gets it. */
  press(userId: string, outTrackId: string, action: string): void {
    const content = JSON.stringify({ cardPrivateData: { actionIds: [action], params: {} } });
    const data = { type: 'actionCallback', outTrackId, userId, userIdType: 1, corpId: 'ding1', content };
    const messageId = this.frame('CALLBACK', CARD_TOPIC, JSON.stringify(data));
    this.#awaited.set(messageId, outTrackId);
  }

  /** A frame of the provider, over the connection whose turn it is. Answers with its messageId. */
  frame(type: string, topic: string, data: string): string {
    const messageId = `message-${++this.#count}`;
    const headers = {
      appId: 'app',
      connectionId: 'connection',
      contentType: 'application/json',
      messageId,
      time: String(this.#clock.now()),
      topic,
    };
    const socket = this.#live[this.#count % this.#live.length];
    socket?.send(JSON.stringify({ specVersion: '1.0', type, headers, data }));
    return messageId;
  }

  raw(data: string): void {
    this.#live[0]?.send(data);
  }

  #connect(socket: WebSocket, query: URLSearchParams): void {
    const ticket = query.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.close(4001, 'ticket');
      return;
    }
    this.#live.push(socket);
    socket.on('close', () => this.#live.splice(this.#live.indexOf(socket), 1));
    socket.on('message', (data) => this.#answered(JSON.parse(String(data)) as Body));
  }

  #answered(answer: Body): void {
    this.answers.push(answer);
    const { messageId } = answer['headers'] as { messageId: string };
    const outTrackId = this.#awaited.get(messageId);
    if (outTrackId === undefined) return;
    this.#awaited.delete(messageId);
    const { response } = JSON.parse(String(answer['data'])) as { response: Body };
    this.#change(outTrackId, response);
  }

  #change(outTrackId: string, { cardData }: Body): boolean {
    const card = this.cards.get(outTrackId);
    const changed = (cardData as { cardParamMap?: Record<string, string> } | undefined)?.cardParamMap;
    if (!card) return false;
    if (changed) {
      Object.assign(card.data, changed);
      card.bodies.push(card.data['body'] ?? '');
    }
    return true;
  }

  #serve(request: IncomingMessage, body: Body, response: ServerResponse): void {
    if (this.silent) return;
    const refuse = (status: number, code: string, message = code): void =>
      answerJson(response, status, { code, message, requestid: 'R-1' });
    const call = `${request.method} ${request.url}`;
    const { clientId, clientSecret } = this.#app;
    if (call === 'POST /v1.0/oauth2/accessToken') {
      if (body['appKey'] !== clientId || body['appSecret'] !== clientSecret) {
        refuse(400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
        return;
      }
      const accessToken = `token-${++this.#count}`;
      this.tokensGiven.push(accessToken);
      answerJson(response, 200, { accessToken, expireIn: 7200 });
      return;
    }
    if (call === 'POST /v1.0/gateway/connections/open') {
      if (body['clientId'] !== clientId || body['clientSecret'] !== clientSecret) {
        refuse(401, 'authFailed', '鉴权失败');
        return;
      }
      const url = new URL(this.ticketedUrl());
      const ticket = url.searchParams.get('ticket');
      answerJson(response, 200, { endpoint: `${url.origin}${url.pathname}`, ticket });
      return;
    }
    if (!this.tokensGiven.includes(String(request.headers['x-acs-dingtalk-access-token']))) {
      refuse(400, 'InvalidAuthentication', '不合法的access_token');
      return;
    }
    const now = this.#clock.now();
    this.#calledAt = [...this.#calledAt.filter((at) => at > now - 1_000), now];
    if (this.#calledAt.length > this.callsPerSecondMax) {
      refuse(403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', 'qps limited');
      return;
    }
    if (call === 'POST /v1.0/card/instances/createAndDeliver') {
      const made = this.#create(body);
      if (typeof made === 'string') refuse(400, made);
      else if (this.breakAfterCard) response.destroy();
      else answerJson(response, 200, { success: true, result: made });
      this.breakAfterCard = false;
    } else if (call === 'PUT /v1.0/card/instances') {
      if (this.#change(String(body['outTrackId']), body))
        answerJson(response, 200, { success: true, result: true });
      else refuse(400, 'param.cardNotExist');
    } else refuse(404, 'InvalidAction.NotFound');
  }

  /** The code of a refusal, or what became of the card. */
  #create(body: Body): string | Body {
    const outTrackId = String(body['outTrackId'] ?? '');
    if (outTrackId === '') return 'param.outTrackIdEmpty';
    if (body['cardTemplateId'] !== this.#app.template) return 'cardTemplateInvalid';
    if (this.cards.has(outTrackId)) return 'param.outTrackIdRepeated';
    const place = String(body['openSpaceId']);
    const [, kind, id = ''] = /^dtv1\.card\/\/(IM_GROUP|IM_ROBOT)\.(.+)$/.exec(place) ?? [];
    if (kind === 'IM_ROBOT' && !this.#app.users.includes(id)) return 'param.userIdNotExist';
    const space = { spaceId: place, spaceType: kind };
    if (kind === 'IM_GROUP' && !this.#app.groups.includes(id)) {
      return { outTrackId, deliverResults: [{ ...space, success: false, errorMsg: 'cid is wrong' }] };
    }
    const { cardParamMap } = body['cardData'] as { cardParamMap: Record<string, string> };
    this.cards.set(outTrackId, { place, data: { ...cardParamMap }, bodies: [cardParamMap['body'] ?? ''] });
    return { outTrackId, deliverResults: [{ ...space, success: true, carrierId: 'c' }] };
  }
}
