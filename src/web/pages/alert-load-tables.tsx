import type { ComponentChildren } from 'preact';
import { FEW } from '../../model/alert-load.ts';
import { OUTCOMES } from '../../model/case.ts';
import { STAFF_ROLE_TITLES } from '../../model/staff-roles.ts';
import { duration } from '../format/time.ts';
import { PriorityBadge } from '../parts/badges.tsx';
import { Sideways } from '../parts/sideways.tsx';
import type { AlertLoadReply } from '../state/answers.ts';
import { number, pick, t } from '../text/translate.ts';
import { onPaper, percent } from './load-figures.ts';

/** What stands behind the figures, to whoever wants to change them. A table of nothing is left out. */
export function LoadTables({ of }: { of: AlertLoadReply }) {
  return (
    <>
      <Found of={of} />
      <Desks of={of} />
      <Rules of={of} />
      <TopSources of={of} />
      <Stale of={of} />
      <Answers of={of} />
      <Overdue of={of} />
    </>
  );
}

interface TableOptions {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly head: readonly string[];
  /** With the name of whoever it is about first, and figures after it. */
  readonly rows: readonly (readonly ComponentChildren[])[];
  readonly more?: string | undefined;
  /** So many columns hold words; in the others are figures. */
  readonly words?: number;
  /** It names people: printed figures are for meetings. */
  readonly named?: boolean;
}

function Table({ id, title, lead, head, rows, more, words = 1, named = false }: TableOptions) {
  if (rows.length === 0) return null;
  return (
    <div class={named ? 'no-print' : ''}>
      <h3 id={id}>{title}</h3>
      <p class="quiet-text">{lead}</p>
      <Sideways labelledBy={id}>
        <table class="table">
          <thead>
            <tr>
              {head.map((name, i) => (
                <th key={name} scope="col" class={i < words ? '' : 'num'}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...cells], i) => (
              <tr key={i}>
                <th scope="row">{name}</th>
                {cells.map((cell, n) => (
                  <td key={n} class={n + 1 < words ? '' : 'num'}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      {more && <p class="quiet-text">{more}</p>}
    </div>
  );
}

/** Below it the list of cases has links of the same words, which lead to cases. */
const homeOf = ({ home, place }: { home: string; place: { zh: string; en: string } }) =>
  home === '' ? (
    pick(place)
  ) : (
    <a href={`/homes/${encodeURIComponent(home)}`} aria-label={t('load.homePage', { place: pick(place) })}>
      {pick(place)}
    </a>
  );
const ruleOf = ({ rule, title }: Pick<AlertLoadReply['rules'][number], 'rule' | 'title'>): string =>
  title ? pick(title) : rule;

/** What is known with the reading itself takes no time. */
const lasted = (ms: number): string => (ms < 1000 ? t('load.atOnce') : duration(ms));

/** Of a few the second figure is that of the worst of them. */
function tookOf({ n, p50Ms, p90Ms }: AlertLoadReply['rules'][number]['delay']): string {
  if (p50Ms === undefined || p90Ms === undefined) return '–';
  const p50 = lasted(p50Ms);
  return n < FEW ? t('load.took.few', { p50, n }) : t('load.took', { p50, p90: lasted(p90Ms) });
}

function Found({ of: { needs } }: { of: AlertLoadReply }) {
  return (
    <Table
      id="load-found"
      words={4}
      title={t('load.found.title')}
      lead={t('load.found.lead')}
      head={[t('load.found.case'), t('load.found.home'), t('case.outcome'), t('load.found.before')]}
      rows={needs.found.map((one) => [
        <a key="case" href={`/cases/${encodeURIComponent(one.id)}`}>
          #{one.number} {onPaper(one.openedAt)}
        </a>,
        homeOf(one),
        one.outcome === undefined ? t('load.found.open') : pick(OUTCOMES[one.outcome]),
        one.raisedBefore ? t('load.found.raised') : t('load.found.missed'),
      ])}
      more={needs.moreFound > 0 ? t('load.found.more', { n: needs.moreFound }) : undefined}
      named
    />
  );
}

function Desks({ of: { desks, moreDesks } }: { of: AlertLoadReply }) {
  // Of one desk all stands above.
  if (desks.length < 2) return null;
  return (
    <Table
      id="load-desks"
      title={t('load.desks.title')}
      lead={t('load.desks.lead')}
      head={[
        t('load.desks.name'),
        t('load.desks.homes'),
        t('load.desks.alerts'),
        t('load.desks.mean'),
        t('load.desks.p95'),
        t('load.desks.max'),
        t('load.desks.flood'),
      ]}
      rows={desks.map(({ places, homes, alerts, perHour, flood }) => [
        places.map(({ name }) => name).join(' '),
        number(homes),
        number(alerts),
        perHour ? number(perHour.mean, undefined, 2) : '–',
        perHour ? number(perHour.p95) : '–',
        perHour ? number(perHour.max) : '–',
        flood ? percent(flood.share) : '–',
      ])}
      more={moreDesks > 0 ? t('load.desks.more', { n: moreDesks }) : undefined}
    />
  );
}

function Rules({ of: { rules } }: { of: AlertLoadReply }) {
  return (
    <Table
      id="load-rules"
      title={t('load.rules.title')}
      lead={t('load.rules.lead')}
      head={[
        t('load.rules.rule'),
        t('load.rules.alerts'),
        t('load.rules.perHome'),
        t('load.rules.delay'),
        t('load.rules.sign'),
        t('load.rules.alone'),
      ]}
      rows={rules.map((one) => [
        <>
          {ruleOf(one)} {one.title && <code class="rule-id">{one.rule}</code>}
        </>,
        number(one.alerts),
        one.perHomeMonth === undefined ? '–' : number(100 * one.perHomeMonth, undefined, 1),
        tookOf(one.delay),
        tookOf(one.sinceSign),
        one.alone.of === 0 ? '–' : percent(one.alone.n / one.alone.of),
      ])}
    />
  );
}

function TopSources({ of: { sources, alerts } }: { of: AlertLoadReply }) {
  const restless = ({ chatters, repeats }: AlertLoadReply['sources']['top'][number]): string =>
    chatters ? t('load.sources.chatters') : repeats ? t('load.sources.repeats') : '–';
  const shown = new Map(
    [...sources.top, ...sources.restless].map((one) => [
      `${one.home}.${one.device}.${one.rule}.${pick(one.place)}`,
      one,
    ]),
  );
  return (
    <Table
      id="load-sources"
      words={2}
      title={t('load.sources.title')}
      lead={t('load.sources.lead')}
      head={[
        t('load.sources.source'),
        t('load.sources.what'),
        t('load.sources.alerts'),
        t('load.sources.restless'),
      ]}
      rows={[...shown.values()].map((one) => [
        homeOf(one),
        ruleOf(one),
        t('load.sources.share', { n: one.alerts, share: percent(one.alerts / alerts) }),
        restless(one),
      ])}
      named
    />
  );
}

function Stale({ of: { stale } }: { of: AlertLoadReply }) {
  return (
    <Table
      id="load-stale"
      words={4}
      title={t('load.stale.title')}
      lead={t('load.stale.lead')}
      head={[
        t('load.sources.source'),
        t('load.sources.what'),
        t('list.filter.priority'),
        t('load.stale.since'),
      ]}
      rows={stale.oldest.map((one) => [
        homeOf(one),
        <a key="case" href={`/cases/${encodeURIComponent(one.case)}`}>
          {ruleOf(one)}
        </a>,
        <PriorityBadge key="priority" priority={one.priority} />,
        onPaper(one.raisedAt),
      ])}
      named
    />
  );
}

type By = AlertLoadReply['answers'][number]['by'];
const answererOf = (by: By): string =>
  by === 'other' || by === 'nobody' ? t(`load.answers.${by}`) : pick(STAFF_ROLE_TITLES[by]);

function Answers({ of: { answers } }: { of: AlertLoadReply }) {
  return (
    <Table
      id="load-answers"
      title={t('load.answers.title')}
      lead={t('load.answers.lead')}
      head={[t('load.answers.by'), t('load.answers.cases'), t('load.answers.within'), t('load.answers.took')]}
      rows={answers.map(({ by, cases, owed, within, took }) => [
        answererOf(by),
        number(cases),
        by === 'nobody' || owed === 0
          ? '–'
          : t('ledger.within', { within, owed, share: Math.floor((100 * within) / owed) }),
        tookOf(took),
      ])}
    />
  );
}

function Overdue({ of: { overdue, moreOverdue } }: { of: AlertLoadReply }) {
  return (
    <Table
      id="load-overdue"
      title={t('load.overdue.title')}
      lead={t('load.overdue.lead')}
      head={[
        t('load.overdue.who'),
        t('load.overdue.overdue'),
        t('load.overdue.open'),
        t('load.overdue.since'),
      ]}
      rows={overdue.map(({ name, role, overdue: late, open, dueSince }) => [
        name === '' ? t('load.answers.nobody') : `${name}${role ? ` ${answererOf(role)}` : ''}`,
        number(late),
        number(open),
        onPaper(dueSince),
      ])}
      more={moreOverdue > 0 ? t('load.overdue.more', { n: moreOverdue }) : undefined}
      named
    />
  );
}
