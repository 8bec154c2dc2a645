import { signal } from '@preact/signals';
import { CASE_STEPS } from '../../model/case.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { dayTime } from '../format/time.ts';
import { pick, t } from '../text/translate.ts';
import type { Action, ActionBody, ActionType } from './action.ts';
import { type Answer, call, isPassing, type Problem } from './api.ts';
import { serviceNow } from './clock.ts';
import { heldIfLate, isLate, isPromise } from './late-deeds.ts';
import { zoneOf } from './places.ts';
import { refreshSession, sessionState, user } from './session.ts';
import { onForgotten, recall, recallAll, remember } from './settings.ts';

/**
 * What people did and the service has not confirmed yet. An action is written to the browser's storage before it is
 * sent, carries one Idempotency-Key for all its attempts, and leaves only when the service has answered or the person
 * has seen why it failed: nothing that somebody did at a door with bad signal is lost in silence.
 */
export const actions = signal<readonly Action[]>([]);

const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
const STORE = 'action.';

const done = new Set<(changed: NumberedCase, action: Action) => void>();
const refused = new Set<(action: Action) => void>();
let busy = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Called with the case as the service has it after an action succeeded. */
export function onDone(listener: (changed: NumberedCase, action: Action) => void): () => void {
  done.add(listener);
  return () => done.delete(listener);
}

export function onRefused(listener: (action: Action) => void): () => void {
  refused.add(listener);
  return () => refused.delete(listener);
}

/** Takes an action and sends it as soon as possible, in the order in which they were taken. */
export function send(type: ActionType, of: NumberedCase, body: ActionBody, about?: string): Action {
  const action: Action = {
    key: newKey(),
    user: user.peek()?.id ?? '',
    case: of.id,
    number: of.number,
    type,
    body,
    createdAt: Date.now(),
    promise: isPromise(type, body, of.status),
    ...(about === undefined ? {} : { about }),
    attempts: 0,
    state: 'sending',
  };
  put(action);
  void drain();
  return action;
}

export function discard(key: string): void {
  actions.value = actions.value.filter((one) => one.key !== key);
  remember(STORE + key, undefined);
}

export function discardAll(): void {
  for (const { key } of actions.value) discard(key);
}

/** Sends now what waits, and of what is held the one that the person says is still so. */
export function retry(key?: string): void {
  holdLate();
  for (const one of actions.value) {
    if (one.state === 'waiting') put(withoutWait({ ...one, state: 'sending' }));
    if (one.state === 'held' && one.key === key)
      put(withoutWait({ ...one, state: 'sending', confirmedAt: Date.now() }));
  }
  void drain();
}

/** What the person has not been told about yet, or may still be sent. */
export const ofCase = (id: string): readonly Action[] => actions.value.filter((one) => one.case === id);
export const isUnsent = (action: Action): boolean => action.state !== 'refused';

/** What earlier pages left behind, whoever did it, the oldest first. */
const stored = (): Action[] =>
  recallAll(STORE)
    .map((name) => parse(recall(name)))
    .filter((one) => one !== undefined)
    .sort((a, b) => a.createdAt - b.createdAt);

/** For a page without a connection, which does not know who is signed in: only to be seen, and given up. */
export function showStored(): void {
  actions.value = stored();
}

/** Takes up what an earlier page left behind; to be called when somebody has signed in. */
export function startOutbox(): () => void {
  const mine = user.peek()?.id;
  const left = stored();
  // Where the browser forbids storage they are only here.
  const remembered = actions.peek().filter((one) => !left.some(({ key }) => key === one.key));
  actions.value = [...left, ...remembered]
    .filter((one) => one.user === mine)
    .sort((a, b) => a.createdAt - b.createdAt);
  const wake = () => retry();
  window.addEventListener('online', wake);
  // Given up in another tab: this one must not send it after all.
  const stop = onForgotten(STORE, (key) => {
    actions.value = actions.value.filter((one) => one.key !== key);
  });
  retry();
  return () => {
    stop();
    window.removeEventListener('online', wake);
    clearTimeout(timer);
  };
}

/** Before each attempt: what was pressed too long ago is asked about, whatever it was that woke us. */
function holdLate(): void {
  for (const one of actions.peek()) {
    const now = heldIfLate(one, Date.now());
    if (now !== one) put(now);
  }
}

/** Sends one after the other; stops at the first that has to wait, so that their order stays. */
async function drain(): Promise<void> {
  if (busy || sessionState.peek() !== 'signed-in') return;
  busy = true;
  clearTimeout(timer);
  try {
    for (let next = firstUnsent(); next; next = firstUnsent()) {
      if (!(await attempt(next))) break;
    }
  } finally {
    busy = false;
  }
}

function firstUnsent(): Action | undefined {
  holdLate();
  return actions.value.find(
    (one) => one.state === 'sending' || (one.state === 'waiting' && (one.nextAt ?? 0) <= Date.now()),
  );
}

/** @returns false when the queue has to wait. */
async function attempt(action: Action): Promise<boolean> {
  const answer = await post(action);
  if (!actions.value.some((one) => one.key === action.key)) return true;
  if (answer.ok) {
    discard(action.key);
    for (const one of done) one(answer.value.case, action);
    sayWhen(action, answer.value.case);
    return true;
  }
  const { problem } = answer;
  if (problem.status === 401 || isPassing(problem)) {
    wait(action, problem);
    return false;
  }
  const result: Action = { ...withoutWait(action), state: 'refused', problem };
  put(result);
  for (const one of refused) one(result);
  return true;
}

/**
 * The service writes down when it came; a note of the same person says when it was done. A note of its own, as the deed
 * carries one key for all its attempts and must be the same in each. It says no more than we know: the answer may have been
 * lost, and not the deed.
 */
function sayWhen(action: Action, of: NumberedCase): void {
  if (action.about !== undefined || of.status === 'struck-off' || !isLate(action, Date.now())) return;
  const now = serviceNow();
  const time = dayTime(now - (Date.now() - action.createdAt), now, zoneOf(of.path));
  send('note', of, { text: t('outbox.pressed', { what: deedName(action), time }) }, action.key);
}

/** What was done, in a word or two; of a step which. */
export const deedName = ({ type, body }: Pick<Action, 'type' | 'body'>): string =>
  body.step === undefined ? t(`outbox.${type}`) : pick(CASE_STEPS[body.step]);

const PATHS: Record<ActionType, string> = {
  acknowledge: 'acknowledge',
  assign: 'assign',
  step: 'steps',
  'withdraw-step': 'withdraw-step',
  'give-back': 'give-back',
  note: 'notes',
  photo: 'photos',
  resolve: 'resolve',
  'call-back': 'call-back',
  'strike-off': 'strike-off',
  reopen: 'reopen',
};
/** A photo goes up slowly where the signal is bad; anything else is some hundred bytes. */
const PHOTO_TIMEOUT_MS = 90_000;

const post = (action: Action): Promise<Answer<{ case: NumberedCase }>> =>
  call('POST', `/cases/${encodeURIComponent(action.case)}/${PATHS[action.type]}`, {
    body: action.body,
    key: action.key,
    ...(action.type === 'photo' ? { timeoutMs: PHOTO_TIMEOUT_MS } : {}),
  });

function wait(action: Action, problem: Problem): void {
  const pause = RETRY_MS[Math.min(action.attempts, RETRY_MS.length - 1)] ?? 30_000;
  const nextAt = Date.now() + pause;
  put({ ...action, state: 'waiting', attempts: action.attempts + 1, nextAt, problem });
  // What stands behind it waits as well, and must not look as if it were on its way.
  for (const one of actions.peek())
    if (one.state === 'sending') put({ ...one, state: 'waiting', nextAt, problem });
  holdLate();
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (sessionState.peek() === 'signed-in') retry();
    else if (sessionState.peek() === 'unreachable') void refreshSession();
  }, pause);
}

function put(action: Action): void {
  const others = actions.value;
  const known = others.some((one) => one.key === action.key);
  actions.value = known ? others.map((one) => (one.key === action.key ? action : one)) : [...others, action];
  remember(STORE + action.key, JSON.stringify(action));
}

/** Not `crypto.randomUUID`: browsers hide it on plain HTTP, which is what a service on a local network speaks. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function withoutWait({ nextAt: _, ...rest }: Action): Action {
  return rest;
}

function parse(text: string | undefined): Action | undefined {
  try {
    const value = JSON.parse(text ?? '') as Action;
    return typeof value.key === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
