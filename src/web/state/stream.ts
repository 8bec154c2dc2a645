import { signal } from '@preact/signals';
import type { Alert } from '../../model/alert.ts';
import type { CallTest } from '../../model/call-test.ts';
import type { CaseEntry } from '../../model/case.ts';
import type { Notice } from '../../model/notice.ts';
import type { NumberedCase } from '../../ports/records.ts';
import type { RegistryMessage } from './registry-news.ts';
import { refreshSession, user } from './session.ts';
import type { StreamSource } from './stream-share.ts';
import { openSource } from './stream-source.ts';

/** What the stream tells, in the words of the effects that caused it. */
export type StreamMessage =
  | {
      readonly type: 'case';
      readonly change: 'opened' | 'updated' | 'resolved' | 'struck-off' | 'reopened';
      readonly case: NumberedCase;
      readonly entries: readonly CaseEntry[];
    }
  | { readonly type: 'alert'; readonly change: string; readonly alert: Alert }
  | { readonly type: 'notice'; readonly notice: Notice }
  | RegistryMessage
  /** Heard for the first time; with `test`, a test of its call began, was answered or is over. */
  | { readonly type: 'device'; readonly test?: CallTest }
  | { readonly type: 'rules' };

/** `live`: everything that happened is on screen. `reconnecting`: not for some seconds. `stale`: not for longer. */
export interface Connection {
  readonly phase: 'connecting' | 'live' | 'reconnecting' | 'stale';
  /** When we last knew that nothing was missing, by the wall. */
  readonly since: number;
}
export const connection = signal<Connection>({ phase: 'connecting', since: Date.now() });

type Listener = (message: StreamMessage) => void;
const listeners = new Set<Listener>();
const reloaders = new Set<() => void>();

const STALE_AFTER_MS = 10_000;
/** A phone that changed its cell keeps a dead connection that looks alive. So a quiet stream is opened anew. */
const QUIET_MS = 45_000;
/** Longer than any stream is quiet, also where a tab in the background has its timers run once a minute. */
const SLEPT_MS = 3 * QUIET_MS;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

let source: StreamSource | undefined;
/** All that are not closed: a browser has six for a service, and one that is forgotten takes its place for ever. */
const standing = new Set<StreamSource>();
let lastId: string | undefined;
let attempts = 0;
let running = false;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let staleTimer: ReturnType<typeof setTimeout> | undefined;
let quietTimer: ReturnType<typeof setTimeout> | undefined;
let openTimer: ReturnType<typeof setTimeout> | undefined;

/** Called for every message, in order, each once. */
export function onMessage(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called when what is on screen may have missed something and must be loaded again. */
export function onReload(reload: () => void): () => void {
  reloaders.add(reload);
  return () => reloaders.delete(reload);
}

export function startStream(): () => void {
  running = true;
  const wake = () => {
    if (document.visibilityState === 'visible') reconnectNow();
  };
  const online = () => reconnectNow();
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', online);
  window.addEventListener('offline', lost);
  open();
  return () => {
    running = false;
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('online', online);
    window.removeEventListener('offline', lost);
    close();
    lastId = undefined;
    attempts = 0;
    connection.value = { phase: 'connecting', since: Date.now() };
  };
}

/** Does not wait for the next attempt. A phone that slept has not noticed for how long it has heard nothing. */
function reconnectNow(): void {
  if (!running) return;
  attempts = 0;
  if (Date.now() - connection.peek().since > SLEPT_MS) doubt();
  open();
}

/**
 * Opens a connection that goes on after the last message seen. While the old one still stands it is replaced only
 * when the new one is up, so that a routine renewal never shows as a break.
 */
function open(): void {
  clearTimeout(retryTimer);
  clearTimeout(openTimer);
  const resumed = lastId !== undefined;
  // Of an attempt that another takes the place of nothing has come yet.
  closeAll((one) => one.isOpen());
  const next = openSource(lastId, JSON.stringify([user.peek()?.id, rightsNow()]), {
    opened() {
      if (source !== next) return;
      closeAll((one) => one === next);
      clearTimeout(openTimer);
      attempts = 0;
      settle();
      // What was loaded before the stream stood may have missed what happened in between.
      if (!resumed) reload();
    },
    failed() {
      standing.delete(next);
      if (source === next) lost();
    },
    told: (type, data, id) => receive(next, type, data, id),
  });
  source = next;
  standing.add(next);
  // A connection attempt into a dead network may hang for minutes without an error.
  openTimer = setTimeout(() => {
    if (source === next && !next.isOpen()) lost();
  }, 10_000);
}

function receive(from: StreamSource, type: string, data: string, id: string): void {
  // The first word on a new stream is the id from which it goes on.
  if (type === 'hello') {
    if (from === source) lastId = id;
    return;
  }
  // The service does not keep what we saw last: everything is loaded again, and we go on from where it is.
  if (type === 'reset') {
    if (from !== source) return;
    lastId = id;
    reload();
    return;
  }
  if (from !== source && !from.isOpen()) return;
  // While an old and a new connection overlap both may bring the same message.
  if (id !== '' && lastId !== undefined && Number(id) <= Number(lastId)) return;
  if (id !== '') lastId = id;
  settle();
  const message = messageOf(type as StreamMessage['type'], data);
  if (message) for (const listener of listeners) listener(message);
}

function messageOf(type: StreamMessage['type'], data: string): StreamMessage | undefined {
  const body = JSON.parse(data) as Record<string, unknown>;
  if (type === 'notice' && !('notice' in body)) return { type, notice: body as unknown as Notice };
  return { ...body, type } as StreamMessage;
}

function reload(): void {
  for (const one of reloaders) one();
}

/** Everything that the service has said is here now. */
function settle(): void {
  clearTimeout(staleTimer);
  staleTimer = undefined;
  const { since, phase: was } = connection.peek();
  // A busy stream must not redraw the header with each message.
  if (was !== 'live' || Date.now() - since > 1000) connection.value = { phase: 'live', since: Date.now() };
  clearTimeout(quietTimer);
  quietTimer = setTimeout(() => {
    void refreshSession();
    open();
  }, QUIET_MS);
}

function lost(): void {
  if (!running) return;
  close();
  doubt();
  const wait = RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)] ?? 15_000;
  attempts += 1;
  // Some jitter, so that a restarted service is not met by all pages at once.
  retryTimer = setTimeout(() => void retry(), wait * (0.75 + Math.random() / 2));
}

function doubt(): void {
  const { since, phase } = connection.peek();
  // `since` stays: it is the last moment for which we have proof, not the moment at which we noticed.
  if (phase === 'live' || phase === 'connecting') connection.value = { phase: 'reconnecting', since };
  staleTimer ??= setTimeout(() => {
    connection.value = { phase: 'stale', since: connection.peek().since };
  }, STALE_AFTER_MS);
}

/** An EventSource does not say why it failed: the session does. A signed-out page stops asking. */
async function retry(): Promise<void> {
  const rights = rightsNow();
  const answer = await refreshSession();
  if (!running) return;
  // Somebody else is signed in, and the page is about to be loaded anew for them: theirs is no stream of this one.
  if (answer.ok && answer.value.user.id !== user.peek()?.id) return;
  // What is on screen was loaded under other rights: from the beginning, instead of on after the last message.
  if (rightsNow() !== rights) lastId = undefined;
  if (answer.ok) open();
  else lost();
}

const rightsNow = (): string => JSON.stringify(user.peek()?.roles);

function close(): void {
  for (const timer of [retryTimer, quietTimer, openTimer]) clearTimeout(timer);
  if (!running) {
    clearTimeout(staleTimer);
    staleTimer = undefined;
  }
  closeAll();
  source = undefined;
}

function closeAll(but: (one: StreamSource) => boolean = () => false): void {
  for (const one of standing) {
    if (but(one)) continue;
    one.close();
    standing.delete(one);
  }
}
