import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { FoundHomes } from '../homes/found-homes.tsx';
import { Reason } from '../homes/watch-words.tsx';
import { Icon } from '../parts/icons.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { nearPlace } from '../parts/place.tsx';
import type { HomeWatched, PageReply } from '../state/answers.ts';
import { type Answer, get } from '../state/api.ts';
import { nodes, zoneOf } from '../state/places.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, t } from '../text/translate.ts';

const LEVELS = ['unwatched', 'partly', 'away'] as const;
type Level = (typeof LEVELS)[number];
type Lists = Readonly<Record<Level, PageReply<HomeWatched>>>;
const PAGE = 200;

/** Who is not watched and why: what nobody sees first. */
export function WatchPage() {
  const { query, route } = useLocation();
  const area = query['area'] ?? '';
  const search = useSignal(query['q'] ?? '');
  const lists = useLoaded(() => loadLists(area), [area]);
  useEffect(() => {
    pageTitle.value = t('watch.title');
  }, [locale.value]);
  const { value } = lists.value;
  const wanted = search.value.trim().toLowerCase();
  const isAll = value !== undefined && LEVELS.every((level) => value[level].items.length === 0);
  return (
    <div class="page">
      <h1>{t('watch.title')}</h1>
      <p class="lead">{t('watch.lead')}</p>
      <div class="toolbar">
        <label class="search">
          <span class="hidden">{t('watch.search')}</span>
          <input
            type="search"
            placeholder={t('watch.search')}
            value={search.value}
            onInput={(event) => {
              search.value = event.currentTarget.value;
              keepInAddress(search.value);
            }}
          />
        </label>
        <label class="select">
          <span class="hidden">{t('list.filter.area')}</span>
          <select
            value={area}
            onChange={({ currentTarget: { value: path } }) => {
              const address = new URL(location.href);
              if (path === '') address.searchParams.delete('area');
              else address.searchParams.set('area', path);
              route(address.pathname + address.search, true);
            }}
          >
            <option value="">{t('list.filter.areaAll')}</option>
            {nodes.value
              .filter(({ level }) => level === 'community' || level === 'grid' || level === 'building')
              .map(({ path, name }) => (
                <option key={path} value={path}>
                  {'\u2003'.repeat(path.split('/').length - 1)}
                  {name}
                </option>
              ))}
          </select>
        </label>
        <a class="button" href="/shadow">
          {t('shadow.title')}
        </a>
      </div>
      {wanted !== '' && <FoundHomes text={search.value.trim()} area={area} />}
      <LoadState of={lists}>
        {isAll && (
          <div class="empty">
            <h2>{t('watch.allWatched')}</h2>
            <p>{t('watch.allWatched.help')}</p>
          </div>
        )}
        {value &&
          LEVELS.map((level) => <LevelList key={level} level={level} of={value[level]} wanted={wanted} />)}
      </LoadState>
    </div>
  );
}

function LevelList({ level, of, wanted }: { level: Level; of: PageReply<HomeWatched>; wanted: string }) {
  const shown = of.items
    .filter((one) => wanted === '' || textOf(one).includes(wanted))
    .sort((a, b) => BY_DOOR.compare(wayOf(a), wayOf(b)));
  if (shown.length === 0) return null;
  return (
    <section class={`watch-level watch-level-${level}`} aria-labelledby={`level-${level}`}>
      <h2 id={`level-${level}`}>
        {t(`watch.level.${level}`)}
        <span class="num">
          {t(of.next === undefined ? 'watch.count' : 'watch.countMore', { n: shown.length })}
        </span>
      </h2>
      <p class="quiet-text">{t(`watch.level.${level}.help`)}</p>
      <ul class="watch-homes">
        {shown.map((one) => (
          <HomeRow key={one.home.id} of={one} />
        ))}
      </ul>
    </section>
  );
}

function HomeRow({ of }: { of: HomeWatched }) {
  const { home, residents, reasons, path } = of;
  return (
    <li class="watch-home" data-home={home.id}>
      <a href={`/homes/${encodeURIComponent(home.id)}`}>
        <b>{nearPlace(of)}</b>
        <span>{residents.map(({ name }) => name).join(' ')}</span>
        <Icon name="forward" />
      </a>
      <ul>
        {reasons.map((one) => (
          <Reason key={one.state} of={one} zone={zoneOf(path)} />
        ))}
      </ul>
    </li>
  );
}

/** Whoever comes back from a home finds what was searched for. */
function keepInAddress(text: string): void {
  const address = new URL(location.href);
  if (text === '') address.searchParams.delete('q');
  else address.searchParams.set('q', text);
  history.replaceState(history.state, '', address);
}

/** 6号楼 before 10号楼, as one walks. */
const BY_DOOR = new Intl.Collator('zh', { numeric: true });
const wayOf = ({ places, home }: HomeWatched): string =>
  [...places.map(({ name }) => name), home.name].join(' ');

async function loadLists(area: string): Promise<Answer<Lists>> {
  const lists: Partial<Record<Level, PageReply<HomeWatched>>> = {};
  for (const level of LEVELS) {
    const path = area === '' ? {} : { path: area };
    const answer = await get<PageReply<HomeWatched>>('/watch', { level, limit: PAGE, ...path });
    if (!answer.ok) return answer;
    lists[level] = answer.value;
  }
  return { ok: true, value: lists as Lists };
}

const textOf = ({ home, residents, places, reasons }: HomeWatched): string =>
  [
    home.id,
    home.name,
    ...residents.map(({ name }) => name),
    ...places.map(({ name }) => name),
    ...reasons.flatMap(({ devices }) => devices),
  ]
    .join(' ')
    .toLowerCase();
