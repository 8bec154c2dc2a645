import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ERRORS } from '../../model/errors.ts';
import { Moment } from '../parts/times.tsx';
import type { ImportFar } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { number, pick, t } from '../text/translate.ts';

/** While it goes on; and where none does, so that one that somebody else begins is seen all the same. */
const MOVING_MS = 1_000;
const STILL_MS = 20_000;

/** @param isBusy one is about to begin. */
export function useImportFar(isBusy = false): ReadonlySignal<ImportFar | undefined> {
  const far = useSignal<ImportFar | undefined>(undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const ask = async () => {
      const answer = document.hidden ? undefined : await get<ImportFar>('/registry/import');
      if (gone) return;
      if (answer?.ok) far.value = answer.value;
      timer = setTimeout(() => void ask(), isBusy || far.peek()?.running ? MOVING_MS : STILL_MS);
    };
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [isBusy]);
  return far;
}

/** How far a large import is, and that the last one is only half there: whoever sent it may not have heard. */
export function ImportState({ of, elsewhere = false }: { of: ImportFar | undefined; elsewhere?: boolean }) {
  if (of?.running) return <Moving of={of} />;
  return of?.stopped ? <Stopped of={of.stopped} elsewhere={elsewhere} /> : null;
}

function Moving({ of: { done = 0, of = 0 } }: { of: ImportFar }) {
  const share = of === 0 ? 0 : Math.floor((100 * done) / of);
  return (
    <section class="card import-far" aria-labelledby="import-far">
      <h2 id="import-far">{t('import.far.title')}</h2>
      <progress max={of} value={done} aria-labelledby="import-far" />
      <p class="num">{t('import.far', { done: number(done), of: number(of), share })}</p>
      <p class="quiet-text">{t('import.far.help')}</p>
    </section>
  );
}

function Stopped({ of, elsewhere }: { of: NonNullable<ImportFar['stopped']>; elsewhere: boolean }) {
  const { done, at, by, reason } = of;
  return (
    <section class="message message-bad" role="alert" data-import-stopped>
      <p>
        <b>{t('import.stopped')}</b>
      </p>
      <p>
        <Moment at={at} /> ·{' '}
        {t('import.stopped.far', { by, done: number(done), of: number(of.of), why: pick(ERRORS[reason]) })}
      </p>
      <p>{t('import.stopped.help')}</p>
      {elsewhere && (
        <a class="button" href="/import">
          {t('import.stopped.to')}
        </a>
      )}
    </section>
  );
}
