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

/** An access token, kept while it is valid; many who want one at the same time cause one call. */
export class AccessToken {
  readonly #fetch: (signal: AbortSignal) => Promise<Result<Token, Answer>>;
  readonly #now: () => number;
  #kept: { readonly token: string; readonly until: number } | undefined;
  #pending: Promise<Result<string, Answer>> | undefined;

  constructor(fetch: (signal: AbortSignal) => Promise<Result<Token, Answer>>, now: () => number) {
    this.#fetch = fetch;
    this.#now = now;
  }

  async get(): Promise<Result<string, Answer>> {
    if (this.#kept && this.#now() < this.#kept.until) return ok(this.#kept.token);
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return await this.#pending;
  }

  /** The provider does not take it any more. */
  forget(token: string): void {
    if (this.#kept?.token === token) this.#kept = undefined;
  }

  async #renew(): Promise<Result<string, Answer>> {
    const fetched = await this.#fetch(AbortSignal.timeout(LIMITS.noticeTimeoutMs));
    if (!fetched.ok) return fail(fetched.error);
    const { token, validMs } = fetched.value;
    // Not to the last moment: the clocks of both sides differ.
    this.#kept = { token, until: this.#now() + validMs * 0.9 };
    return ok(token);
  }
}
