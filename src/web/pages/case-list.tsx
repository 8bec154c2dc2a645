import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { feed, loadMore, openFeed, reloadFeed, settleFeed } from '../cases/case-feed.ts';
import { CaseRow } from '../cases/case-row.tsx';
import { ChooseToggle, TakeManyBar, useChoosing } from '../cases/take-many-bar.tsx';
import {
  type Filter,
  filterFrom,
  filterQuery,
  gravest,
  isLedger,
  matches,
  newsOf,
} from '../cases/work-list.ts';
import { useWhenCalm } from '../parts/attention.ts';
import { CaseFilters } from '../parts/case-filters.tsx';
import { Icon } from '../parts/icons.tsx';
import { More } from '../parts/paged.tsx';
import { type Rest, useRest } from '../parts/rest.ts';
import { overdueCallBacks } from '../state/alarms.ts';
import type { StatusReply } from '../state/answers.ts';
import { get } from '../state/api.ts';
import { may, me, user } from '../state/session.ts';
import { listAddress, pageTitle } from '../state/settings.ts';
import { locale, t } from '../text/translate.ts';

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
  const stands = useChoosing(url);
  const rest = useRest(stands);
  const canChoose = may('responder') && filter.status.includes('open');
  return (
    <div class={`page list-page list-${stands}`}>
      <h1 class="hidden">{t('list.title')}</h1>
      <CaseFilters filter={filter} onChange={change}>
        {canChoose && <ChooseToggle rest={rest} />}
      </CaseFilters>
      {!filter.status.includes('resolved') && <LateCallBacks />}
      <div class="list-foot">
        <NewBar />
        <TakeManyBar stands={stands} rest={rest} />
      </div>
      <Cases filter={filter} rest={rest} onReset={() => route('/', true)} />
    </div>
  );
}

/** Who looks at what is to be done now is told that somebody waits for a call, and led there. */
function LateCallBacks() {
  const late = overdueCallBacks.value;
  // Nothing moves under a finger.
  const n = useWhenCalm(late.length);
  if (n === 0) return null;
  return (
    <p class="message message-warning late-call-backs">
      <span>{t('list.callBacksLate', { n })}</span>
      <a class="button" href={filterQuery({ status: ['resolved'], priority: [] })}>
        {t('list.callBacksShow')}
      </a>
    </p>
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

interface CasesProps {
  readonly filter: Filter;
  readonly rest: Rest;
  readonly onReset: () => void;
}

function Cases({ filter, rest, onReset }: CasesProps) {
  const { phase, list, next, problem, moreProblem } = feed.value;
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
          <CaseRow
            key={one.id}
            of={one}
            fresh={list.fresh.has(one.id)}
            gone={!matches(filter, one)}
            rest={rest}
          />
        ))}
      </ol>
      <p class="list-end">
        {next === undefined
          ? t('list.count', { n: list.rows.length })
          : t('list.countMore', { n: list.rows.length })}
        {next !== undefined && (
          <More problem={moreProblem} busy={busy.value} onMore={more} onAnew={reloadFeed} />
        )}
      </p>
    </>
  );
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
