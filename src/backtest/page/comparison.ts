import type { Comparison } from '../compare.ts';
import { type ChangeRow, hasChanged } from '../compare-table.ts';
import type { Report } from '../report.ts';
import { amount, escaped, lengthOf, note, percent, say, sayText } from './markup.ts';

const CHANGES = [
  ['appears', '新增', 'appears'],
  ['disappears', '消失', 'disappears'],
  ['earlier', '更早', 'earlier'],
  ['later', '更晚', 'later'],
  ['same', '不变', 'the same'],
] as const;

/** What changes when this rule set takes the place of the other. */
export function comparisonPicture(report: Report, comparison: Comparison): string {
  const most = Math.max(1, ...Object.values(comparison.changes));
  const rows = CHANGES.map(([change, zh, en]) => {
    const count = comparison.changes[change];
    return `<span>${say(zh, en)}</span><i class="${change}" style="width:${((100 * count) / most).toFixed(1)}%"></i><span>${amount(count)}</span>`;
  });
  return `<p>${say(
    `用 <b>${escaped(comparison.ruleSet)}</b> 替换 <b>${escaped(comparison.against)}</b>，同一份记录：`,
    `<b>${escaped(comparison.ruleSet)}</b> in place of <b>${escaped(comparison.against)}</b>, over the same recording:`,
  )}</p>
<div class="change">${rows.join('')}</div>
${truthWords(comparison)}
${rulesTable(comparison)}
${figuresTable(report, comparison)}
${homesTable(comparison)}
${note(say('每户每周见 comparison.csv，逐条对照见 comparison.ndjson。', 'By home and week: comparison.csv. Each alert beside its twin: comparison.ndjson.'))}`;
}

function truthWords({ incidents, appearsFalse, disappearsFalse, changes }: Comparison): string {
  if (!incidents) return '';
  const lost =
    incidents.foundNoLonger > 0
      ? `<p><b style="color:var(--miss)">${say(`${incidents.foundNoLonger} 起真实事件不再被发现。`, `${incidents.foundNoLonger} incidents are found no longer.`)}</b></p>`
      : '';
  return `${lost}<p>${say(
    `真实事件：新发现 ${incidents.foundOnlyNow} 起，更早 ${incidents.sooner} 起，更晚 ${incidents.later} 起。新增的 ${changes.appears} 条中误报 ${appearsFalse ?? 0} 条；消失的 ${changes.disappears} 条中误报 ${disappearsFalse ?? 0} 条。`,
    `Incidents: ${incidents.foundOnlyNow} newly found, ${incidents.sooner} sooner, ${incidents.later} later. Of ${changes.appears} that appear, ${appearsFalse ?? 0} are false; of ${changes.disappears} that disappear, ${disappearsFalse ?? 0}.`,
  )}</p>`;
}

type Shown = readonly [now: number, before: number];

const arrow = ([now, before]: Shown): string => `${amount(before)} → <b>${amount(now)}</b>`;

/** Rates are small: what differs in the third decimal is seen here. */
const exactly = ([now, before]: Shown): string => `${before} → <b>${now}</b>`;

/** A count, and how many of it were false. */
const judged = (count: number, wrong: number | undefined): string =>
  wrong === undefined || count === 0
    ? amount(count)
    : `${amount(count)} <small>${say(`误报 ${wrong}`, `${wrong} false`)}</small>`;

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="scroll"><table style="margin-top:10px"><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')}</tbody></table></div>`;

const CHANGE_TITLES = [
  say('新增', 'Gained'),
  say('消失', 'Lost'),
  say('更早', 'Earlier'),
  say('更晚', 'Later'),
];
const changeCells = ({
  appears,
  disappears,
  earlier,
  later,
  appearsFalse,
  disappearsFalse,
}: ChangeRow): string[] => [
  judged(appears, appearsFalse),
  judged(disappears, disappearsFalse),
  amount(earlier),
  amount(later),
];

/** Which rules the change comes from. */
function rulesTable({ byRule }: Comparison): string {
  const changed = Object.entries(byRule).filter(([, row]) => hasChanged(row));
  if (changed.length === 0) return '';
  const hasTruth = changed.some(([, { falseAlerts }]) => falseAlerts);
  const head = [
    say('规则', 'Rule'),
    say('告警', 'Alerts'),
    say('每户每周', 'In a home and week'),
    ...CHANGE_TITLES,
    ...(hasTruth ? [say('误报', 'False'), say('发现事件', 'Incidents found')] : []),
  ];
  const rows = changed.map(([rule, row]) => [
    `<b>${escaped(rule)}</b>`,
    arrow(row.alerts),
    exactly(row.perHomeWeek),
    ...changeCells(row),
    ...(row.falseAlerts && row.found ? [arrow(row.falseAlerts), arrow(row.found)] : []),
  ]);
  const rest = Object.keys(byRule).length - changed.length;
  return `${tableOf(head, rows)}${rest > 0 ? note(say(`其余 ${rest} 条规则没有变化。`, `${rest} other rules: no change.`)) : ''}`;
}

const HOMES_MAX = 10;

/** In which homes the change is felt most. */
function homesTable({ byHome }: Comparison): string {
  const moved = (row: ChangeRow): number => row.appears + row.disappears;
  const changed = Object.entries(byHome).filter(([, row]) => moved(row) > 0);
  if (changed.length === 0) return '';
  changed.sort(([a, x], [b, y]) => moved(y) - moved(x) || (a < b ? -1 : 1));
  const rows = changed
    .slice(0, HOMES_MAX)
    .map(([home, row]) => [escaped(home), arrow(row.alerts), ...changeCells(row)]);
  return `${tableOf([say('住户', 'Home'), say('告警', 'Alerts'), ...CHANGE_TITLES], rows)}${
    changed.length > HOMES_MAX
      ? note(
          say(
            `共 ${changed.length} 户有变化，这里列出变化最多的 ${HOMES_MAX} 户。`,
            `Of ${changed.length} homes in which something changes, the ${HOMES_MAX} with most of it.`,
          ),
        )
      : ''
  }`;
}

function figuresTable(report: Report, comparison: Comparison): string {
  const rows: [string, string, string][] = [];
  const add = (name: string, before: string | undefined, now: string | undefined): void => {
    if (before !== undefined || now !== undefined) rows.push([name, before ?? '–', now ?? '–']);
  };
  const [was, is] = [comparison.person, report.person];
  const shown = (value: number | undefined, how: (value: number) => string): string | undefined =>
    value === undefined ? undefined : how(value);
  const hours = (value: number): string => sayText(lengthOf(value));
  add(say('老人告警', 'Alerts about people'), amount(was.alerts), amount(is.alerts));
  add(say('发现率', 'Recall'), shown(was.recall, percent), shown(is.recall, percent));
  add(say('延迟中位数', 'Median delay'), shown(was.delayHours?.p50, hours), shown(is.delayHours?.p50, hours));
  add(say('延迟九成', 'Delay p90'), shown(was.delayHours?.p90, hours), shown(is.delayHours?.p90, hours));
  add(
    say('误报 / 30 户日', 'False / 30 home-days'),
    shown(was.falsePer30HomeDays, amount),
    shown(is.falsePer30HomeDays, amount),
  );
  const { night, nightForNothing } = comparison;
  add(say('夜间通知', 'Notices at night'), amount(night.notices[1]), amount(night.notices[0]));
  if (nightForNothing)
    add(
      say('白白被叫醒的夜晚', 'Nights broken for nothing'),
      amount(nightForNothing.broken[1]),
      amount(nightForNothing.broken[0]),
    );
  const lines = rows.map(
    ([name, before, now]) => `<tr><td>${name}</td><td>${before}</td><td><b>${now}</b></td></tr>`,
  );
  return `<table style="margin-top:10px"><thead><tr><th></th><th>${escaped(comparison.against)}</th><th>${escaped(comparison.ruleSet)}</th></tr></thead><tbody>${lines.join('')}</tbody></table>`;
}
