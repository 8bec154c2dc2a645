import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../parts/icons.tsx';
import { nearPlace } from '../parts/place.tsx';
import type { HomeSummary, PageReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { t } from '../text/translate.ts';

/** Whoever needs more than these says more of the home. */
const SHOWN_MAX = 20;
/** Nobody is asked while a word is still being typed. */
const TYPED_MS = 250;

interface Found {
  readonly homes?: PageReply<HomeSummary>;
  readonly problem?: string;
}

/** Every home that is meant, watched well or not: a neighbour calls about any of them. */
export function FoundHomes({ text, area }: { text: string; area: string }) {
  const found = useSignal<Found>({});
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      const path = area === '' ? {} : { path: area };
      const answer = await get<PageReply<HomeSummary>>('/homes', { q: text, limit: SHOWN_MAX, ...path });
      if (gone) return;
      found.value = answer.ok ? { homes: answer.value } : { problem: answer.problem.text };
    }, TYPED_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text, area]);
  const { homes, problem } = found.value;
  return (
    <section class="watch-level found-homes" aria-labelledby="found-homes">
      <h2 id="found-homes">{t('watch.found')}</h2>
      <div aria-live="polite">
        {!homes && !problem && <p class="quiet-text">{t('app.loading')}</p>}
        {problem && <p class="error-text">{t('app.loadFailed', { why: problem })}</p>}
        {homes?.items.length === 0 && <p>{t('watch.found.none')}</p>}
        {homes?.next !== undefined && (
          <p class="quiet-text">{t('watch.found.more', { n: homes.items.length })}</p>
        )}
      </div>
      <ul class="watch-homes">
        {homes?.items.map((one) => (
          <FoundHome key={one.home.id} of={one} />
        ))}
      </ul>
    </section>
  );
}

/** With what lies above it: the same building and door may be there twice. */
const FoundHome = ({ of }: { of: HomeSummary }) => (
  <li class="watch-home" data-found={of.home.id}>
    <a href={`/homes/${encodeURIComponent(of.home.id)}`}>
      <b>{nearPlace(of)}</b>
      <span>{of.residents.map(({ name }) => name).join(' ')}</span>
      <span class="quiet-text">{aboveOf(of)}</span>
      <Icon name="forward" />
    </a>
  </li>
);

const aboveOf = ({ places }: HomeSummary): string =>
  places
    .filter(({ level }) => level === 'community' || level === 'grid')
    .map(({ name }) => name)
    .join(' › ');
