import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Answer, Problem } from '../state/api.ts';
import { onReload } from '../state/stream.ts';
import { t } from '../text/translate.ts';

export interface Loaded<T> {
  readonly value?: T;
  readonly problem?: Problem;
  /** By the wall. */
  readonly at?: number;
  readonly again: () => void;
}

const EVERY_MS = 20_000;

/** Loads, and loads again while somebody looks; what was loaded stays on screen when a later attempt fails. */
export function useLoaded<T>(
  fetchIt: () => Promise<Answer<T>>,
  dependencies: readonly unknown[],
): Signal<Loaded<T>> {
  const loaded = useSignal<Loaded<T>>({ again: () => {} });
  useEffect(() => {
    let gone = false;
    let [asked, shown] = [0, 0];
    const again = async () => {
      asked += 1;
      const mine = asked;
      const answer = await fetchIt();
      // On a bad line a question overtakes another: the answer to the earlier is the older.
      if (gone || mine < shown) return;
      shown = mine;
      loaded.value = answer.ok
        ? { value: answer.value, at: Date.now(), again }
        : { ...loaded.peek(), problem: answer.problem, again };
    };
    loaded.value = { again };
    void again();
    const look = () => {
      if (!document.hidden) void again();
    };
    const timer = setInterval(look, EVERY_MS);
    // Of a phone that was in a pocket all night nothing has been asked meanwhile.
    document.addEventListener('visibilitychange', look);
    const stop = onReload(() => void again());
    return () => {
      gone = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
      stop();
    };
  }, dependencies);
  return loaded;
}

/** The content when it is there, before that what is the matter. */
export function LoadState<T>({ of, children }: { of: Signal<Loaded<T>>; children: ComponentChildren }) {
  const { value, problem, again } = of.value;
  if (value === undefined && problem === undefined) return <p class="loading">{t('app.loading')}</p>;
  return (
    <>
      {problem && (
        <div class="message message-bad" role="alert">
          <p>{t('app.loadFailed', { why: problem.text })}</p>
          <button type="button" class="button" onClick={again}>
            {t('app.retry')}
          </button>
        </div>
      )}
      {value !== undefined && children}
    </>
  );
}
