import { signal } from '@preact/signals';
import { ERRORS, type ErrorCode } from '../../model/errors.ts';
import { locale, pick, t } from '../text/translate.ts';

/** Why a request did not succeed, in words for the person in front of the screen. */
export interface Problem {
  /** 0: no answer came at all. */
  readonly status: number;
  readonly code: ErrorCode | 'NETWORK' | 'TIMEOUT' | 'UNKNOWN';
  readonly text: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
export type Answer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** What the service names this state of an entry by, to be told in If-Match. */
      readonly tag?: string;
    }
  | { readonly ok: false; readonly problem: Problem };

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

interface Options {
  readonly body?: unknown;
  readonly query?: Query;
  /** Sent as Idempotency-Key: the same key may be sent again and again, the change happens once. */
  readonly key?: string;
  /** Preconditions of a change: If-Match, If-None-Match. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/** Set when the service says that nobody is signed in; the session looks at it. */
export const refusedAsStranger = signal(0);

export const get = <T>(path: string, query?: Query, abort?: AbortSignal): Promise<Answer<T>> =>
  call<T>('GET', path, { ...(query ? { query } : {}), ...(abort ? { signal: abort } : {}) });

/** One request. Never throws: everything that can go wrong is a `Problem`. */
export async function call<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...options.headers, accept: 'application/json' };
  headers['accept-language'] = locale.peek();
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.key) headers['idempotency-key'] = options.key;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), options.timeoutMs ?? TIMEOUT_MS);
  options.signal?.addEventListener('abort', () => timer.abort(), { once: true });
  try {
    const response = await fetch(`/api/v1${path}${queryString(options.query)}`, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: timer.signal,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    return await read<T>(response, method, path);
  } catch {
    return { ok: false, problem: unreached(timer.signal.aborted) };
  } finally {
    clearTimeout(timeout);
  }
}

export function queryString(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** May the same request succeed later without anybody changing it? */
export const isPassing = (problem: Problem): boolean =>
  problem.status === 0 ||
  problem.status === 408 ||
  problem.status === 429 ||
  problem.status >= 500 ||
  // An earlier attempt under this key is still being worked on.
  problem.code === 'IDEMPOTENCY_KEY_IN_USE';

async function read<T>(response: Response, method: string, path: string): Promise<Answer<T>> {
  const text = await response.text();
  const body = parse(text);
  if (response.ok) {
    const tag = response.headers.get('etag');
    return { ok: true, value: body as T, ...(tag === null ? {} : { tag }) };
  }
  if (response.status === 401 && !(method === 'POST' && path === '/session')) refusedAsStranger.value += 1;
  return { ok: false, problem: problemOf(response.status, body) };
}

function problemOf(status: number, body: unknown): Problem {
  const { code, detail, title, details } = (body ?? {}) as {
    code?: string;
    detail?: string;
    title?: string;
    details?: Readonly<Record<string, unknown>>;
  };
  const known = code !== undefined && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : undefined;
  const text = known ? pick(ERRORS[known]) : (detail ?? title ?? t('error.unknown', { status }));
  return { status, code: known ?? 'UNKNOWN', text, ...(details ? { details } : {}) };
}

const unreached = (aborted: boolean): Problem =>
  aborted
    ? { status: 0, code: 'TIMEOUT', text: t('error.timeout') }
    : { status: 0, code: 'NETWORK', text: t('error.network') };

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
