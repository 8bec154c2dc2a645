import { csvLine } from '../../lib/csv-line.ts';
import { PRIORITIES } from '../../model/alert.ts';
import { type Desk, LOAD_MARKS } from '../../model/alert-load.ts';
import { OUTCOMES } from '../../model/case.ts';
import { STAFF_ROLE_TITLES } from '../../model/staff-roles.ts';
import type { Locale, Text } from '../../model/text.ts';
import { wallTime } from '../wall-time.ts';
import type { Answerer, OverdueFigures } from './answers.ts';
import type { Took } from './rules.ts';
import type { AlertLoadReply } from './schema.ts';

/** A figure a row: what it is, of whom or what, how much, in which unit, and the mark beside it. */
type Row = readonly [
  figure: Text,
  of: Text | string,
  value: Text | string | number | undefined,
  unit?: Text | undefined,
  mark?: Text,
];

const text = (zh: string, en: string): Text => ({ zh, en });
const ALERTS = text('条', 'alerts');
const CASES = text('件', 'cases');
const TIMES = text('次', 'times');
const PERCENT = text('%', '%');
const MINUTES = text('分钟', 'min');
const HEAD: readonly Text[] = [
  text('指标', 'figure'),
  text('对象', 'of'),
  text('数值', 'value'),
  text('单位', 'unit'),
  text('参考值', 'mark'),
];
const ALL = text('合计', 'all');
const DESK_TITLES: Readonly<Record<Desk, Text>> = {
  community: text('每个社区一个值班席', 'a desk for each community'),
  grid: text('每个网格一个值班席', 'a desk for each grid'),
  area: text('所选范围一个值班席', 'one desk for all'),
};
const ANSWERER_TITLES: Readonly<Record<Answerer, Text>> = {
  ...STAFF_ROLE_TITLES,
  other: text('其他人', 'others'),
  nobody: text('无人接手', 'nobody'),
};

/** Rounded for people: what is behind the point is of no use beside the mark. */
const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
const percent = (share: number | undefined): number | undefined =>
  share === undefined ? undefined : round(share * 100, 1);
const minutes = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : round(ms / 60_000, 1);

export function loadTable(load: AlertLoadReply, locale: Locale, timeZone: string): string[] {
  const said = (of: Text | string | number | undefined): string =>
    of === undefined ? '' : typeof of === 'object' ? of[locale] : String(of);
  return [
    csvLine(HEAD.map((title) => title[locale])),
    ...[
      ...ofAll(load, timeZone),
      ...ofDesks(load, timeZone),
      ...ofNeeds(load),
      ...ofRules(load),
      ...ofSources(load, timeZone),
      ...ofPeople(load, timeZone),
    ].map(([figure, of, value, unit, mark]) => csvLine([figure, of, value, unit, mark].map(said))),
  ];
}

function ofAll(load: AlertLoadReply, timeZone: string): Row[] {
  const { P1, P2, P3, P4 } = load.byPriority;
  const mix = (n: number): number | undefined => (load.alerts === 0 ? undefined : percent(n / load.alerts));
  return [
    [text('统计截止', 'counted up to'), ALL, wallTime(load.until, timeZone)],
    [
      text('统计起点（过多时）', 'counted from (where there are too many)'),
      ALL,
      wallTime(load.countedFrom, timeZone),
    ],
    [text('运行记录起点', 'running written down since'), ALL, wallTime(load.recordedFrom, timeZone)],
    [text('值班席', 'desk'), ALL, DESK_TITLES[load.desk]],
    [text('系统运行的整小时数', 'whole hours in which the service ran'), ALL, load.hours, text('小时', 'h')],
    [text('告警', 'alerts'), ALL, load.alerts, ALERTS],
    [text('其中求助呼叫', 'of these, calls for help'), ALL, load.calls, ALERTS],
    [text('户数', 'homes'), ALL, load.homes],
    [
      text('每户每 30 天告警', 'alerts of a home in 30 days'),
      ALL,
      load.perHomeMonth === undefined ? undefined : round(load.perHomeMonth),
      ALERTS,
    ],
    ...PRIORITIES.map(
      (one): Row => [text(`${one} 告警`, `alerts of ${one}`), ALL, load.byPriority[one], ALERTS],
    ),
    [text('高等级（P1）占比', 'share of high (P1)'), ALL, mix(P1), PERCENT, text('约 5', 'about 5')],
    [text('中等级（P2）占比', 'share of medium (P2)'), ALL, mix(P2), PERCENT, text('约 15', 'about 15')],
    [
      text('低等级（P3、P4）占比', 'share of low (P3, P4)'),
      ALL,
      mix(P3 + P4),
      PERCENT,
      text('约 80', 'about 80'),
    ],
    [text('接手前自行解除', 'ended before anybody took it'), ALL, load.alone.n, ALERTS],
    [text('已接手或已解除', 'taken, or ended'), ALL, load.alone.of, ALERTS],
    [text('本期挂起超过 24 小时', 'of the period, so for more than 24 h'), ALL, load.stale.raised, ALERTS],
    [
      text('现在挂起超过 24 小时', 'so for more than 24 h at this moment'),
      ALL,
      load.stale.now,
      ALERTS,
      text(`每席少于 ${LOAD_MARKS.staleMax}`, `fewer than ${LOAD_MARKS.staleMax} a desk`),
    ],
    [text('登记外出', 'absences registered'), ALL, load.away.registered, TIMES],
    [
      text('外出提前结束（已见到有人在家）', 'absences ended early: somebody was seen at home'),
      ALL,
      load.away.endedByLife,
      TIMES,
    ],
  ];
}

const ACCEPTABLE = text(
  `${LOAD_MARKS.perHourAcceptable} 以内可接受，最多 ${LOAD_MARKS.perHourMax}`,
  `up to ${LOAD_MARKS.perHourAcceptable} acceptable, at most ${LOAD_MARKS.perHourMax}`,
);

function ofDesks({ total, desks, moreDesks }: AlertLoadReply, timeZone: string): Row[] {
  const rows = (
    of: Text | string,
    { alerts, perHour, flood }: Omit<AlertLoadReply['total'], 'desks' | 'above'>,
  ): Row[] => [
    [text('值班席收到的告警', 'alerts of the desk'), of, alerts, ALERTS],
    [
      text('每小时告警（平均）', 'alerts an hour (mean)'),
      of,
      perHour && round(perHour.mean),
      ALERTS,
      ACCEPTABLE,
    ],
    [text('每小时告警（95% 的小时不超过）', 'alerts an hour (p95)'), of, perHour?.p95, ALERTS, ACCEPTABLE],
    [text('最忙的一小时', 'the hour with most'), of, perHour?.max, ALERTS],
    [text('最忙的一小时从', 'that hour began'), of, wallTime(perHour?.maxAt, timeZone)],
    [
      text(
        `超过 ${LOAD_MARKS.perHourMax} 条的小时占比`,
        `share of hours with more than ${LOAD_MARKS.perHourMax}`,
      ),
      of,
      percent(perHour?.overMax),
      PERCENT,
    ],
    [
      text('告警洪峰时间占比', 'share of time in flood'),
      of,
      flood && round(flood.share * 100, 3),
      PERCENT,
      text('小于 1', 'below 1'),
    ],
    [text('告警洪峰次数', 'floods'), of, flood?.count, TIMES],
  ];
  return [
    ...rows(ALL, total),
    [text('值班席个数', 'desks'), ALL, total.desks],
    [text('不属于任何值班席的告警', 'alerts above all desks'), ALL, total.above, ALERTS],
    ...desks.flatMap(({ path, places, ...one }) => rows(path === '' ? ALL : namesOf(places), one)),
    ...(moreDesks > 0 ? [[text('未列出的值班席', 'desks not listed'), ALL, moreDesks] as const] : []),
  ];
}

const namesOf = (places: AlertLoadReply['desks'][number]['places']): string =>
  places.map(({ name }) => name).join(' ');

function ofNeeds({ needs }: AlertLoadReply): Row[] {
  return [
    [
      text(
        '系统漏掉的：被发现时已需要帮助，之前没有告警',
        'missed: found in need, and nothing had been raised',
      ),
      ALL,
      needs.missed,
      CASES,
      text('0', '0'),
    ],
    [
      text('有告警，但人是别人先发现的', 'found in need though something had been raised'),
      ALL,
      needs.foundRaised,
      CASES,
    ],
    [text('确有需要', 'confirmed needs'), ALL, needs.confirmed, CASES],
    [text('其中设备先报警', 'of these, a device raised first'), ALL, needs.byDevice, CASES],
    [text('其中有人来电来人才知道', 'of these, known by word of mouth alone'), ALL, needs.byWord, CASES],
    [
      text('已知的需要中设备先报警的占比', 'share of known needs of which a device raised first'),
      ALL,
      percent(needs.share),
      PERCENT,
    ],
    [text('该占比的 95% 区间下限', 'lower end of its interval of 95 %'), ALL, percent(needs.low), PERCENT],
    [text('该占比的 95% 区间上限', 'upper end of its interval of 95 %'), ALL, percent(needs.high), PERCENT],
    [text('到场', 'times on site'), ALL, needs.onSite, TIMES],
    [
      text('原来是外出而没有登记', 'turned out to be an absence nobody registered'),
      ALL,
      needs.unregisteredAway,
      CASES,
    ],
    ...needs.found.map(
      ({ number, place, outcome, raisedBefore }): Row => [
        raisedBefore
          ? text('别人先发现（之前有告警）', 'found, something had been raised')
          : text('系统漏掉', 'missed'),
        text(`#${number} ${place.zh}`, `#${number} ${place.en}`),
        outcome === undefined ? text('尚无结果', 'no outcome yet') : OUTCOMES[outcome],
      ],
    ),
  ];
}

function ofRules({ rules }: AlertLoadReply): Row[] {
  return rules.flatMap(({ rule, title, alerts, perHomeMonth, delay, sinceSign, alone }): Row[] => {
    const of = title === undefined ? rule : text(`${title.zh} ${rule}`, `${title.en} ${rule}`);
    return [
      [text('告警', 'alerts'), of, alerts, ALERTS],
      [
        text('每户每 30 天告警', 'alerts of a home in 30 days'),
        of,
        perHomeMonth === undefined ? undefined : round(perHomeMonth, 3),
        ALERTS,
      ],
      ...tookRows(text('成立到告警', 'raised after it became so'), of, delay),
      ...(sinceSign.n === 0
        ? []
        : tookRows(text('最后生活迹象到告警', 'raised after the last sign of life'), of, sinceSign)),
      [text('接手前自行解除', 'ended before anybody took it'), of, alone.n, ALERTS],
      [text('已接手或已解除', 'taken, or ended'), of, alone.of, ALERTS],
    ];
  });
}

const tookRows = ({ zh, en }: Text, of: Text | string, { n, p50Ms, p90Ms }: Took): Row[] => [
  [text(`${zh}：次数`, `${en}: number`), of, n, TIMES],
  [text(`${zh}：半数不超过`, `${en}: p50`), of, minutes(p50Ms), MINUTES],
  [text(`${zh}：九成不超过`, `${en}: p90`), of, minutes(p90Ms), MINUTES],
];

function ofSources({ sources, stale }: AlertLoadReply, timeZone: string): Row[] {
  type Source = AlertLoadReply['sources']['top'][number];
  const named = ({
    place,
    title,
    rule,
    device = '',
  }: Pick<Source, 'place' | 'title' | 'rule' | 'device'>): Text =>
    text(
      [place.zh, title?.zh ?? rule, device].filter(Boolean).join(' '),
      [place.en, title?.en ?? rule, device].filter(Boolean).join(' '),
    );
  return [
    [
      text(
        `最多的 ${LOAD_MARKS.topSources} 个来源占比`,
        `share of the ${LOAD_MARKS.topSources} sources with most`,
      ),
      ALL,
      percent(sources.topShare),
      PERCENT,
      text('1 至 5 以内', 'at most 1 to 5'),
    ],
    [
      text('反复跳变的来源（一分钟内 3 次）', 'sources that chatter (3 changes a minute)'),
      ALL,
      sources.chattering,
      undefined,
      text('0', '0'),
    ],
    [
      text('反复告警的来源（一天内 3 次）', 'sources that repeat (raised 3 times a day)'),
      ALL,
      sources.repeating,
      undefined,
      text('0', '0'),
    ],
    ...sources.top.map(
      (one): Row => [text('最多的来源', 'a source with most'), named(one), one.alerts, ALERTS],
    ),
    ...sources.restless.map(
      (one): Row => [text('反复的来源', 'a restless source'), named(one), one.alerts, ALERTS],
    ),
    ...stale.oldest.map(
      (one): Row => [text('挂起自', 'so since'), named(one), wallTime(one.raisedAt, timeZone)],
    ),
  ];
}

function ofPeople({ answers, overdue }: AlertLoadReply, timeZone: string): Row[] {
  const person = ({ name, role }: OverdueFigures): Text => {
    const title = role === undefined ? undefined : ANSWERER_TITLES[role];
    if (name === '') return ANSWERER_TITLES.nobody;
    return text(`${name} ${title?.zh ?? ''}`.trim(), `${name} ${title?.en ?? ''}`.trim());
  };
  return [
    ...answers.flatMap(({ by, cases, owed, within, took }): Row[] => {
      const of = ANSWERER_TITLES[by];
      return [
        [text('接手', 'taken'), of, cases, CASES],
        [text('应按时接手', 'to be taken in time'), of, owed, CASES],
        [text('按时接手', 'taken in time'), of, within, CASES],
        ...(by === 'nobody' ? [] : tookRows(text('接手用时', 'time until taken'), of, took)),
      ];
    }),
    ...overdue.flatMap((one): Row[] => [
      [text('现在逾期', 'overdue at this moment'), person(one), one.overdue, CASES],
      [text('手上未办结', 'not done, in their hands'), person(one), one.open, CASES],
      [text('逾期自', 'overdue since'), person(one), wallTime(one.dueSince, timeZone)],
    ]),
  ];
}
