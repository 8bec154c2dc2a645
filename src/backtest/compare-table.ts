import { zoneOffset } from '../lib/local-time.ts';
import { many, type Text } from '../model/text.ts';
import type { ComparedAlert, Comparison } from './compare.ts';
import { byName, groupBy, round } from './numbers.ts';
import type { Report } from './report.ts';

/** Of the rule set on trial, and of the one that it is compared with. */
type Pair = readonly [now: number, before: number];

/** What changes for one rule, home or week. */
export interface ChangeRow {
  readonly alerts: Pair;
  readonly appears: number;
  readonly disappears: number;
  readonly earlier: number;
  readonly later: number;
  /** With truth: how many of those that appear and disappear are about no incident. */
  readonly appearsFalse?: number;
  readonly disappearsFalse?: number;
}

export interface RuleChange extends ChangeRow {
  /** Alerts in a home and week, of the homes that the rule watches. */
  readonly perHomeWeek: Pair;
  /** With truth. */
  readonly falseAlerts?: Pair;
  readonly found?: Pair;
}

/** What changes by rule, for every rule that either of them has. */
export function changesByRule(
  lines: readonly ComparedAlert[],
  now: Report['rules'],
  before: Report['rules'],
): Record<string, RuleChange> {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  const rows = names.map((rule): [string, RuleChange] => {
    const [is, was] = [now[rule], before[rule]];
    const row = changeRow(lines, rule);
    const rate = (count: number, homeDays = 0): number =>
      homeDays > 0 ? round((7 * count) / homeDays, 4) : 0;
    return [
      rule,
      {
        ...row,
        perHomeWeek: [rate(row.alerts[0], is?.homeDays), rate(row.alerts[1], was?.homeDays)],
        ...((is ?? was)?.falseAlerts === undefined
          ? {}
          : {
              falseAlerts: [is?.falseAlerts ?? 0, was?.falseAlerts ?? 0],
              found: [is?.found ?? 0, was?.found ?? 0],
            }),
      },
    ];
  });
  return byName(Object.fromEntries(rows));
}

/** @param rule only its alerts; one that another rule raised in its place is that one's on its side */
function changeRow(lines: readonly ComparedAlert[], rule?: string): ChangeRow {
  const isOurs = (side: ComparedAlert['alert']): boolean =>
    side !== null && (rule === undefined || side.rule === rule);
  const now = lines.filter(({ alert }) => isOurs(alert));
  const before = lines.filter(({ against }) => isOurs(against));
  const of = (list: readonly ComparedAlert[], change: ComparedAlert['change']) =>
    list.filter((line) => line.change === change);
  const [appears, disappears] = [of(now, 'appears'), of(before, 'disappears')];
  const wrong = (list: readonly ComparedAlert[]): number => list.filter((line) => line.true === false).length;
  return {
    alerts: [now.length, before.length],
    appears: appears.length,
    disappears: disappears.length,
    earlier: of(now, 'earlier').length,
    later: of(now, 'later').length,
    ...(lines.some((line) => line.true !== undefined)
      ? { appearsFalse: wrong(appears), disappearsFalse: wrong(disappears) }
      : {}),
  };
}

/** Where the change is felt: of a home, or the place of an alert about an area. */
export const changesByHome = (lines: readonly ComparedAlert[]): Record<string, ChangeRow> =>
  byName(Object.fromEntries([...groupBy(lines, placeOf)].map(([home, own]) => [home, changeRow(own)])));

const placeOf = ({ home, gateway }: ComparedAlert): string => (home === '' ? (gateway ?? '') : home);

const COLUMNS = ['home', 'week', 'alerts', 'against', 'appears', 'disappears', 'earlier', 'later'] as const;

/** One line a home and week in which either rule set raised something; weeks by the Monday on the clocks of the home. */
export function weeksCsv(lines: readonly ComparedAlert[], timeZoneOf: (home: string) => string): string {
  const weekOf = (line: ComparedAlert): string =>
    mondayOf(Date.parse((line.alert ?? line.against)?.raisedAt ?? ''), timeZoneOf(line.home));
  const groups = [...groupBy(lines, (line) => `${placeOf(line)},${weekOf(line)}`)];
  const hasTruth = lines.some((line) => line.true !== undefined);
  const rows = groups
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => {
      const { alerts, appears, disappears, earlier, later, appearsFalse, disappearsFalse } = changeRow(own);
      const judged = hasTruth ? [appearsFalse, disappearsFalse] : [];
      return [key, ...alerts, appears, disappears, earlier, later, ...judged].join(',');
    });
  const head = [...COLUMNS, ...(hasTruth ? ['appears_false', 'disappears_false'] : [])].join(',');
  return `${[head, ...rows].join('\n')}\n`;
}

const DAY = 86_400_000;

function mondayOf(at: number, timeZone: string): string {
  const day = Math.floor((at + zoneOffset(at, timeZone)) / DAY);
  // The first day of 1970 was a Thursday.
  return new Date((day - ((day + 3) % 7)) * DAY).toISOString().slice(0, 10);
}

export const hasChanged = ({ appears, disappears, earlier, later, alerts: [now, before] }: ChangeRow) =>
  appears + disappears + earlier + later > 0 || now !== before;

/** What changes, for the terminal: in all, and by each rule for which something does. */
export function changeLines({ ruleSet, against, changes, byRule }: Comparison): Text[] {
  const changed = Object.entries(byRule).filter(([, row]) => hasChanged(row));
  const rest = Object.keys(byRule).length - changed.length;
  return [
    {
      zh: `用 ${ruleSet} 替换 ${against}：新增告警 ${changes.appears} 条，消失 ${changes.disappears} 条，更早 ${changes.earlier} 条，更晚 ${changes.later} 条，不变 ${changes.same} 条`,
      en: `${ruleSet} in place of ${against}: ${many(changes.appears, 'alert', 'alerts')} gained, ${changes.disappears} lost, ${changes.earlier} earlier, ${changes.later} later, ${changes.same} the same`,
    },
    ...changed.map(([rule, row]) => ruleLine(rule, row)),
    ...(rest > 0 ? [{ zh: `  其余 ${rest} 条规则没有变化`, en: `  ${rest} other rules: no change` }] : []),
  ];
}

function ruleLine(rule: string, row: RuleChange): Text {
  const { alerts, perHomeWeek, appears, disappears, earlier, later, falseAlerts, found } = row;
  const arrow = ([now, before]: Pair): string => `${before} → ${now}`;
  const wrong = (count: number | undefined, zh: boolean): string =>
    count === undefined ? '' : zh ? `（误报 ${count}）` : ` (${count} false)`;
  const truth =
    falseAlerts && found
      ? {
          zh: `；误报 ${arrow(falseAlerts)}，发现 ${arrow(found)}`,
          en: `; false ${arrow(falseAlerts)}, found ${arrow(found)}`,
        }
      : { zh: '', en: '' };
  return {
    zh: `  ${rule}：告警 ${arrow(alerts)}（每户每周 ${arrow(perHomeWeek)}），新增 ${appears}${wrong(row.appearsFalse, true)}，消失 ${disappears}${wrong(row.disappearsFalse, true)}，更早 ${earlier}，更晚 ${later}${truth.zh}`,
    en: `  ${rule}: ${arrow(alerts)} alerts (${arrow(perHomeWeek)} in a home and week), ${appears} gained${wrong(row.appearsFalse, false)}, ${disappears} lost${wrong(row.disappearsFalse, false)}, ${earlier} earlier, ${later} later${truth.en}`,
  };
}
