import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { PRIORITIES } from '../../model/alert.ts';
import { CALL_BACK_RESULTS, CASE_STATUSES, OUTCOME_NAMES, OUTCOMES } from '../../model/case.ts';
import { CASE_KIND_DEFINITIONS, CASE_KINDS, type CaseKind } from '../../model/case-kind.ts';
import { CASE_TARGETS } from '../../model/case-targets.ts';
import { REQUEST_CATEGORIES, requestCategory } from '../../model/request-category.ts';
import { duration, inputTime, instantOf } from '../format/time.ts';
import { PriorityBadge } from '../parts/badges.tsx';
import { LoadState, useLoaded } from '../parts/loaded.tsx';
import { Sideways } from '../parts/sideways.tsx';
import { wallTime } from '../parts/times.tsx';
import type { LedgerReply } from '../state/answers.ts';
import { get, queryString } from '../state/api.ts';
import { serviceNow } from '../state/clock.ts';
import { FIGURES_EVERY_MS } from '../state/loading.ts';
import { nodeName, zoneOf } from '../state/places.ts';
import { listAddress, pageTitle } from '../state/settings.ts';
import { locale, pick, t } from '../text/translate.ts';
import { AlertLoad } from './alert-load.tsx';
import { Figure } from './ledger-figure.tsx';
import { LedgerFilters } from './ledger-filters.tsx';
import { before, type Days } from './ledger-period.ts';
import { type Period, queryOf } from './ledger-query.ts';
import { Rows } from './ledger-rows.tsx';
import { Precision } from './precision.tsx';
import { WatchedHours } from './watched-hours.tsx';

/** 台账: all cases of a period, what was found, and how the times were kept. */
export function LedgerPage() {
  const zone = zoneOf();
  const today = inputTime(serviceNow(), zone).slice(0, 10);
  const { query } = useLocation();
  const first = useSignal(query['from'] ?? `${today.slice(0, 8)}01`);
  const last = useSignal(query['to'] ?? today);
  const kind = useSignal<CaseKind | ''>(CASE_KINDS.find((one) => one === query['kind']) ?? '');
  const area = useSignal(query['area'] ?? '');
  const compare = useSignal(query['compare'] === '1');
  useEffect(() => {
    pageTitle.value = t('ledger.title');
  }, [locale.value]);
  // Whoever comes back from a case finds what was chosen.
  useEffect(() => {
    const chosen = {
      from: first.value,
      to: last.value,
      ...(kind.value === '' ? {} : { kind: kind.value }),
      ...(area.value === '' ? {} : { area: area.value }),
      ...(compare.value ? { compare: '1' } : {}),
    };
    listAddress.value = `/ledger${queryString(chosen)}`;
    history.replaceState(history.state, '', listAddress.value);
  }, [first.value, last.value, kind.value, area.value, compare.value]);
  const days = { first: first.value, last: last.value };
  const period = periodOf(days, zone);
  const earlier = compare.value ? before(days) : undefined;
  return (
    <div class="page ledger-page">
      <h1>{t('ledger.title')}</h1>
      <p class="lead">{t('ledger.lead')}</p>
      <LedgerFilters of={{ first, last, kind, area, compare }} />
      {period === undefined ? (
        <p class="warning-text" role="alert">
          {t('ledger.wrongOrder')}
        </p>
      ) : (
        <>
          <p class="print-only ledger-printed">
            {t('ledger.printed', {
              area: area.value === '' ? t('list.filter.areaAll') : nodeName(area.value),
              from: days.first,
              to: days.last,
              at: inputTime(serviceNow(), zone).replace('T', ' '),
            })}
          </p>
          <Content
            key={`${period.from}.${period.to}.${kind.value}.${area.value}.${compare.value}`}
            {...period}
            kind={kind.value}
            path={area.value}
            earlier={earlier && { ...earlier, ...periodOf(earlier, zone) }}
          />
        </>
      )}
    </div>
  );
}

/** From the beginning of the first day to the end of the last, on the clocks of the community. */
function periodOf({ first, last }: Days, zone: string): { from: number; to: number } | undefined {
  const from = instantOf(`${first}T00:00`, zone);
  const lastDay = Date.parse(`${last}T00:00Z`);
  if (from === undefined || Number.isNaN(lastDay)) return undefined;
  const dayAfter = new Date(lastDay + 86_400_000).toISOString().slice(0, 10);
  const to = instantOf(`${dayAfter}T00:00`, zone);
  return to === undefined || to <= from ? undefined : { from, to };
}

interface ContentOptions extends Period {
  /** The period to compare with; without instants where they cannot be told. */
  readonly earlier: (Days & { readonly from?: number; readonly to?: number }) | undefined;
}

function Content({ earlier, ...period }: ContentOptions) {
  const { from, to, kind, path } = period;
  const query = queryOf(period);
  const ledger = useLoaded(
    () => get<LedgerReply>('/ledger', query),
    [from, to, kind, path],
    FIGURES_EVERY_MS,
  );
  const then = useLoaded<LedgerReply | undefined>(
    async () =>
      earlier?.from === undefined || earlier.to === undefined
        ? ({ ok: true, value: undefined } as const)
        : get<LedgerReply>('/ledger', queryOf({ ...period, from: earlier.from, to: earlier.to })),
    [earlier?.from, earlier?.to, kind, path],
    FIGURES_EVERY_MS,
  );
  const figures = ledger.value.value;
  const past = then.value.value;
  return (
    <LoadState of={ledger}>
      {figures && (
        <>
          {figures.truncated && <p class="warning-text">{t('ledger.truncated', { n: figures.cases })}</p>}
          {earlier && past && (
            <p class="quiet-text">{t('ledger.beforePeriod', { from: earlier.first, to: earlier.last })}</p>
          )}
          <p class="toolbar no-print">
            <a class="button" href="#ledger-rows">
              {t('ledger.toRows')}
            </a>
            <button type="button" class="button" onClick={() => ledger.value.again()}>
              {t('ledger.again')}
            </button>
            {ledger.value.at !== undefined && (
              <span class="quiet-text">{t('load.at', { at: wallTime(ledger.value.at) })}</span>
            )}
          </p>
          <Counts of={figures} past={past} />
          <Targets id="targets" title={t('ledger.targets')} of={figures.targets} past={past?.targets} />
          <Targets
            id="request-targets"
            title={t('ledger.requestTargets')}
            of={figures.requestTargets}
            past={past?.requestTargets}
            kind="request"
          />
          <WatchedHours from={from} to={to} path={path} earlier={earlier} />
          <AlertLoad from={from} to={to} path={path} earlier={earlier} />
          <Precision {...period} />
          <Meaning />
          <p class="toolbar no-print">
            <button type="button" class="button" onClick={() => print()}>
              {t('ledger.print')}
            </button>
            <a class="button" href={`/api/v1/ledger.csv${queryString(query)}`} download="ledger.csv">
              {t('ledger.csv')}
            </a>
            <span class="quiet-text">{t('ledger.print.lead')}</span>
          </p>
          <h2 id="ledger-rows" class="no-print">
            {t('ledger.rows')}
          </h2>
          <Rows {...period} />
        </>
      )}
    </LoadState>
  );
}

type Past = LedgerReply | undefined;

function Counts({ of, past }: { of: LedgerReply; past: Past }) {
  const earlier = past && new Map(groupsOf(past).map(({ title, rows }) => [title, new Map(rows)]));
  return (
    <section class="ledger-counts" aria-label={t('ledger.counts')}>
      <dl class="figures">
        <Figure name={t('ledger.cases')} of={of.cases} past={past?.cases} />
        <Figure name={t('ledger.reopened')} of={of.reopened} past={past?.reopened} />
        <Figure name={t('ledger.satisfied')} of={satisfiedShare(of)} past={past && satisfiedShare(past)} />
      </dl>
      {groupsOf(of).map(({ title, rows }) => {
        const then = earlier?.get(title);
        const shown = rows.filter(([name, n]) => n > 0 || (then?.get(name) ?? 0) > 0);
        return (
          <div key={title} class="card">
            <h2>{title}</h2>
            <dl class="ledger-group">
              {shown.map(([name, n]) => (
                <Figure key={name} name={name} of={n} past={past && (then?.get(name) ?? 0)} />
              ))}
            </dl>
            {shown.length === 0 && <p class="quiet-text">{t('ledger.none')}</p>}
          </div>
        );
      })}
    </section>
  );
}

function groupsOf(of: LedgerReply) {
  return [
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
  /** Of the period before. */
  readonly past: LedgerReply['targets'] | undefined;
  /** Where all are of one kind. */
  readonly kind?: CaseKind;
}

function Targets({ id, title, of, past, kind }: TargetsOptions) {
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
                    {past && (
                      <div class="quiet-text ledger-past">
                        {t('ledger.pastPeriod')} <Kept of={past[priority][target]} />
                      </div>
                    )}
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

/** Whoever reads them in a meeting is asked what they mean. */
function Meaning() {
  return (
    <details class="card no-print">
      <summary>{t('ledger.meaning')}</summary>
      <ul>
        {(['cases', 'targets', 'took', 'verdicts', 'satisfied', 'watched'] as const).map((one) => (
          <li key={one}>{t(`ledger.meaning.${one}`)}</li>
        ))}
      </ul>
    </details>
  );
}
