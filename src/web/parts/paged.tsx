import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PageReply } from '../state/answers.ts';
import { get, isPassing, type Problem, type Query } from '../state/api.ts';
import type { Loaded } from '../state/loading.ts';
import { t } from '../text/translate.ts';
import { useLoaded } from './loaded.tsx';
import { type Shown, withFirstPage, withNextPage } from './pages-of.ts';

interface Paged<T> {
  /** The first page, as far as it is there. */
  readonly page: Signal<Loaded<PageReply<T>>>;
  readonly rows: readonly T[];
  readonly next: string | undefined;
  /** The button below the rows. */
  readonly more: MoreProps;
}

/** A list, the newest first, of which more is loaded on demand; its beginning is asked for again while somebody looks. */
export function usePaged<T extends { readonly id: string | number }>(path: string, query: Query): Paged<T> {
  const shown = useSignal<Shown<T> | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const busy = useSignal(false);
  const asked = JSON.stringify([path, query]);
  const current = useRef(asked);
  current.current = asked;
  useEffect(() => {
    shown.value = undefined;
    problem.value = undefined;
  }, [asked]);
  const page = useLoaded(async () => {
    const answer = await get<PageReply<T>>(path, query);
    if (answer.ok && current.current === asked) shown.value = withFirstPage(shown.peek(), answer.value);
    return answer;
  }, [asked]);
  const onMore = async () => {
    const from = shown.peek();
    if (busy.value || from?.next === undefined) return;
    busy.value = true;
    const answer = await get<PageReply<T>>(path, { ...query, cursor: from.next });
    busy.value = false;
    if (current.current !== asked) return;
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) shown.value = withNextPage(shown.peek(), answer.value, from.next);
  };
  const onAnew = () => {
    problem.value = undefined;
    shown.value = undefined;
    page.value.again();
  };
  const { rows = [], next } = shown.value ?? {};
  return { page, rows, next, more: { problem: problem.value, busy: busy.value, onMore, onAnew } };
}

interface MoreProps {
  readonly problem: Problem | undefined;
  readonly busy: boolean;
  readonly onMore: () => Promise<void>;
  readonly onAnew: () => void;
}

/** Loads what comes next; says so where it did not come, and begins anew where it never will. */
export function More({ problem, busy, onMore, onAnew }: MoreProps) {
  const isOver = problem !== undefined && !isPassing(problem);
  return (
    <>
      {problem && (
        <span class="error-text" role="alert">
          {isOver ? t('app.moreOver') : t('app.moreFailed', { why: problem.text })}
        </span>
      )}
      <button
        type="button"
        class="button no-print"
        aria-disabled={busy}
        onClick={() => (isOver ? onAnew() : void onMore())}
      >
        {t(isOver ? 'app.moreAnew' : problem ? 'app.retry' : 'app.more')}
      </button>
    </>
  );
}
