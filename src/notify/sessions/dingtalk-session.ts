import type { Result } from '../../lib/result.ts';
import { LIMITS } from '../../model/limits.ts';
import type { ReplyResult } from '../../ports/channel-reply.ts';
import type { Answer, ChannelSession, SessionHost, SessionState } from '../define.ts';
import { dingtalkAnswer, isTokenRefused } from './dingtalk-codes.ts';
import { DingtalkLink, type DingtalkPress } from './dingtalk-link.ts';
import { KeptLink } from './kept-link.ts';
import { isPress, keepsButtons, PRESS_PENDING, Presses, pressedAt } from './press.ts';
import { callProvider, type Token, TokenedCalls, text, tokenOf } from './provider-call.ts';

/** What the channel hands its session: a card to create and bring to its place, or one to change. */
export interface DingtalkDelivery {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly outTrackId: string;
  /** False: there is nobody to send it to. */
  readonly addressed: boolean;
  readonly body: object;
}

export interface DingtalkOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly origin: string;
}

export const CARDS_PATH = '/v1.0/card/instances';

/** The provider shows the answer to a press if it comes within some three seconds. */
const PRESS_LIMIT_MS = 2_500;

/** What a card shows anew; what is not named stays as it is. All values are text there. */
export const cardChange = (line: string, open: boolean): object => ({
  cardUpdateOptions: { updateCardDataByKey: true },
  cardData: { cardParamMap: { body: line, open: String(open) } },
});

/** Cards of one application: sent over HTTP, pressed over Stream. */
export class DingtalkSession implements ChannelSession {
  readonly #options: DingtalkOptions;
  readonly #host: SessionHost;
  readonly #kept: KeptLink<DingtalkLink>;
  readonly #presses: Presses;
  readonly #calls: TokenedCalls;

  constructor(options: DingtalkOptions, host: SessionHost) {
    this.#options = options;
    this.#host = host;
    this.#calls = new TokenedCalls({
      origin: options.origin,
      now: host.now,
      fetchToken: (signal) => this.#fetchToken(signal),
      headers: (token) => ({ 'x-acs-dingtalk-access-token': token }),
      isTokenRefused: ({ body }) => isTokenRefused(text(body['code'])),
    });
    this.#kept = new KeptLink(
      host,
      (events) => new DingtalkLink({ ...options, onPress: (press) => this.#pressed(press) }, host, events),
    );
    this.#presses = new Presses(host, PRESS_LIMIT_MS, (problem, detail) =>
      this.#kept.trouble(problem, detail),
    );
  }

  /** Cards are sent whether or not presses can come back: what stands on them is worth it, and the link leads on. */
  async send(body: unknown, signal: AbortSignal): Promise<Answer> {
    const delivery = body as DingtalkDelivery;
    if (!delivery.addressed) {
      const detail = 'no userId, and no conversation is configured';
      return { kind: 'refused', failure: 'recipient-invalid', detail };
    }
    const reply = await this.#calls.call(delivery, signal);
    return reply.ok ? dingtalkAnswer(reply.value, delivery.outTrackId) : reply.error;
  }

  state(): SessionState {
    return this.#kept.state();
  }

  async close(): Promise<void> {
    await this.#kept.close();
  }

  async #fetchToken(signal: AbortSignal): Promise<Result<Token, Answer>> {
    const { origin, clientId: appKey, clientSecret: appSecret } = this.#options;
    const path = '/v1.0/oauth2/accessToken';
    const reply = await callProvider({ origin, method: 'POST', path, body: { appKey, appSecret } }, signal);
    return tokenOf(reply.body['accessToken'], reply.body['expireIn'], () => dingtalkAnswer(reply, ''));
  }

  async #pressed({ outTrackId, userId, action, at }: DingtalkPress): Promise<object | undefined> {
    if (!isPress(action)) {
      this.#kept.trouble(
        'unreadable',
        `the action ${action.slice(0, 40)}: does the template name it rightly?`,
      );
      return undefined;
    }
    const pressed = {
      press: action,
      notice: outTrackId,
      by: { address: userId },
      at: pressedAt(at, this.#host.now()),
    };
    const outcome = await this.#presses.take(pressed);
    const show = (result: ReplyResult): object =>
      cardChange(result.text[this.#host.locale], keepsButtons(action, result));
    if (outcome.kind === 'in-time') return show(outcome.result);
    void this.#presses.showLater(outcome.later, (result) => this.#change(outTrackId, show(result)));
    return cardChange(PRESS_PENDING[this.#host.locale], true);
  }

  async #change(outTrackId: string, change: object): Promise<Answer> {
    const body = { outTrackId, ...change };
    const delivery: DingtalkDelivery = { method: 'PUT', path: CARDS_PATH, outTrackId, addressed: true, body };
    return await this.send(delivery, AbortSignal.timeout(LIMITS.noticeTimeoutMs));
  }
}
