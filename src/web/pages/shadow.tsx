import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Alert } from '../../model/alert.ts';
import { Since } from '../cases/why.tsx';
import { PriorityBadge } from '../parts/badges.tsx';
import { Icon } from '../parts/icons.tsx';
import { LoadState } from '../parts/loaded.tsx';
import { More, usePaged } from '../parts/paged.tsx';
import { Age, Moment } from '../parts/times.tsx';
import { homeNames, wantHomeNames } from '../state/home-names.ts';
import { namesAlong, zoneOf } from '../state/places.ts';
import { pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

const PAGE = 100;

/** What rules on trial found. Nobody was told of it: whoever looks here judges whether people should be. */
export function ShadowPage() {
  const { query } = useLocation();
  const { rule, home } = query;
  const { page, rows, next, more } = usePaged<Alert>('/alerts', { shadow: true, rule, home, limit: PAGE });
  useEffect(() => wantHomeNames(rows.map((one) => one.home)), [rows]);
  useEffect(() => {
    pageTitle.value = t('shadow.title');
  }, [locale.value]);
  return (
    <div class="page">
      <a class="back" href={home === undefined ? '/watch' : `/homes/${encodeURIComponent(home)}`}>
        <Icon name="back" />
        <span>{t(home === undefined ? 'home.back' : 'shadow.backToHome')}</span>
      </a>
      <h1>{t('shadow.title')}</h1>
      <p class="lead">{t('shadow.lead')}</p>
      <LoadState of={page}>
        {next !== undefined && (
          <p class="message message-warning">{t('shadow.newest', { n: rows.length })}</p>
        )}
        <RuleCounts of={rows} chosen={rule} home={home} />
        {rows.length === 0 ? (
          <p class="empty">{t('shadow.none')}</p>
        ) : (
          <ul class="shadow-list">
            {rows.map((one) => (
              <Finding key={one.id} of={one} />
            ))}
          </ul>
        )}
        {next !== undefined && <More {...more} />}
      </LoadState>
    </div>
  );
}

/** How often each rule spoke among what is shown, and a way to see one alone. */
function RuleCounts({
  of,
  chosen,
  home,
}: {
  of: readonly Alert[];
  chosen: string | undefined;
  home: string | undefined;
}) {
  const counts = new Map<string, { title: Alert['title']; n: number; homes: Set<string> }>();
  for (const { rule, title, subject } of of) {
    const known = counts.get(rule) ?? { title, n: 0, homes: new Set<string>() };
    known.n += 1;
    known.homes.add(subject);
    counts.set(rule, known);
  }
  const address = (rule: string | undefined): string => {
    const asked = new URLSearchParams({ ...(home ? { home } : {}), ...(rule ? { rule } : {}) }).toString();
    return asked === '' ? '/shadow' : `/shadow?${asked}`;
  };
  if (counts.size === 0) return null;
  return (
    <ul class="counts">
      {[...counts].map(([rule, { title, n, homes }]) => (
        <li key={rule}>
          <a
            href={address(chosen === rule ? undefined : rule)}
            aria-current={chosen === rule ? 'true' : undefined}
          >
            <b class="num">{n}</b>
            <span>
              {pick(title)} <code>{rule}</code>
            </span>
            <span class="quiet-text">{t('shadow.homes', { n: homes.size })}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Finding({ of: one }: { of: Alert }) {
  const zone = zoneOf(one.path);
  const near = namesAlong(one.path).filter(({ level }) => level === 'building' || level === 'unit');
  const home = homeNames.value.get(one.home) ?? one.home;
  const place = [...near.map(({ name }) => name), home].filter(Boolean).join(' ');
  return (
    <li class="card" data-alert={one.id}>
      <p class="shadow-head">
        <PriorityBadge priority={one.priority} /> <b>{pick(one.title)}</b> <code>{one.rule}</code>
        {one.count > 1 && <span class="quiet-text">{t('case.evidence.count', { n: one.count })}</span>}
        {one.clearedAt === undefined && <span class="state state-silent">{t('case.still')}</span>}
      </p>
      <p>{pick(one.evidence.text)}</p>
      <p class="quiet-text watch-facts">
        {one.home === '' ? (
          <span>{place}</span>
        ) : (
          <a href={`/homes/${encodeURIComponent(one.home)}`}>{place}</a>
        )}
        <span>
          <Since of={one} zone={zone} /> · <Age at={one.raisedAt} />
        </span>
        {one.clearedAt !== undefined && (
          <span>
            {t('case.cleared')} <Moment at={one.clearedAt} zone={zone} />
            {one.clearReason && ` · ${t(`clear.${one.clearReason}`)}`}
          </span>
        )}
      </p>
    </li>
  );
}
