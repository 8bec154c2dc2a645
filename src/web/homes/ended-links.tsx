import { useLoaded } from '../parts/loaded.tsx';
import { Moment } from '../parts/times.tsx';
import type { EndedLinkReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { nodeName, zoneOf } from '../state/places.ts';
import { number, t } from '../text/translate.ts';

/** So many are listed; once these have new links, the next come. */
const LISTED_MAX = 200;

/** Whose personal link the change of the key ended, with the way to where it is made anew. Nothing where none did. */
export function EndedLinks() {
  const ended = useLoaded(() => get<{ items: readonly EndedLinkReply[] }>('/home-links/ended'), []);
  const items = ended.value.value?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section class="card" id="ended-links" aria-labelledby="ended-links-title">
      <h2 id="ended-links-title">{t('links.ended.title')}</h2>
      <p>{t('links.ended.help')}</p>
      <details>
        <summary>{t('links.ended.count', { n: number(items.length) })}</summary>
        <ul class="away-list">
          {items.slice(0, LISTED_MAX).map((one) => (
            <li key={`${one.home} ${one.visitor.kind} ${one.visitor.id}`}>
              <EndedWords of={one} />
            </li>
          ))}
        </ul>
        {items.length > LISTED_MAX && (
          <p class="quiet-text">{t('links.ended.more', { n: number(items.length - LISTED_MAX) })}</p>
        )}
      </details>
    </section>
  );
}

function EndedWords({ of: { home, path, visitor, name, relation, until } }: { of: EndedLinkReply }) {
  const who = visitor.kind === 'resident' ? t('links.self') : relation;
  return (
    <p class="away-period">
      <a href={`/homes/${encodeURIComponent(home)}#home-links`}>
        {[nodeName(path), home].filter((word) => word !== '').join(' · ')}
      </a>{' '}
      <b>{name}</b>{' '}
      <span class="quiet-text">
        {who && `${who} · `}
        {t('links.ended.until')} <Moment at={until} zone={zoneOf(path)} />
      </span>
    </p>
  );
}
