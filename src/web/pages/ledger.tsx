import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { PRIORITIES } from '../../model/alert.ts';
import { CALL_BACK_RESULTS, CASE_STATUSES, OUTCOME_NAMES, OUTCOMES } from '../../model/case.ts';
import { CASE_KIND_DEFINITIONS, CASE_KINDS, type CaseKind } from '../../model/case-kind.ts';
import { CASE_TARGETS } from '../../model/case-targets.ts';
import { REQUEST_CATEGORIES, requestCategory } from '../../model/request-category.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { duration, inputTime, instantOf } from '../format/time.ts';
import { PriorityBadge, StatusBadge } from '../parts/badges.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { placeOf, residentsOf, sentenceOf } from '../parts/place.tsx';
import { Sideways } from '../parts/sideways.tsx';
import { Moment } from '../parts/times.tsx';
import type { LedgerReply, PageReply } from '../state/answers.ts';
import { get, queryString } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { wantBackgrounds, zoneOf } from '../state/places.ts';
import { listAddress, pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';
import { Precision } from './precision.tsx';

const PAGE = 50;

/** 台账: all cases of a period, what was found, and how the times were kept. */
export function LedgerPage() {
  const zone = zoneOf();
  const today = inputTime(serviceNow(), zone).slice(0, 10);
  const { query } = useLocation();
  const first = useSignal(query['from'] ?? `${today.slice(0, 8)}01`);
  const last = useSignal(query['to'] ?? today);
  const kind = useSignal<CaseKind | ''>(CASE_KINDS.find((one) => one === query['kind']) ?? '');
  useEffect(() => {
    pageTitle.value = t('ledger.title');
  }, [locale.value]);
  // Whoever comes back from a case finds the period and the kind that were chosen.
  useEffect(() => {
    const chosen = { from: first.value, to: last.value, ...(kind.value === '' ? {} : { kind: kind.value }) };
    listAddress.value = `/ledger${queryString(chosen)}`;
    history.replaceState(history.state, '', listAddress.value);
  }, [first.value, last.value, kind.value]);
  const period = periodOf(first.value, last.value, zone);
  return (
    <div class="page ledger-page">
      <h1>{t('ledger.title')}</h1>
      <p class="lead">{t('ledger.lead')}</p>
      <div class="ledger-filters">
        {([first, last] as const).map((value, i) => (
          <label key={i === 0 ? 'from' : 'to'} class="field">
            <span>{t(i === 0 ? 'ledger.from' : 'ledger.to')}</span>
            <input
              type="date"
              name={i === 0 ? 'from' : 'to'}
              value={value.value}
              onInput={(event) => {
                value.value = event.currentTarget.value;
              }}
            />
          </label>
        ))}
        <label class="field">
          <span>{t('list.filter.kind')}</span>
          <select
            name="kind"
            value={kind.value}
            onChange={(event) => {
              kind.value = CASE_KINDS.find((one) => one === event.currentTarget.value) ?? '';
            }}
          >
            <option value="">{t('app.all')}</option>
            {CASE_KINDS.map((one) => (
              <option key={one} value={one}>
                {pick(CASE_KIND_DEFINITIONS[one].title)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {period === undefined ? (
        <p class="warning-text" role="alert">
          {t('ledger.wrongOrder')}
        </p>
      ) : (
        <Content key={`${period.from}.${period.to}.${kind.value}`} {...period} kind={kind.value} />
      )}
    </div>
  );
}

/** From the beginning of the first day to the end of the last, on the clocks of the community. */
function periodOf(first: string, last: string, zone: string): { from: number; to: number } | undefined {
  const from = instantOf(`${first}T00:00`, zone);
  const lastDay = Date.parse(`${last}T00:00Z`);
  if (from === undefined || Number.isNaN(lastDay)) return undefined;
  const dayAfter = new Date(lastDay + 86_400_000).toISOString().slice(0, 10);
  const to = instantOf(`${dayAfter}T00:00`, zone);
  return to === undefined || to <= from ? undefined : { from, to };
}

interface Period {
  readonly from: number;
  readonly to: number;
  readonly kind: CaseKind | '';
}

function Content({ from, to, kind }: Period) {
  const query = { from, to, ...(kind === '' ? {} : { kind }) };
  const ledger = useLoaded(() => get<LedgerReply>('/ledger', query), [from, to, kind]);
  const figures = ledger.value.value;
  return (
    <LoadState of={ledger}>
      {figures && (
        <>
          {figures.truncated && <p class="warning-text">{t('ledger.truncated', { n: figures.cases })}</p>}
          <Counts of={figures} />
          <Targets id="targets" title={t('ledger.targets')} of={figures.targets} />
          <Targets
            id="request-targets"
            title={t('ledger.requestTargets')}
            of={figures.requestTargets}
            kind="request"
          />
          <Precision from={from} to={to} />
          <p>
            <a class="button" href={`/api/v1/ledger.csv${queryString(query)}`} download="ledger.csv">
              {t('ledger.csv')}
            </a>
          </p>
          <Rows from={from} to={to} kind={kind} />
        </>
      )}
    </LoadState>
  );
}

function Counts({ of }: { of: LedgerReply }) {
  const groups = [
    {
      title: t('list.filter.status'),
      rows: CASE_STATUSES.map((one) => [t(`status.${one}`), of.byStatus[one]] as const),
    },
    { title: t('list.filter.priority'), rows: PRIORITIES.map((one) => [one, of.byPriority[one]] as const) },
    {
      title: t('list.filter.kind'),
      rows: CASE_KINDS.map((one) => [pick(CASE_KIND_DEFINITIONS[one].title), of.byKind[one]] as const),
    },
    // Where nobody asked for anything there is nothing to say of it.
    ...(of.byKind.request === 0 ? [] : [{ title: t('ledger.categories'), rows: categoriesOf(of) }]),
    {
      title: t('case.outcome'),
      rows: OUTCOME_NAMES.map((one) => [pick(OUTCOMES[one]), of.byOutcome[one]] as const),
    },
    {
      title: t('ledger.callBacks'),
      rows: [
        [pick(CALL_BACK_RESULTS.satisfied), of.callBacks.satisfied],
        [pick(CALL_BACK_RESULTS['not-satisfied']), of.callBacks['not-satisfied']],
        [t('ledger.callBacks.none'), of.callBacks.none],
      ] as const,
    },
  ];
  return (
    <section class="ledger-counts" aria-label={t('ledger.counts')}>
      <dl class="figures">
        <div>
          <dt>{t('ledger.cases')}</dt>
          <dd>{of.cases}</dd>
        </div>
        <div>
          <dt>{t('ledger.reopened')}</dt>
          <dd>{of.reopened}</dd>
        </div>
        <div>
          <dt>{t('ledger.satisfied')}</dt>
          <dd>{satisfiedShare(of)}</dd>
        </div>
      </dl>
      {groups.map(({ title, rows }) => (
        <div key={title} class="card">
          <h2>{title}</h2>
          <dl class="ledger-group">
            {rows
              .filter(([, n]) => n > 0)
              .map(([name, n]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd class="num">{n}</dd>
                </div>
              ))}
          </dl>
          {rows.every(([, n]) => n === 0) && <p class="quiet-text">{t('ledger.none')}</p>}
        </div>
      ))}
    </section>
  );
}

const categoriesOf = ({ byCategory }: LedgerReply) =>
  REQUEST_CATEGORIES.map((one) => [pick(requestCategory(one).title), byCategory[one]] as const);

/** Of those who were called back: a share of nobody is none. */
function satisfiedShare({ callBacks: { satisfied, 'not-satisfied': not } }: LedgerReply): string {
  const all = satisfied + not;
  return all === 0 ? '–' : `${Math.floor((100 * satisfied) / all)}%`;
}

/** Each target of each priority: how many were kept, and how long it took. */
interface TargetsOptions {
  readonly id: string;
  readonly title: string;
  readonly of: LedgerReply['targets'];
  /** Where all are of one kind. */
  readonly kind?: CaseKind;
}

function Targets({ id, title, of, kind }: TargetsOptions) {
  const shown = PRIORITIES.filter((priority) =>
    CASE_TARGETS.some((target) => of[priority][target].done + of[priority][target].owed > 0),
  );
  if (shown.length === 0) return null;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p id={`${id}-lead`} class="quiet-text">
        {t('ledger.targets.lead')}
      </p>
      <Sideways labelledBy={`${id}-lead`}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t('list.filter.priority')}</th>
              {CASE_TARGETS.map((target) => (
                <th key={target} scope="col">
                  {t(`course.${target}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((priority) => (
              <tr key={priority}>
                <th scope="row">
                  <PriorityBadge priority={priority} kind={kind} />
                </th>
                {CASE_TARGETS.map((target) => (
                  <td key={target}>
                    <Kept of={of[priority][target]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </section>
  );
}

function Kept({ of: { owed, within, p50Ms, p90Ms } }: { of: LedgerReply['targets']['P1']['acknowledge'] }) {
  if (owed === 0 && p50Ms === undefined) return <span class="quiet-text">–</span>;
  return (
    <>
      {owed > 0 && (
        <span class={within < owed ? 'warning-text' : ''}>
          {t('ledger.within', { within, owed, share: Math.floor((100 * within) / owed) })}
        </span>
      )}
      {p50Ms !== undefined && p90Ms !== undefined && (
        <span class="quiet-text ledger-took">
          {t('ledger.took', { p50: duration(p50Ms), p90: duration(p90Ms) })}
        </span>
      )}
    </>
  );
}

function Rows({ from, to, kind }: Period) {
  const more = useSignal<readonly NumberedCase[]>([]);
  const next = useSignal<string | undefined>(undefined);
  const query = { from, to, order: 'newest', limit: PAGE, ...(kind === '' ? {} : { kind }) };
  const page = useLoaded(async () => {
    const answer = await get<PageReply<NumberedCase>>('/cases', query);
    if (answer.ok && more.peek().length === 0) next.value = answer.value.next;
    return answer;
  }, [from, to, kind]);
  const rows = [...(page.value.value?.items ?? []), ...more.value];
  useEffect(() => wantBackgrounds(rows), [rows.length]);
  const loadMore = async () => {
    const answer = await get<PageReply<NumberedCase>>('/cases', { ...query, cursor: next.value });
    if (!answer.ok) return;
    more.value = [...more.value, ...answer.value.items];
    next.value = answer.value.next;
  };
  return (
    <LoadState of={page}>
      {rows.length === 0 ? (
        <p class="empty">{t('ledger.empty')}</p>
      ) : (
        <ol class="ledger-rows">
          {rows.map((one) => (
            <Row key={one.id} of={one} />
          ))}
        </ol>
      )}
      {next.value !== undefined && (
        <button type="button" class="button" onClick={() => void loadMore()}>
          {t('app.more')}
        </button>
      )}
    </LoadState>
  );
}

function Row({ of: one }: { of: NumberedCase }) {
  return (
    <li class="ledger-row" data-case={one.id}>
      <span>
        <PriorityBadge priority={one.priority} kind={one.kind} />{' '}
        <span class="quiet-text">#{one.number}</span>
      </span>
      <a href={`/cases/${encodeURIComponent(one.id)}`}>
        <b>{placeOf(one) ?? t('list.case', { number: String(one.number) })}</b> {residentsOf(one)}
      </a>
      <span class="ledger-what">{sentenceOf(one)}</span>
      <span>
        <StatusBadge status={one.status} /> {one.outcome && pick(OUTCOMES[one.outcome])}
      </span>
      <span class="quiet-text">
        <Moment at={one.openedAt} path={one.path} />
        {one.resolvedBy !== undefined && ` · ${one.resolvedBy}`}
      </span>
    </li>
  );
}
