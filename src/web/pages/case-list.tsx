import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { NumberedCase } from '../../ports/records.ts';
import { feed, loadMore, openFeed, reloadFeed, settleFeed } from '../cases/case-feed.ts';
import { matterOf } from '../cases/matter.ts';
import { ownerName } from '../cases/next-step.ts';
import {
  type Filter,
  filterFrom,
  filterQuery,
  gravest,
  isDone,
  isLedger,
  matches,
  newsOf,
} from '../cases/work-list.ts';
import { AwayBadge } from '../parts/away-badge.tsx';
import { PriorityBadge, StatusBadge } from '../parts/badges.tsx';
import { CaseFilters } from '../parts/case-filters.tsx';
import { Icon } from '../parts/icons.tsx';
import { MatterAge, MatterWords } from '../parts/matter.tsx';
import { placeOf, residentsOf, sentenceOf } from '../parts/place.tsx';
import { Due, Moment } from '../parts/times.tsx';
import type { StatusReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { ofCase, send } from '../state/outbox.ts';
import { backgrounds, zoneOf } from '../state/places.ts';
import { may, me, user } from '../state/session.ts';
import { listAddress, pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';

/** The first page: what is to be done, the gravest first. */
export function CaseListPage() {
  const { url, route } = useLocation();
  const filter = useMemo(
    () => filterFrom(new URL(url, location.origin).searchParams, me()),
    [url, user.value],
  );
  useKeptScroll(url);
  useEffect(() => openFeed(filter), [filter]);
  useEffect(() => {
    pageTitle.value = t('list.title');
  }, [locale.value]);
  const change = (to: Filter) => route(filterQuery(to), true);
  return (
    <div class="page list-page">
      <h1 class="hidden">{t('list.title')}</h1>
      <CaseFilters filter={filter} onChange={change} />
      <div>
        <NewBar />
        <Cases filter={filter} onReset={() => route('/', true)} />
      </div>
    </div>
  );
}

let left = { url: '', y: 0 };

/** Coming back from a case, the list stands where it was left. */
function useKeptScroll(url: string): void {
  useEffect(() => {
    listAddress.value = url;
    if (left.url === url) window.scrollTo({ top: left.y });
    let y = window.scrollY;
    const keep = () => {
      y = window.scrollY;
    };
    window.addEventListener('scroll', keep, { passive: true });
    return () => {
      window.removeEventListener('scroll', keep);
      left = { url, y };
    };
  }, [url]);
}

/** What does not stand where it belongs: new, or more urgent than where its row is. Always in sight, at the lower edge: nothing to press lies there. */
function NewBar() {
  const { list } = feed.value;
  const news = newsOf(list);
  if (news.length === 0) return null;
  const priority = gravest(news) ?? 'P4';
  const [n, m] = [list.waiting.length, news.length - list.waiting.length];
  const show = () => {
    settleFeed();
    window.scrollTo({ top: 0 });
  };
  return (
    <button type="button" class={`new-bar new-bar-${priority}`} onClick={show}>
      <Icon name="up" />
      <b>
        {m === 0
          ? t('list.newWith', { n, priority })
          : n === 0
            ? t('list.risenWith', { n: m, priority })
            : t('list.newAndRisen', { n, m, priority })}
      </b>
      <span>{t('list.show')}</span>
    </button>
  );
}

function Cases({ filter, onReset }: { filter: Filter; onReset: () => void }) {
  const { phase, list, next, problem } = feed.value;
  const busy = useSignal(false);
  if (phase === 'loading') return <p class="loading">{t('app.loading')}</p>;
  if (phase === 'failed') {
    return (
      <div class="message message-bad" role="alert">
        <p>{t('list.failed', { why: problem?.text ?? '' })}</p>
        <button type="button" class="button" onClick={reloadFeed}>
          {t('app.retry')}
        </button>
      </div>
    );
  }
  if (list.rows.length === 0) return <Empty filter={filter} onReset={onReset} />;
  const more = async () => {
    busy.value = true;
    await loadMore();
    busy.value = false;
  };
  return (
    <>
      <div class="case-columns" aria-hidden="true">
        <span>{t('list.column.priority')}</span>
        <span>{t('list.column.place')}</span>
        <span>{t('list.column.what')}</span>
        <span>{t('list.column.due')}</span>
        <span>{t('list.column.age')}</span>
        <span>{t('list.column.owner')}</span>
      </div>
      {/* biome-ignore lint/a11y/noRedundantRoles: a list without markers is no list for Safari's screen reader. */}
      <ol class="cases" role="list" data-steady>
        {list.rows.map((one) => (
          <CaseRow key={one.id} of={one} fresh={list.fresh.has(one.id)} gone={!matches(filter, one)} />
        ))}
      </ol>
      <p class="list-end">
        {next === undefined
          ? t('list.count', { n: list.rows.length })
          : t('list.countMore', { n: list.rows.length })}
        {next !== undefined && (
          <button type="button" class="button" aria-disabled={busy.value} onClick={() => void more()}>
            {t('app.more')}
          </button>
        )}
      </p>
    </>
  );
}

function CaseRow({ of: one, fresh, gone }: { of: NumberedCase; fresh: boolean; gone: boolean }) {
  const place = placeOf(one);
  const residents = residentsOf(one);
  const unsent = ofCase(one.id)[0];
  const alerts = backgrounds.value.get(one.id)?.alerts ?? [];
  const matter = isDone(one) ? undefined : matterOf(alerts);
  const isQuiet = matter?.ended !== undefined && one.kind === 'technical';
  const isOver = useComputed(() => now.value > one.dueAt);
  const classes = [
    'case',
    `case-${one.priority}`,
    `case-${one.status}`,
    isOver.value && !isDone(one) && !isQuiet ? 'case-over' : '',
    isQuiet ? 'case-quiet' : '',
    fresh ? 'case-fresh' : '',
    gone ? 'case-gone' : '',
  ];
  return (
    <li class={classes.join(' ')} data-case={one.id}>
      <span class="case-priority">
        <PriorityBadge priority={one.priority} ofThings={one.kind === 'technical'} />
      </span>
      <a class="case-link case-place" href={`/cases/${encodeURIComponent(one.id)}`}>
        <b>{place ?? t('list.case', { number: String(one.number) })}</b>
        {residents && <span class="case-resident">{residents}</span>}
      </a>
      <span class="case-what">
        {!isDone(one) && <AwayBadge home={backgrounds.value.get(one.id)?.home} zone={zoneOf(one.path)} />}{' '}
        {one.silenced && !isDone(one) && (
          <>
            <span class="state state-silent">{t('list.silenced')}</span>{' '}
          </>
        )}
        {matter ? <MatterWords of={matter} path={one.path} /> : sentenceOf(one)}
      </span>
      <span class="case-due">
        <Due of={one} quiet={isQuiet} />
        {isDone(one) && <StatusBadge status={one.status} />}
      </span>
      <span class="case-age">
        <span class="case-number">#{one.number}</span>{' '}
        {isDone(one) ? <Moment at={one.openedAt} path={one.path} /> : <MatterAge of={one} alerts={alerts} />}
      </span>
      <span class="case-owner">
        <Owner of={one} unsent={unsent !== undefined} />
      </span>
    </li>
  );
}

function Owner({ of: one, unsent }: { of: NumberedCase; unsent: boolean }) {
  if (isDone(one)) return <>{one.resolvedBy}</>;
  if (one.acknowledgedBy !== undefined) {
    return (
      <span class="owner">
        <Icon name="user" />
        {ownerName(one, me())}
        {one.assignedTo !== undefined && ` → ${one.assignedTo}`}
      </span>
    );
  }
  if (unsent) return <UnsentMark of={one} />;
  if (!may('responder', one.path)) return <span class="nobody">{t('list.nobody')}</span>;
  const label = t('list.acknowledgeCase', {
    number: String(one.number),
    place: placeOf(one) ?? pick(one.title),
  });
  return (
    <button
      type="button"
      class="button acknowledge"
      aria-label={label}
      onClick={() => send('acknowledge', one, {})}
    >
      {t('list.acknowledge')}
    </button>
  );
}

/** An action on this case that the service has not confirmed, in few words; the case page has the rest. */
function UnsentMark({ of: one }: { of: NumberedCase }) {
  const [first] = ofCase(one.id);
  if (!first) return null;
  const what = t(`outbox.${first.type}`);
  if (first.state === 'refused')
    return <span class="due-over">{t('outbox.refused', { what, why: first.problem?.text ?? '' })}</span>;
  if (first.state === 'sending') return <span class="quiet-text">{t('outbox.sending', { what })}</span>;
  return <span class="due-over">{t('outbox.waitingNow', { what })}</span>;
}

/** Nothing to show is a statement, and it must say what it stands on. */
function Empty({ filter, onReset }: { filter: Filter; onReset: () => void }) {
  const status = useSignal<StatusReply | undefined>(undefined);
  const usual = filterQuery(filter) === '/';
  useEffect(() => {
    const fetchStatus = async () => {
      const answer = await get<StatusReply>('/status');
      if (answer.ok) status.value = answer.value;
    };
    if (!usual) return;
    void fetchStatus();
    const timer = setInterval(() => void fetchStatus(), 60_000);
    return () => clearInterval(timer);
  }, [usual]);
  if (!usual) {
    return (
      <div class="empty">
        <h2>{isLedger(filter) ? t('list.empty.resolved') : t('list.empty.filtered')}</h2>
        <button type="button" class="button" onClick={onReset}>
          {t('list.filters.reset')}
        </button>
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>{t('list.empty.open')}</h2>
      {status.value && <Coverage of={status.value} />}
    </div>
  );
}

function Coverage({ of: { homes, devices, silentDevices: silent } }: { of: StatusReply }) {
  if (homes === 0) return <p>{t('list.empty.noHomes')}</p>;
  if (silent === 0) return <p>{t('list.empty.allHeard', { homes, devices })}</p>;
  return (
    <>
      <p>{t('list.empty.homes', { homes, devices, silent })}</p>
      <p class="warning-text">{t('list.empty.blind')}</p>
    </>
  );
}
