import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../state/api.ts';
import { keepLoaded, type Loaded } from '../state/loading.ts';
import { t } from '../text/translate.ts';

/** Loads, and loads again while somebody looks; what was loaded stays on screen when a later attempt fails. */
export function useLoaded<T>(
  fetchIt: () => Promise<Answer<T>>,
  dependencies: readonly unknown[],
  everyMs?: number,
): Signal<Loaded<T>> {
  const loaded = useSignal<Loaded<T>>({ again: () => {} });
  useEffect(() => keepLoaded(loaded, fetchIt, everyMs), dependencies);
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
