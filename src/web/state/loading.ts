import type { Signal } from '@preact/signals';
import type { Answer, Problem } from './api.ts';
import { onReload } from './stream.ts';

export interface Loaded<T> {
  readonly value?: T;
  readonly problem?: Problem;
  /** By the wall. */
  readonly at?: number;
  readonly again: () => void;
}

const EVERY_MS = 20_000;
/** Of figures over a period: to count them is work for the service, which has the living to see to, and minutes change little. */
export const FIGURES_EVERY_MS = 10 * 60_000;

/**
 * Loads, and loads again while somebody looks, until it is stopped; what was loaded stays when a later attempt fails.
 *
 * @param everyMs for how long an answer will do. After one that failed it is asked as often as everything else.
 */
export function keepLoaded<T>(
  loaded: Signal<Loaded<T>>,
  fetchIt: () => Promise<Answer<T>>,
  everyMs = EVERY_MS,
): () => void {
  let gone = false;
  let [asked, shown, askedAt] = [0, 0, 0];
  const again = async () => {
    asked += 1;
    const mine = asked;
    askedAt = Date.now();
    const answer = await fetchIt();
    // On a bad line a question overtakes another: the answer to the earlier is the older.
    if (gone || mine < shown) return;
    shown = mine;
    loaded.value = answer.ok
      ? { value: answer.value, at: Date.now(), again }
      : { ...loaded.peek(), problem: answer.problem, again };
  };
  const isWanted = (): boolean => {
    const age = Date.now() - askedAt;
    // A wall that was set back makes nothing fresh.
    return everyMs <= EVERY_MS || loaded.peek().problem !== undefined || age < 0 || age >= everyMs;
  };
  const askAnew = () => {
    if (isWanted()) void again();
  };
  const look = () => {
    if (!document.hidden) askAnew();
  };
  loaded.value = { again };
  void again();
  const timer = setInterval(look, EVERY_MS);
  // Of a phone that was in a pocket all night nothing has been asked meanwhile.
  document.addEventListener('visibilitychange', look);
  const stop = onReload(askAnew);
  return () => {
    gone = true;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    stop();
  };
}
