import { ROLE_NAMES } from '../../cases/texts.ts';
import type { Text } from '../../model/text.ts';
import type { Interval } from '../bootstrap.ts';
import type { Report, RuleFigures } from '../report.ts';
import type { Figures } from '../scoring.ts';
import { BLIND_REASONS, type BlindReason } from '../sight.ts';
import type { StaffFigures } from '../staff.ts';
import { ABOUT_TEXT, amount, escaped, lengthOf, note, percent, range, say, sayText } from './markup.ts';

const dash = '–';

function cell(label: string, body: string): string {
  return `<td><span class="label">${label}</span>${body}</td>`;
}

/** A share or rate with its interval as a whisker: the longer, the less is known. */
function whisker(value: number | undefined, interval: Interval | undefined, max: number): string {
  if (value === undefined || max <= 0) return '';
  const at = (x: number): string => `${Math.min(100, (100 * x) / max).toFixed(1)}%`;
  const span = interval
    ? `<i style="left:${at(interval[0])};width:${Math.max(0, (100 * (Math.min(max, interval[1]) - interval[0])) / max).toFixed(1)}%"></i>`
    : '';
  return `<span class="whisker">${span}<b style="left:${at(value)}"></b></span>`;
}

/** Of a rule that looks at what people do in a home. */
const NO_VISITS = ` <small>${say('记录里没有走访，看不出此规则会提醒多少', 'recordings hold no visits: nothing is known of it here')}</small>`;

/** Every rule with its figures; on a phone a card each. */
export function ruleTable(
  rules: Report['rules'],
  titleOf: (rule: string, figures: RuleFigures) => Text,
): string {
  const all = Object.entries(rules);
  const truth = all.some(([, { falseAlerts }]) => falseAlerts !== undefined);
  const worst = Math.max(
    0,
    ...all.map(([, each]) => each.falsePer30HomeDaysInterval?.[1] ?? each.falsePer30HomeDays ?? 0),
  );
  const names = {
    alerts: say('告警', 'Alerts'),
    alarms: say('每 100 户日（重叠算一次）', 'Per 100 home-days (what overlaps is one)'),
    falses: say('误报 / 30 户日', 'False / 30 home-days'),
    precision: say('准确率', 'Precision'),
    recall: say('发现率', 'Recall'),
    delay: say('延迟 中位 / 九成', 'Delay p50 / p90'),
  };
  const named = (rule: string, each: RuleFigures): string =>
    `<b>${escaped(rule)}</b> ${sayText(titleOf(rule, each))}${each.notRecorded ? NO_VISITS : ''}`;
  const most = Math.max(0, ...all.map(([, { alarmsPer100HomeDays }]) => alarmsPer100HomeDays));
  const quiet = all.filter(([, { alerts, incidents = 0 }]) => alerts === 0 && incidents === 0);
  const rows = all.flatMap(([rule, each]) => {
    if (quiet.some(([name]) => name === rule)) return [];
    const about = each.about.map((name) => sayText(ABOUT_TEXT[name])).join(' ');
    const first = `<td>${named(rule, each)} <small>${about}</small></td>`;
    const alerts = cell(
      names.alerts,
      `${amount(each.alerts)}${each.withdrawn > 0 ? `<small>${say(`撤回 ${each.withdrawn}`, `${each.withdrawn} withdrawn`)}</small>` : ''}`,
    );
    const more = truth
      ? truthCells(each, names, worst)
      : cell(names.alarms, `${amount(each.alarmsPer100HomeDays)}${bar(each.alarmsPer100HomeDays, most)}`);
    return [`<tr>${first}${alerts}${more}</tr>`];
  });
  const silent = (watched: boolean): string[] =>
    quiet.flatMap(([rule, each]) => (each.homeDays > 0 === watched ? [named(rule, each)] : []));
  const heads = truth
    ? [names.alerts, names.falses, names.precision, names.recall, names.delay]
    : [names.alerts, names.alarms];
  return `<table class="cards"><thead><tr><th>${say('规则', 'Rule')}</th>${heads.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>${quietRules(silent(true), truth)}${blindRules(silent(false))}`;
}

/** Folded away: in a community with water meters alone these are nine of ten rules. */
function quietRules(silent: readonly string[], truth: boolean): string {
  if (silent.length === 0) return '';
  const words = truth
    ? say(
        `另有 ${silent.length} 条规则：没有告警，也没有该由它发现的事件`,
        `${silent.length} more rules: no alert, and no incident that they should have found`,
      )
    : say(`另有 ${silent.length} 条规则没有告警`, `${silent.length} more rules raised nothing`);
  return `<details><summary>${words}</summary>${note(silent.join('; '))}</details>`;
}

/** That such a rule raised nothing says nothing of it. */
function blindRules(names: readonly string[]): string {
  if (names.length === 0) return '';
  const words = say(
    `另有 ${names.length} 条规则没有看护任何一户：住户没有它要看的设备`,
    `${names.length} more rules watched nobody: no home has the devices that they look at`,
  );
  return `<details><summary>${words}</summary>${note(names.join('; '))}</details>`;
}

const bar = (value: number, most: number): string =>
  most > 0 ? `<span class="share"><i style="width:${((100 * value) / most).toFixed(1)}%"></i></span>` : '';

function truthCells(each: Figures, names: Readonly<Record<string, string>>, worst: number): string {
  const rate = each.falsePer30HomeDays;
  const falses = `${rate === undefined ? dash : amount(rate)}${range(each.falsePer30HomeDaysInterval, amount)}${whisker(rate, each.falsePer30HomeDaysInterval, worst)}`;
  const precision =
    each.precision === undefined
      ? dash
      : `${percent(each.precision)}${range(each.precisionInterval, percent)}`;
  const recall =
    each.recall === undefined
      ? `${dash}${unseenNote(each)}`
      : `${percent(each.recall)} <small>${each.found} / ${each.incidents}</small>${unseenNote(each)}${whisker(each.recall, each.recallInterval, 1)}`;
  const delay = each.delayHours
    ? `${sayText(lengthOf(each.delayHours.p50))} / ${sayText(lengthOf(each.delayHours.p90))}`
    : dash;
  return (
    cell(names['falses'] ?? '', falses) +
    cell(names['precision'] ?? '', precision) +
    cell(names['recall'] ?? '', recall) +
    cell(names['delay'] ?? '', delay)
  );
}

/** What counts neither as found nor as missed, and why. */
function unseenNote({ unseen = {}, incidents }: Figures): string {
  const words = Object.entries(unseen).map(([reason, count]) => {
    // That a rule about falls does not look for leaks needs no line, unless there is nothing else to say.
    if (reason === 'other-signs' && incidents !== 0) return '';
    const { zh, en } = BLIND_REASONS[reason as BlindReason];
    return `<small>${say(`看不到 ${count} 起：${zh}`, `cannot see ${count}: ${en}`)}</small>`;
  });
  return words.join('');
}

/** Which rule finds which kind of incident. */
export function recallMatrix(rules: Report['rules'], titleOf: (kind: string) => Text): string {
  const kinds = [
    ...new Set(
      Object.values(rules).flatMap(({ recallByKind, unseenKinds }) =>
        Object.keys({ ...recallByKind, ...unseenKinds }),
      ),
    ),
  ].sort();
  const rows = Object.entries(rules).filter(
    ([, { recallByKind }]) => Object.keys(recallByKind ?? {}).length > 0,
  );
  if (kinds.length === 0 || rows.length === 0) return '';
  const heads = kinds.map((kind) => `<th>${sayText(titleOf(kind))}</th>`).join('');
  const lines = rows.map(([rule, { recallByKind = {}, unseenKinds = {} }]) => {
    const cells = kinds.map((kind) => {
      const share = recallByKind[kind];
      if (share === undefined) return unseenCell(unseenKinds[kind]);
      return `<td><span class="cell" style="--share:${Math.round(70 * share)}%">${percent(share)}</span></td>`;
    });
    return `<tr><td><b>${escaped(rule)}</b></td>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table class="matrix"><thead><tr><th></th>${heads}</tr></thead><tbody>${lines.join('')}</tbody></table></div>
${note(
  say(
    '空格：该规则不是为这类事件而设。–：该规则看不到：¹ 看的不是这类事件的迹象；² 住户没有相应的设备。',
    'Empty: the rule is about something else. –: it cannot see them: ¹ it looks for other signs; ² nothing in these homes measures it.',
  ),
)}`;
}

const unseenCell = (reason: BlindReason | undefined): string =>
  reason === undefined ? '<td></td>' : `<td>${dash}<sup>${reason === 'other-signs' ? '¹' : '²'}</sup></td>`;

const roleText = (role: string): Text =>
  (ROLE_NAMES as Readonly<Record<string, Text>>)[role] ?? { zh: role, en: role };
const PEOPLE_SHOWN = 10;

/** What people would have been sent, and who most. */
export function staffTable(staff: StaffFigures, days: number): string {
  if (staff.toPeople === 0)
    return note(
      say(
        `共 ${amount(staff.total)} 条通知，只发往群、屏幕与程序：登记信息中没有工作人员（CSV 不含人员，用 YAML）。`,
        `${amount(staff.total)} notices, all to groups, screens and programs: the registry names no staff (CSV cannot, YAML can).`,
      ),
    );
  const rows = staff.people.slice(0, PEOPLE_SHOWN).map((person) => {
    const wrong = person.atNightForNothing;
    const night = `${person.atNight}${wrong === undefined ? '' : ` <small>${say(`${wrong} 条为误报`, `${wrong} for nothing`)}</small>`}`;
    return `<tr><td><b>${escaped(person.id)}</b> <small>${sayText(roleText(person.role))}</small></td>${cell(say('通知', 'Notices'), amount(person.notices))}${cell(say('平均每天', 'A day'), amount(person.perDay))}${cell(say('最多一天', 'Most on one day'), amount(person.mostOnOneDay))}${cell(say('夜间', 'At night'), night)}</tr>`;
  });
  const people = staff.people.length + staff.peopleNotListed;
  const perPerson = days > 0 && people > 0 ? staff.toPeople / people / days : 0;
  return `<p>${say(
    `${amount(people)} 人共收到 ${amount(staff.toPeople)} 条，平均每人每天 ${amount(perPerson)} 条；夜间（22–6 时）${amount(staff.atNight)} 条，打扰 ${amount(staff.nightsBroken)} 个夜晚。`,
    `${amount(people)} people get ${amount(staff.toPeople)} notices, ${amount(perPerson)} a day each; ${amount(staff.atNight)} at night (22:00–06:00), in ${amount(staff.nightsBroken)} nights of somebody.`,
  )}</p>
<table class="cards"><thead><tr><th>${say('收到最多的人', 'Who gets most')}</th><th>${say('通知', 'Notices')}</th><th>${say('平均每天', 'A day')}</th><th>${say('最多一天', 'Most on one day')}</th><th>${say('夜间', 'At night')}</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
