import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { retryAfterMs } from '../../lib/back-off.ts';
import { LIMITS } from '../../model/limits.ts';
import type { OutsideTrouble } from '../../model/outside-store.ts';
import type { WriteAnswer } from './outside-store.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Up to the limit. */
  readonly body: string;
}

export type Agent = HttpAgent | HttpsAgent;

/** One connection is enough: there is one writer, and a question now and then. */
export const agentFor = (url: URL, ca: string | undefined): Agent =>
  url.protocol === 'https:'
    ? new HttpsAgent({ keepAlive: true, maxSockets: 8, ...(ca !== undefined && { ca }) })
    : new HttpAgent({ keepAlive: true, maxSockets: 8 });

export class TookTooLong extends Error {}

/**
 * What a client answers, if it does in time. Where a server stops in the middle of its answer a client waits for ever, and one
 * that gives up leaves its connection open, until there is none left to ask over: so they are all closed then.
 * @throws TookTooLong, or what the client throws
 */
export async function within<T>(ms: number, agent: Agent, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    agent.destroy();
    late.reject(new TookTooLong(`no answer within ${ms} ms`));
  }, ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws TookTooLong, or what the network says */
export function post(
  url: URL,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly agent: Agent;
    readonly timeoutMs: number;
  },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const body = Buffer.from(options.body);
    const signal = AbortSignal.timeout(options.timeoutMs);
    const failed = (error: Error): void =>
      reject(signal.aborted ? new TookTooLong(`no answer within ${options.timeoutMs} ms`) : error);
    const request = make(
      url,
      {
        method: 'POST',
        agent: options.agent,
        headers: { ...options.headers, 'content-length': String(body.length) },
        signal,
      },
      (response) => read(response).then(resolve, failed),
    );
    request.on('error', failed);
    request.end(body);
  });
}

async function read(response: IncomingMessage): Promise<HttpAnswer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    if (size < LIMITS.outsideAnswerBytesMax) pieces.push(piece);
    size += piece.length;
  }
  const body = Buffer.concat(pieces).toString('utf8').slice(0, LIMITS.outsideAnswerBytesMax);
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
}

/** What a server says that has written, or deleted. A page to sign in, or a waiting room in its place, says 200. */
const DONE = 204;

/**
 * What the answer to a writing means. Both generations of InfluxDB use the same codes.
 * @param done the one that says that it is done
 */
export function writeAnswer(
  { status, retryAfter, body }: HttpAnswer,
  now: number,
  done: number = DONE,
): WriteAnswer {
  if (status === done) return { ok: true };
  const detail = `${status} ${wordsOf(body)}`.trim();
  const later = (problem: OutsideTrouble): WriteAnswer => {
    const wait = retryAfterMs(retryAfter, now);
    return { ok: false, problem, detail, ...(wait !== undefined && { retryAfterMs: wait }) };
  };
  if (body.includes('no space left on device')) return later('disk-full');
  if (status === 401 || status === 403) return later('not-authorized');
  if (status === 404) return later('no-database');
  if (status === 408) return later('slow');
  if (status === 413) return { ok: false, problem: 'too-large', detail };
  if (status === 429 || status === 503) return later('busy');
  if ((status === 400 || status === 422) && isOfStore(body)) {
    const dropped = /partial write:.*dropped=(\d+)/s.exec(body)?.[1];
    return {
      ok: false,
      problem: 'refused',
      detail,
      ...(dropped !== undefined && { dropped: Number(dropped) }),
    };
  }
  return later('failing');
}

/**
 * Whether a store itself says what is wrong with some lines, or with an order. A proxy that refuses all of them, for a reason of
 * its own, says it in other words.
 */
export const isOfStore = (body: string): boolean => /^\s*\{[^{]*"(?:error|message)"/.test(body);

/** The message out of a JSON answer, or the answer as it is. */
function wordsOf(body: string): string {
  try {
    const json = JSON.parse(body) as { error?: unknown; message?: unknown };
    const said = json.message ?? json.error;
    if (typeof said === 'string') return said.slice(0, LIMITS.outsideDetailCharsMax);
  } catch {
    // Not every server, and no proxy, answers in JSON.
  }
  return body.slice(0, LIMITS.outsideDetailCharsMax);
}

export function noAnswer(error: unknown): WriteAnswer {
  const problem = error instanceof TookTooLong ? 'slow' : 'away';
  return { ok: false, problem, detail: error instanceof Error ? error.message : String(error) };
}
