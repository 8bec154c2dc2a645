import { HOUR } from '../lib/clock.ts';
import { ABOUTS, type About, type Alert } from '../model/alert.ts';
import { type ChangeRow, changesByHome, changesByRule, type RuleChange } from './compare-table.ts';
import { byName, countBy, quantile, round } from './numbers.ts';
import type { Report, Scored } from './report.ts';
import type { Figures } from './scoring.ts';

/** A shift below this is the same moment. */
const SAME_MS = 60_000;

export type Change = 'appears' | 'disappears' | 'earlier' | 'later' | 'same';

/** One line of `comparison.ndjson`: an alert of the rule set and its twin of the other one, or one without a twin. */
export interface ComparedAlert {
  readonly change: Change;
  readonly home: string;
  readonly gateway?: string;
  readonly about: About;
  /** The alert of the rule set on trial (`--rules`), and that of the one it is compared with (`--against`). */
  readonly alert: Side | null;
  readonly against: Side | null;
  /** Negative: sooner than the other. */
  readonly shiftHours: number | null;
  /** With truth: is it about an incident? Of a pair: is either? */
  readonly true?: boolean;
}

interface Side {
  readonly id: string;
  readonly rule: string;
  readonly priority: string;
  readonly raisedAt: string;
  readonly clearedAt: string | null;
}

export interface Comparison {
  readonly ruleSet: string;
  readonly against: string;
  /** What each said: the same where only the version differs, and nothing can change. */
  readonly ruleContent: string;
  readonly againstContent: string;
  readonly changes: Readonly<Record<Change, number>>;
  /** By rule: of `--rules` for what appears, of `--against` for what disappears. */
  readonly appearsByRule: Readonly<Record<string, number>>;
  readonly disappearsByRule: Readonly<Record<string, number>>;
  readonly byRule: Readonly<Record<string, RuleChange>>;
  /** Of homes, and of places of alerts about an area, in which either rule set raised something. */
  readonly byHome: Readonly<Record<string, ChangeRow>>;
  readonly shiftHours?: { readonly p10: number; readonly p50: number; readonly p90: number };
  /** With truth: what appears and disappears, split into what was about an incident and what was not. */
  readonly appearsFalse?: number;
  readonly disappearsFalse?: number;
  readonly incidents?: {
    readonly foundByBoth: number;
    readonly foundOnlyNow: number;
    /** The ones to look at first. */
    readonly foundNoLonger: number;
    readonly sooner: number;
    readonly later: number;
  };
  /** Who is woken: of the rule set and of the other. */
  readonly night: { readonly notices: readonly [number, number]; readonly broken: readonly [number, number] };
  readonly nightForNothing?: {
    readonly notices: readonly [number, number];
    readonly broken: readonly [number, number];
  };
  readonly person: Figures;
  readonly overall: Figures;
  readonly rules: Report['rules'];
}

/** What changes when `now` takes the place of `before`, over the same recording. */
export function compare(
  now: Scored,
  before: Scored,
): { comparison: Comparison; lines: readonly ComparedAlert[] } {
  const lines = comparedAlerts(now, before);
  const of = (change: Change): ComparedAlert[] => lines.filter((line) => line.change === change);
  const [appears, disappears] = [of('appears'), of('disappears')];
  const shifts = lines
    .flatMap(({ shiftHours }) => (shiftHours === null ? [] : [shiftHours]))
    .sort((a, b) => a - b);
  const truth = now.scoring.truth !== undefined;
  const [nightNow, nightBefore] = [now.report.notices, before.report.notices];
  const comparison: Comparison = {
    ruleSet: now.report.ruleSet,
    against: before.report.ruleSet,
    ruleContent: now.report.ruleContent,
    againstContent: before.report.ruleContent,
    changes: {
      appears: appears.length,
      disappears: disappears.length,
      earlier: of('earlier').length,
      later: of('later').length,
      same: of('same').length,
    },
    appearsByRule: countBy(appears, ({ alert }) => alert?.rule ?? ''),
    disappearsByRule: countBy(disappears, ({ against }) => against?.rule ?? ''),
    byRule: changesByRule(lines, now.report.rules, before.report.rules),
    byHome: changesByHome(lines),
    ...(shifts.length > 0
      ? { shiftHours: { p10: quantile(shifts, 0.1), p50: quantile(shifts, 0.5), p90: quantile(shifts, 0.9) } }
      : {}),
    ...(truth
      ? {
          appearsFalse: appears.filter((line) => line.true === false).length,
          disappearsFalse: disappears.filter((line) => line.true === false).length,
          incidents: comparedIncidents(now, before),
        }
      : {}),
    night: {
      notices: [nightNow.atNight, nightBefore.atNight],
      broken: [nightNow.nightsBroken, nightBefore.nightsBroken],
    },
    ...(truth
      ? {
          nightForNothing: {
            notices: [nightNow.atNightForNothing ?? 0, nightBefore.atNightForNothing ?? 0],
            broken: [nightNow.nightsBrokenForNothing ?? 0, nightBefore.nightsBrokenForNothing ?? 0],
          },
        }
      : {}),
    person: before.report.person,
    overall: before.report.overall,
    rules: byName(before.report.rules),
  };
  return { comparison, lines };
}

/** Pairs that are about the same: one subject, about the same, open at one time. Each alert has one twin at most. */
function comparedAlerts(now: Scored, before: Scored): ComparedAlert[] {
  const waiting = new Map<string, Alert[]>();
  const keyOf = ({ subject, about }: Alert): string => `${about} ${subject}`;
  for (const alert of before.run.alerts) {
    const list = waiting.get(keyOf(alert));
    if (list) list.push(alert);
    else waiting.set(keyOf(alert), [alert]);
  }
  const lines = now.run.alerts.map((alert) => {
    const list = waiting.get(keyOf(alert)) ?? [];
    const twin = takeTwin(alert, list);
    return lineOf(alert, twin, now, before);
  });
  for (const list of waiting.values())
    for (const alert of list) lines.push(lineOf(undefined, alert, now, before));
  const at = ({ alert, against }: ComparedAlert): string => (alert ?? against)?.raisedAt ?? '';
  const id = ({ alert, against }: ComparedAlert): string => (alert ?? against)?.id ?? '';
  return lines.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : id(a) < id(b) ? -1 : 1));
}

/** The one of the same rule if there is one, else the one that was raised nearest. It is taken from the list. */
function takeTwin(alert: Alert, list: Alert[]): Alert | undefined {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  list.forEach((other, index) => {
    if (!overlap(alert, other)) return;
    const away = Math.abs(alert.raisedAt - other.raisedAt) + (alert.rule === other.rule ? 0 : 48 * HOUR);
    if (away < distance) [best, distance] = [index, away];
  });
  return best < 0 ? undefined : list.splice(best, 1)[0];
}

function overlap(a: Alert, b: Alert): boolean {
  const end = ({ clearedAt = Number.POSITIVE_INFINITY }: Alert): number => clearedAt;
  return a.raisedAt <= end(b) && b.raisedAt <= end(a);
}

function lineOf(
  alert: Alert | undefined,
  against: Alert | undefined,
  now: Scored,
  before: Scored,
): ComparedAlert {
  const either = (alert ?? against) as Alert;
  const shift = alert && against ? alert.raisedAt - against.raisedAt : undefined;
  const explained =
    (alert && now.scoring.isExplained(alert)) || (against && before.scoring.isExplained(against));
  return {
    change: changeOf(alert, against, shift),
    home: either.home,
    ...(either.home === '' ? { gateway: either.subject } : {}),
    about: either.about,
    alert: alert ? sideOf(alert) : null,
    against: against ? sideOf(against) : null,
    shiftHours: shift === undefined ? null : round(shift / HOUR, 3),
    ...(now.scoring.truth ? { true: explained === true } : {}),
  };
}

function changeOf(alert: Alert | undefined, against: Alert | undefined, shift = 0): Change {
  if (!against) return 'appears';
  if (!alert) return 'disappears';
  if (Math.abs(shift) < SAME_MS) return 'same';
  return shift < 0 ? 'earlier' : 'later';
}

const iso = (at: number): string => new Date(at).toISOString();

const sideOf = ({ id, rule, priority, raisedAt, clearedAt }: Alert): Side => ({
  id,
  rule,
  priority,
  raisedAt: iso(raisedAt),
  clearedAt: clearedAt === undefined ? null : iso(clearedAt),
});

function comparedIncidents(now: Scored, before: Scored): NonNullable<Comparison['incidents']> {
  const counts = { foundByBoth: 0, foundOnlyNow: 0, foundNoLonger: 0, sooner: 0, later: 0 };
  const earlier = before.scoring.detections(before.run.alerts, ABOUTS);
  now.scoring.detections(now.run.alerts, ABOUTS).forEach((detection, index) => {
    const [was, is] = [earlier[index]?.delayMs, detection.delayMs];
    // Whoever is in alarm when the incident begins is being looked after: neither won nor lost.
    if (detection.openAlready || earlier[index]?.openAlready) return;
    if (was !== undefined && is !== undefined) {
      counts.foundByBoth++;
      if (is < was - SAME_MS) counts.sooner++;
      else if (is > was + SAME_MS) counts.later++;
    } else if (is !== undefined) counts.foundOnlyNow++;
    else if (was !== undefined) counts.foundNoLonger++;
  });
  return counts;
}
