import { fail, ok, type Result } from '../../lib/result.ts';
import { LIMITS } from '../../model/limits.ts';
import type { Answer } from '../define.ts';
import { type HttpSend, sendHttp } from '../http.ts';
import { proxyAgent } from './proxy.ts';

export interface ProviderCall {
  readonly origin: string;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface ProviderReply {
  readonly status: number;
  /** Empty where the answer is no JSON object: a proxy's page. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call of a provider's JSON interface. @throws what the socket threw. */
export async function callProvider(
  { origin, method, path, headers = {}, body }: ProviderCall,
  signal: AbortSignal,
  http: HttpSend = sendHttp,
): Promise<ProviderReply> {
  const url = `${origin.replace(/\/$/, '')}${path}`;
  const answer = await http({
    url,
    method,
    headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
    // The address is the operator's own setting: a private deployment stands in the intranet.
    allowPrivate: true,
    agent: proxyAgent(url),
    signal,
  });
  return { status: answer.status, body: record(parsed(answer.body)) };
}

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** An object to look into; empty where something else stands. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export interface Token {
  readonly token: string;
  readonly validMs: number;
}

export interface TokenedCallsOptions {
  readonly origin: string;
  readonly now: () => number;
  readonly fetchToken: (signal: AbortSignal) => Promise<Result<Token, Answer>>;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  /** The provider does not take the token any more: another helps. */
  readonly isTokenRefused: (reply: ProviderReply) => boolean;
}

/**
 * Calls that carry an access token. It is kept while it is valid, many who want one at the same time cause one call for it,
 * and one that is refused is replaced once.
 */
export class TokenedCalls {
  readonly #options: TokenedCallsOptions;
  #kept: { readonly token: string; readonly until: number } | undefined;
  #pending: Promise<Result<string, Answer>> | undefined;

  constructor(options: TokenedCallsOptions) {
    this.#options = options;
  }

  /** What the provider answered; or why there is no token. @throws what the socket threw. */
  async call(
    call: Omit<ProviderCall, 'origin' | 'headers'>,
    signal: AbortSignal,
  ): Promise<Result<ProviderReply, Answer>> {
    const first = await this.#try(call, signal);
    if (!first.ok || !this.#options.isTokenRefused(first.value)) return first;
    return await this.#try(call, signal);
  }

  async #try(
    call: Omit<ProviderCall, 'origin' | 'headers'>,
    signal: AbortSignal,
  ): Promise<Result<ProviderReply, Answer>> {
    const { origin, headers, isTokenRefused } = this.#options;
    const token = await this.#token();
    if (!token.ok) return token;
    const reply = await callProvider({ ...call, origin, headers: headers(token.value) }, signal);
    if (isTokenRefused(reply) && this.#kept?.token === token.value) this.#kept = undefined;
    return ok(reply);
  }

  async #token(): Promise<Result<string, Answer>> {
    if (this.#kept && this.#options.now() < this.#kept.until) return ok(this.#kept.token);
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return await this.#pending;
  }

  async #renew(): Promise<Result<string, Answer>> {
    const { fetchToken, now } = this.#options;
    const fetched = await fetchToken(AbortSignal.timeout(LIMITS.noticeTimeoutMs));
    if (!fetched.ok) return fail(fetched.error);
    const { token, validMs } = fetched.value;
    // Not to the last moment: the clocks of both sides differ.
    this.#kept = { token, until: now() + validMs * 0.9 };
    return ok(token);
  }
}

/** What an answer to the question for a token gives. `refusal` reads an answer that holds none. */
export function tokenOf(token: unknown, seconds: unknown, refusal: () => Answer): Result<Token, Answer> {
  if (typeof token === 'string' && token !== '') {
    return ok({ token, validMs: (typeof seconds === 'number' ? seconds : 60) * 1000 });
  }
  const answer = refusal();
  if (answer.kind !== 'accepted') return fail(answer);
  return fail({ kind: 'retry', failure: 'provider-error', detail: 'an answer without an access token' });
}
