import type { Comparison } from '../compare.ts';
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
${byRule(comparison)}
${figuresTable(report, comparison)}
${note(say('逐条对照见 comparison.ndjson。', 'Each alert beside its twin: comparison.ndjson.'))}`;
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

const RULES_MAX = 8;

/** Which rules the change comes from. */
function byRule({ appearsByRule, disappearsByRule }: Comparison): string {
  const words = (counts: Readonly<Record<string, number>>): string => {
    const most = Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    const listed = most
      .slice(0, RULES_MAX)
      .map(([rule, count]) => `<b>${escaped(rule)}</b> ${amount(count)}`);
    return [...listed, ...(most.length > RULES_MAX ? ['…'] : [])].join(', ');
  };
  const [appears, disappears] = [words(appearsByRule), words(disappearsByRule)];
  return [
    appears && `<p>${say('新增的来自：', 'What appears is from: ')}${appears}</p>`,
    disappears && `<p>${say('消失的来自：', 'What disappears was from: ')}${disappears}</p>`,
  ].join('');
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
