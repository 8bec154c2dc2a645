import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { nearPlace } from '../parts/place.tsx';
import type { HomeSummary, PageReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { t } from '../text/translate.ts';

/** More than these are not read on a phone: who needs more says more of the home. */
const SHOWN_MAX = 8;
/** Nobody is asked while a word is still being typed. */
const TYPED_MS = 250;

/** One home of all, by building, room or name: nobody at a door knows ids. */
export function HomePicker({ of, not }: { of: Signal<HomeSummary | undefined>; not: string }) {
  const text = useSignal('');
  const found = useSignal<PageReply<HomeSummary> | undefined>(undefined);
  const wanted = text.value.trim();
  useEffect(() => {
    found.value = undefined;
    if (wanted === '') return;
    const gone = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await get<PageReply<HomeSummary>>(
        '/homes',
        { q: wanted, limit: SHOWN_MAX },
        gone.signal,
      );
      if (answer.ok && !gone.signal.aborted) found.value = answer.value;
    }, TYPED_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [wanted]);
  const homes = (found.value?.items ?? []).filter(({ home }) => home.id !== not);
  return (
    <>
      <label class="field">
        <span>{t('change.moveTo')}</span>
        <input
          type="search"
          autoComplete="off"
          placeholder={t('change.moveSearch')}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            of.value = undefined;
          }}
        />
      </label>
      <ul class="home-choices" aria-live="polite">
        {homes.map((one) => (
          <li key={one.home.id}>
            <button
              type="button"
              class="home-choice"
              aria-pressed={of.value?.home.id === one.home.id}
              onClick={() => {
                of.value = one;
              }}
            >
              <b>{nearPlace(one)}</b> {namesOf(one)} <span class="quiet-text">{aboveOf(one)}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.value && homes.length === 0 && <p class="quiet-text">{t('change.moveNone')}</p>}
      {found.value?.next !== undefined && <p class="quiet-text">{t('change.moveMore')}</p>}
    </>
  );
}

const namesOf = ({ residents }: HomeSummary): string => residents.map(({ name }) => name).join(' ');

/** The same building and room may be there twice. */
const aboveOf = ({ places }: HomeSummary): string =>
  places
    .filter(({ level }) => level === 'community' || level === 'grid')
    .map(({ name }) => name)
    .join(' › ');
