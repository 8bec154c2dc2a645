import { HOUR } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';
import type { RunResult } from './run.ts';

/** An incident that truly was: one line of a truth file. */
export interface Incident {
  readonly home: string;
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

/** An alert that comes within this time after an incident has ended still is about it. */
const AFTERMATH_MS = HOUR;

export interface RuleFigures {
  readonly alerts: number;
  readonly withdrawn: number;
  /** With truth only: alerts that no incident of their home explains, and per 30 home-days. */
  readonly falseAlerts?: number;
  readonly falsePer30HomeDays?: number;
  /** With truth only: share of the incidents that it found. */
  readonly recall?: number;
  readonly delayHours?: { readonly p50: number; readonly p90: number; readonly max: number };
  readonly recallByKind?: Readonly<Record<string, number>>;
}

export interface Report {
  readonly recording: {
    readonly from: string;
    readonly to: string;
    readonly messages: number;
    readonly readings: number;
    readonly rejections: RunResult['rejections'];
    readonly outOfOrder: number;
  };
  readonly ruleSet: string;
  readonly homes: number;
  readonly homeDays: number;
  readonly measuredShare: number;
  readonly incidents: number;
  /** All alerts about a person together: what overlaps in one home is one. */
  readonly person: RuleFigures;
  readonly rules: Readonly<Record<string, RuleFigures>>;
  readonly cases: Readonly<Record<string, number>>;
  /** What staff would have been sent, by channel and by recipient's role. */
  readonly notices: {
    readonly total: number;
    readonly byChannel: Readonly<Record<string, number>>;
    readonly byRole: Readonly<Record<string, number>>;
  };
}

/** The figures of a run; with truth also recall, delay and false alerts. */
export function makeReport(run: RunResult, ruleSet: string, truth: readonly Incident[] | undefined): Report {
  const homeDays = run.coverage.homeDays;
  const figures = (alerts: readonly Alert[]): RuleFigures => figuresOf(alerts, truth, homeDays);
  const byRule = groupBy(run.alerts, (alert) => alert.rule);
  return {
    recording: {
      from: new Date(run.from).toISOString(),
      to: new Date(run.to).toISOString(),
      messages: run.messages,
      readings: run.readings,
      rejections: sorted(run.rejections as Record<string, number>),
      outOfOrder: run.beyondWindow,
    },
    ruleSet,
    homes: run.coverage.homes,
    homeDays: round(homeDays, 2),
    measuredShare: round(run.coverage.measuredShare, 4),
    incidents: truth?.length ?? 0,
    person: figures(run.alerts.filter(({ about }) => about === 'person')),
    rules: Object.fromEntries(
      [...byRule].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, alerts]) => [rule, figures(alerts)]),
    ),
    cases: sorted(countBy(run.cases, ({ kind, priority }) => `${kind} ${priority}`)),
    notices: {
      total: run.notices.length,
      byChannel: sorted(countBy(run.notices, ({ channel }) => channel)),
      byRole: sorted(countBy(run.notices, ({ recipient }) => recipient.role)),
    },
  };
}

function figuresOf(
  alerts: readonly Alert[],
  truth: readonly Incident[] | undefined,
  homeDays: number,
): RuleFigures {
  const counted = {
    alerts: alerts.length,
    withdrawn: alerts.filter(({ clearReason }) => clearReason === 'late-data').length,
  };
  if (!truth) return counted;
  const byHome = groupBy(truth, ({ home }) => home);
  const alertsByHome = groupBy(alerts, ({ home }) => home);
  const explained = (alert: Alert): boolean =>
    (byHome.get(alert.home) ?? []).some((incident) => concerns(alert, incident));
  const falseAlerts = alerts.filter((alert) => !explained(alert)).length;
  const found = truth.map((incident) => {
    const first = (alertsByHome.get(incident.home) ?? []).find((alert) => concerns(alert, incident));
    return {
      kind: incident.kind,
      delay: first === undefined ? undefined : Math.max(0, first.raisedAt - incident.from) / HOUR,
    };
  });
  const delays = found.flatMap(({ delay }) => (delay === undefined ? [] : [delay])).sort((a, b) => a - b);
  return {
    ...counted,
    falseAlerts,
    falsePer30HomeDays: round(homeDays === 0 ? 0 : (30 * falseAlerts) / homeDays, 3),
    recall: round(truth.length === 0 ? 0 : delays.length / truth.length, 4),
    ...(delays.length > 0
      ? { delayHours: { p50: quantile(delays, 0.5), p90: quantile(delays, 0.9), max: quantile(delays, 1) } }
      : {}),
    recallByKind: recallByKind(found),
  };
}

/** Was it raised while the incident lasted, or open when it began? */
function concerns(alert: Alert, { from, to }: Incident): boolean {
  return alert.raisedAt >= from && alert.raisedAt <= to + AFTERMATH_MS;
}

function recallByKind(found: readonly { kind: string; delay: number | undefined }[]): Record<string, number> {
  const kinds = groupBy(found, ({ kind }) => kind);
  const shares = [...kinds].map(([kind, all]): [string, number] => [
    kind,
    round(all.filter(({ delay }) => delay !== undefined).length / all.length, 4),
  ]);
  return sorted(Object.fromEntries(shares));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  return Object.fromEntries([...groupBy(items, keyOf)].map(([key, group]) => [key, group.length]));
}

const sorted = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

const quantile = (sortedValues: readonly number[], q: number): number =>
  round(sortedValues[Math.min(sortedValues.length - 1, Math.floor(q * sortedValues.length))] as number, 2);
