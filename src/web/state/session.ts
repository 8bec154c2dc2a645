import { computed, effect, signal, untracked } from '@preact/signals';
import { accountsWith, type Doer } from '../../model/case.ts';
import { isServicePath } from '../../model/service-finding.ts';
import type { NumberedCase, PermissionRole } from '../../ports/records.ts';
import type { SessionReply } from './answers.ts';
import { type Answer, call, get, isPassing, refusedAsStranger } from './api.ts';
import { setClock } from './clock.ts';
import { keepDraftsOf } from './drafts.ts';
import { adoptLocale, onRemembered, remember } from './settings.ts';

/**
 * `unknown` until the service was asked, `unreachable` while it does not answer, `stranger` when nobody is signed in,
 * `expired` when somebody was: then the page stays as it is, with all that was typed, below a sign-in dialog.
 */
export type SessionState = 'unknown' | 'unreachable' | 'stranger' | 'signed-in' | 'expired';

export const sessionState = signal<SessionState>('unknown');
export const user = signal<SessionReply['user'] | undefined>(undefined);
/** As cases name whoever did something with them. */
export const me = (): Doer => ({
  name: user.value?.name,
  account: user.value?.id,
  staff: user.value?.staff,
});
export const service = signal<SessionReply['service'] | undefined>(undefined);

/** The service was replaced by another version while this page stood open. */
export const outdated = signal(false);

/** Asks who is signed in, and takes the service's clock. */
export async function refreshSession(): Promise<Answer<SessionReply>> {
  const answer = await get<SessionReply>('/session');
  if (answer.ok) enter(answer.value);
  else if (answer.problem.status === 401) leave();
  else if (sessionState.peek() === 'unknown') sessionState.value = 'unreachable';
  return answer;
}

export async function signIn(name: string, password: string): Promise<Answer<unknown>> {
  const answer = await call<unknown>('POST', '/session', { body: { user: name, password } });
  if (!answer.ok) return answer;
  const entered = await refreshSession();
  // To the other tabs, which have the same cookie: each time another value, or they would not hear of it.
  if (entered.ok) remember(SIGNED_IN, String(Date.now()));
  return entered;
}

/** Only the service can end a session: where it has not heard of it, whoever comes next would be this person. */
export async function signOut(): Promise<Answer<unknown>> {
  const answer = await call('DELETE', '/session');
  if (!answer.ok && isPassing(answer.problem)) return answer;
  user.value = undefined;
  sessionState.value = 'stranger';
  return answer;
}

const SIGNED_IN = 'signed-in';

/** A 401 on any request: the session has ended. */
export function startSession(): void {
  effect(() => {
    if (refusedAsStranger.value > 0) untracked(leave);
  });
  void refreshSession();
  watchWall();
  watchOtherTabs();
}

/**
 * Whoever signed in again in another tab need not do so in each: this one says nothing was missed, and rings, as before. Also
 * where this one has not noticed that anything was over: what is asked and done in it is by now somebody else's.
 */
function watchOtherTabs(): void {
  const look = () => {
    const state = sessionState.peek();
    if (!document.hidden && (state === 'expired' || state === 'stranger')) void refreshSession();
  };
  onRemembered(SIGNED_IN, () => void refreshSession());
  // Where nothing can be remembered, and where the other was no tab of this window.
  document.addEventListener('visibilitychange', look);
}

const LOOK_MS = 5_000;
const SET_MS = 2_000;

/**
 * The wall of this browser was set, or it slept: by what was known of the service's clock nothing would be overdue any more, or
 * all of it. A busy stream asks for no session by itself, for days.
 */
function watchWall(): void {
  const apart = () => Date.now() - performance.now();
  let before = apart();
  setInterval(() => {
    if (Math.abs(apart() - before) < SET_MS) return;
    before = apart();
    if (sessionState.peek() === 'signed-in') void refreshSession();
  }, LOOK_MS);
}

function enter({ user: who, service: what }: SessionReply): void {
  const was = user.peek();
  keepDraftsOf(who.id);
  // Somebody else signed in where the session of another had ended: what that one typed and opened is not theirs.
  if (was !== undefined && was.id !== who.id) {
    location.reload();
    return;
  }
  setClock(what);
  const before = service.peek();
  if (before && before.version !== what.version) outdated.value = true;
  service.value = what;
  // The same person again must not redraw the whole page.
  if (JSON.stringify(was) !== JSON.stringify(who)) user.value = who;
  adoptLocale(who.locale);
  sessionState.value = 'signed-in';
}

function leave(): void {
  const state = sessionState.peek();
  sessionState.value = state === 'signed-in' || state === 'expired' ? 'expired' : 'stranger';
}

const RANK: Record<PermissionRole, number> = { viewer: 1, responder: 2, operator: 3, administrator: 4 };

/**
 * Has the person at least this role on the node, or anywhere when no node is given or when the matter is the service's
 * own: that is everybody's.
 */
export function may(role: PermissionRole, path?: string): boolean {
  return (user.value?.roles ?? []).some(
    (one) =>
      RANK[one.role] >= RANK[role] && (path === undefined || covers(one.node, path) || isServicePath(path)),
  );
}

/** May the person act on this case: by a role at its place, or because they have it, or were asked to take it? */
export const mayActOn = (one: NumberedCase): boolean =>
  may('responder', one.path) || accountsWith(one).includes(user.value?.id ?? '');

/** What somebody had elsewhere is told to them once more when it is taken off them: after that it is none of theirs. */
export const maySee = (one: NumberedCase): boolean =>
  may('viewer', one.path) || accountsWith(one).includes(user.value?.id ?? '');

export const isOperator = computed(() => may('operator'));

/** Is the path the node itself or below it? The empty node covers everything. */
export const covers = (node: string, path: string): boolean =>
  node === '' || path === node || path.startsWith(`${node}/`);
