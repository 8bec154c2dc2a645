import type { Timers } from '../lib/timers.ts';
import { LIMITS } from '../model/limits.ts';
import type { NoticeFailure } from '../model/notice.ts';
import type { Answer, ChannelSession, Delivery } from './define.ts';
import { AddressRefused, type HttpSend } from './http.ts';
import type { ConfiguredChannel } from './load.ts';
import { oneLine } from './message-text.ts';
import { withoutSecrets } from './secrets.ts';

/** The ways out of the process. */
export interface Transports {
  readonly http: HttpSend;
  /** Over the broker. */
  readonly publish: (topic: string, body: string, options: { retain: boolean }) => Promise<void>;
  /** On the terminal. */
  readonly print: (line: string) => void;
  /** The connection that this channel keeps, where it keeps one. */
  readonly session?: (channel: string) => ChannelSession | undefined;
}

/**
 * One try of what `make` makes: a notice, or a change of one that was sent. Whatever goes wrong is an answer: nothing is
 * thrown, whether by a socket or by a channel's own defect.
 */
export async function attempt(
  { id, definition, secrets = [] }: Pick<ConfiguredChannel, 'id' | 'definition' | 'secrets'>,
  make: () => Delivery,
  transports: Transports,
  timers: Timers,
  stop: AbortSignal,
): Promise<Answer> {
  const late = new AbortController();
  const cancel = timers.after(LIMITS.noticeTimeoutMs, () => late.abort());
  const signal = AbortSignal.any([late.signal, stop]);
  try {
    const answer = await orAbort(deliver(id, make(), definition.answer, transports, signal), signal);
    return withoutSecrets(answer, secrets);
  } catch (error) {
    return withoutSecrets(answerTo(error, late.signal.aborted), secrets);
  } finally {
    cancel();
  }
}

async function deliver(
  channel: string,
  delivery: Delivery,
  read: ConfiguredChannel['definition']['answer'],
  { http, publish, print, session }: Transports,
  signal: AbortSignal,
): Promise<Answer> {
  switch (delivery.transport) {
    case 'terminal':
      print(delivery.line);
      return { kind: 'accepted', detail: 'printed' };
    case 'mqtt':
      await publish(delivery.topic, delivery.body, { retain: delivery.retain });
      return { kind: 'accepted', detail: delivery.topic };
    case 'session': {
      const detail = 'not connected';
      const open = session?.(channel);
      return open?.send(delivery.body, signal) ?? { kind: 'retry', failure: 'provider-unreachable', detail };
    }
    case 'http': {
      const { url, method, headers, body, allowPrivate = false } = delivery;
      const {
        status,
        headers: got,
        body: said,
      } = await http({ url, method, headers, body, allowPrivate, signal });
      return (read ?? byStatus)(status, said, got);
    }
  }
}

/** For a channel that gives no `answer` of its own. */
const byStatus = (status: number): Answer => {
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'accepted', detail };
  return status === 429 || status >= 500
    ? { kind: 'retry', failure: 'provider-error', detail }
    : { kind: 'refused', failure: 'channel-misconfigured', detail };
};

/** A transport that ignores the signal must not hold the notice for ever. */
function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function answerTo(error: unknown, timedOut: boolean): Answer {
  if (timedOut) {
    const detail = `no answer within ${LIMITS.noticeTimeoutMs / 1000} s`;
    return { kind: 'retry', failure: 'provider-timeout', detail };
  }
  if (error instanceof AddressRefused) {
    return { kind: 'refused', failure: 'channel-misconfigured', detail: error.message };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  // A socket's error has a code; anything else is a defect of the channel or its transport.
  const failure: NoticeFailure = typeof code === 'string' ? 'provider-unreachable' : 'provider-error';
  return { kind: 'retry', failure, detail: shortAnswer(`${code ?? ''} ${message}`) };
}

/** What a provider said, as it may stand in the records: one line, short. */
export const shortAnswer = (text: string): string => oneLine(text).slice(0, LIMITS.noticeAnswerCharsMax);
