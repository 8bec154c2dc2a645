import { DAY } from '../../lib/clock.ts';
import { zoneOffset } from '../../lib/local-time.ts';
import type { Text } from '../../model/text.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Comparison } from '../compare.ts';
import type { HomeRow } from '../home-table.ts';
import type { Report, RuleFigures, Scored } from '../report.ts';
import { comparisonPicture } from './comparison.ts';
import { delayPicture } from './delays.ts';
import { heatKey, heatMap, interestingHomes } from './heat-map.ts';
import { homesPicture } from './homes.ts';
import { amount, escaped, lengthOf, note, percent, range, say, sayText, section } from './markup.ts';
import { STYLE } from './style.ts';
import { recallMatrix, ruleTable, staffTable } from './tables.ts';

/** Homes that are drawn hour by hour. */
const HOMES_DRAWN = 8;

export interface ReportPageOptions {
  readonly now: Scored;
  readonly rows: readonly HomeRow[];
  readonly registry: Registry;
  /** What kinds of incidents, and rules, are called; what has no name shows as it is. */
  readonly titles: Titles;
  readonly comparison?: Comparison;
}

export interface Titles {
  readonly incidents: ReadonlyMap<string, Text>;
  readonly rules: ReadonlyMap<string, Text>;
}

/** The report as one page that needs nothing else: no script, no network. */
export function reportPage({ now, rows, registry, titles, comparison }: ReportPageOptions): string {
  const { report, run, scoring } = now;
  const incidentTitle = (kind: string): Text => titles.incidents.get(kind) ?? { zh: kind, en: kind };
  const people = scoring.detections(
    run.alerts.filter(({ about }) => about === 'person'),
    ['person'],
  );
  const drawn = interestingHomes(now, HOMES_DRAWN);
  const days = (run.to - run.from) / DAY;
  const parts = [
    tiles(report, days),
    comparison &&
      section(
        'comparison',
        say('与另一套规则比较', 'Against the other rule set'),
        comparisonPicture(report, comparison),
      ),
    scoring.truth &&
      people.length > 0 &&
      section(
        'delays',
        say('多久才发现', 'How long until it was known'),
        delayPicture(people, incidentTitle),
      ),
    section(
      'rules',
      say('每条规则', 'Every rule'),
      ruleTable(report.rules, ruleTitle(titles)) + recall(report, incidentTitle),
    ),
    Object.keys(report.shadowRules).length > 0 &&
      section(
        'shadow',
        say('试运行的规则（不通知任何人）', 'Rules in shadow mode (they tell nobody)'),
        ruleTable(report.shadowRules, ruleTitle(titles)),
      ),
    section(
      'homes',
      say('每户关于老人的告警', 'Alerts about people per home'),
      homesPicture(rows, new Set(drawn.map(({ home }) => home))),
    ),
    drawn.length > 0 &&
      section(
        'days',
        say('最值得看的住户：每天每小时', 'The homes to look at first, hour by hour'),
        heatKey(scoring.truth !== undefined) +
          drawn.map((each) => heatMap(each, now, placeOf(registry, each.home), incidentTitle)).join(''),
      ),
    section(
      'staff',
      say('工作人员会收到什么', 'What staff would have been sent'),
      staffTable(report.notices, days),
    ),
    section('method', say('怎样得出', 'How this was found'), method(report)),
  ];
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>守望 回测报告 · Shouwang backtest</title><style>${STYLE}</style></head><body>
<input class="lang" type="radio" name="lang" id="show-zh" checked><input class="lang" type="radio" name="lang" id="show-en">
<main><div class="switch"><label for="show-zh">中文</label><label for="show-en">English</label></div>
<h1>${say('回测报告', 'Backtest report')}</h1>
${facts(report, run.coverage.first?.timeZone ?? 'UTC')}
${parts.filter((part) => typeof part === 'string').join('\n')}
</main></body></html>
`;
}

/** Where the home is, without who lives there: the page is passed on. A registry from CSV has no other name than the id. */
function placeOf(registry: Registry, home: string): Text {
  const { zh, en } = addressOf(registry, home);
  const without = (text: string): string =>
    text.endsWith(home) ? text.slice(0, -home.length).trimEnd() : text;
  return { zh: without(zh), en: without(en).replace(/,$/, '') };
}

function addressOf(registry: Registry, home: string): Text {
  const { zh, en } = registry.place(home);
  const names = registry.residents(home).map(({ name }) => name);
  if (names.length === 0) return { zh, en };
  return {
    zh: zh.slice(0, -names.join('、').length).trimEnd(),
    en: en.slice(0, -` · ${names.join(', ')}`.length),
  };
}

function facts(report: Report, timeZone: string): string {
  const day = (iso: string | null): string =>
    iso === null
      ? '–'
      : new Date(Date.parse(iso) + zoneOffset(Date.parse(iso), timeZone)).toISOString().slice(0, 10);
  const { from, to, readings } = report.recording;
  return `<p class="facts">${say(
    `规则集 <b>${escaped(report.ruleSet)}</b>（内容 ${report.ruleContent}）· ${day(from)} 至 ${day(to)} · ${amount(report.homes)} 户 · ${amount(Math.round(report.homeDays))} 户日 · 其中 ${percent(report.measuredShare)} 有读数 · ${amount(readings)} 条读数`,
    `Rule set <b>${escaped(report.ruleSet)}</b> (content ${report.ruleContent}) · ${day(from)} to ${day(to)} · ${amount(report.homes)} homes · ${amount(Math.round(report.homeDays))} home-days · measured for ${percent(report.measuredShare)} of it · ${amount(readings)} readings`,
  )}</p>${neverHeard(report)}`;
}

function neverHeard({ homesNeverHeard }: Report): string {
  if (homesNeverHeard === 0) return '';
  return `<p><b style="color:var(--miss)">${say(`${homesNeverHeard} 户登记了设备却从未上报：没有人看护他们。`, `${homesNeverHeard} homes have devices of which nothing came: nobody watched them.`)}</b></p>`;
}

function tile(what: string, value: string, below: string, bad = false): string {
  return `<div class="tile"><span class="what">${what}</span><b${bad ? ' class="bad"' : ''}>${value}</b>${below}</div>`;
}

const small = (body: string): string => `<small>${body}</small>`;

function tiles(report: Report, days: number): string {
  const { person, notices } = report;
  const night = notices.atNightForNothing;
  const nobody = notices.toPeople === 0 && notices.total > 0;
  const told = tile(
    say('通知到人 / 天', 'Notices to people a day'),
    nobody ? '–' : amount(days > 0 ? notices.toPeople / days : 0),
    nobody
      ? small(say('登记信息中没有工作人员', 'the registry names no staff'))
      : small(
          say(
            `夜间共 ${amount(notices.atNight)} 条${night === undefined ? '' : `，误报 ${amount(night)} 条`}`,
            `${amount(notices.atNight)} at night${night === undefined ? '' : `, ${amount(night)} for nothing`}`,
          ),
        ),
  );
  if (person.falsePer30HomeDays === undefined || person.incidents === undefined) {
    const cases = Object.values(report.cases).reduce((sum, count) => sum + count, 0);
    return `<div class="tiles">${tile(say('关于老人的告警', 'Alerts about people'), amount(person.alerts), '')}${tile(say('每 100 户日', 'Per 100 home-days'), amount(person.alarmsPer100HomeDays), small(say('重叠的算一次', 'what overlaps is one')))}${tile(say('事项', 'Cases'), amount(cases), small(say('回放中无人处置：一户的告警并入同一事项', 'nobody closes them here: one holds all alerts of its home')))}${told}</div>`;
  }
  const { delayHours, recall } = person;
  const perDay = (person.falsePer30HomeDays / 30) * 100;
  return `<div class="tiles">${tile(
    say('老人出事被发现', 'Incidents of people found'),
    recall === undefined ? '–' : percent(recall),
    small(say(`${person.found} / ${person.incidents} 起`, `${person.found} of ${person.incidents}`)) +
      range(person.recallInterval, percent),
    recall !== undefined && recall < 0.9,
  )}${tile(
    say('延迟中位数', 'Median delay'),
    delayHours ? sayText(lengthOf(delayHours.p50)) : '–',
    delayHours
      ? small(
          say(`九成在 ${lengthOf(delayHours.p90).zh}内`, `nine of ten within ${lengthOf(delayHours.p90).en}`),
        )
      : '',
  )}${tile(
    say('关于老人的误报 / 30 户日', 'False alerts about people / 30 home-days'),
    amount(person.falsePer30HomeDays),
    range(person.falsePer30HomeDaysInterval, amount) +
      small(say(`100 户每天约 ${amount(perDay)} 次`, `${amount(perDay)} a day in 100 homes`)) +
      beyondPeople(report),
  )}${told}</div>`;
}

/** What the figure about people leaves out, and how much of it came while nobody was there, or more people than usual. */
function beyondPeople({ person, overall }: Report): string {
  const all = amount(overall.falsePer30HomeDays ?? 0);
  const quiet = (person.falseDuring?.['away'] ?? 0) + (person.falseDuring?.['guest'] ?? 0);
  const during =
    quiet > 0
      ? small(
          say(
            `${person.falseAlerts} 条中 ${quiet} 条在外出或来客期间`,
            `${quiet} of ${person.falseAlerts} while away or with guests`,
          ),
        )
      : '';
  return (
    during + small(say(`连同设备、住房、区域共 ${all}`, `${all} with those about devices, homes, areas`))
  );
}

const ruleTitle =
  ({ rules }: Titles) =>
  (rule: string, { kind }: RuleFigures): Text =>
    rules.get(rule) ?? { zh: kind, en: kind };

function recall(report: Report, titleOf: (kind: string) => Text): string {
  const matrix = recallMatrix(report.rules, titleOf);
  return matrix === ''
    ? ''
    : `<h3 style="margin-top:22px">${say('哪条规则发现哪类事件', 'Which rule finds what')}</h3>${matrix}`;
}

function method(report: Report): string {
  const { recording, scoring } = report;
  const rejected = Object.values(recording.rejections).reduce((sum: number, count) => sum + (count ?? 0), 0);
  const data = say(
    `${amount(recording.messages)} 条报文按到达先后经过与线上相同的规则与事项流程；拒收 ${amount(rejected)} 条。`,
    `${amount(recording.messages)} messages, in order of arrival, through the same rules and cases as the live service; ${amount(rejected)} refusals.`,
  );
  if (!scoring)
    return note(
      `${data} ${say('没有真实事件清单（--truth），因此不知道哪些告警是误报。', 'Without a list of what truly was (--truth) nobody knows which alerts were false.')}`,
    );
  return (
    note(data) +
    note(
      say(
        `告警在事件开始之后、结束后 ${scoring.aftermathHours} 小时之内、且对象相符（老人对老人、住房对住房、设备对设备或区域），才算与事件有关；其余为误报，外出期间的也算；只有电量低的提醒在电池耗尽之前就算。事件开始时已有告警未解除的，不计入发现率。`,
        `An alert belongs to an incident of its home if it was raised after it began and no later than ${scoring.aftermathHours} h after it ended, and is about the same: a person, the home, a device or area. All others are false, also those while somebody was away; but a word of a low battery counts before it is flat. Incidents that began during an open alert are left out of recall.`,
      ),
    ) +
    note(say(`区间：95 %，按户重抽样。`, `Intervals: ${escaped(scoring.intervals)}.`))
  );
}
