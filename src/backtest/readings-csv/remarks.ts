import { zoneOffset } from '../../lib/local-time.ts';
import type { Text } from '../../model/text.ts';
import { type ReadResult, ROW_PROBLEMS, type RowProblem } from './read.ts';
import {
  type Gap,
  type IndexSeries,
  type Oddity,
  type Place,
  TORRENT_M3_PER_HOUR,
} from './register-series.ts';

/** A remark on so many of something, and where it stands; English has two forms. */
type Remark = readonly [count: number, zh: string, one: string, more: string, where?: string | undefined];

/** What a reader should know of the figures. @param timeZone that of the file: where something stands is told in it */
export function remarksOn(read: ReadResult, series: IndexSeries, timeZone: string): Text[] {
  const { counts } = read;
  const leftOut = Object.entries(counts.problems).map(([problem, count]): Remark => {
    const { zh, en } = ROW_PROBLEMS[problem as RowProblem];
    return [count ?? 0, `略去的行（${zh}）`, `row left out: ${en}`, `rows left out: ${en}`];
  });
  const all = [...ofRows(read), ...ofGaps(series, timeZone), ...ofSeries(series, timeZone), ...leftOut];
  return all.flatMap((remark) => (remark[0] > 0 ? [inWords(remark)] : []));
}

function inWords([count, zh, one, more, where]: Remark): Text {
  const said = { zh: `${zh}：${count}`, en: `${count} ${count === 1 ? one : more}` };
  if (!where) return said;
  return { zh: `${said.zh}（位置：${where}）`, en: `${said.en} (${where})` };
}

const ofRows = ({ counts: { missing, ambiguous }, firstMissing }: ReadResult): Remark[] => [
  [missing, '缺失的值', 'missing value', 'missing values', firstMissing],
  [
    ambiguous,
    '出现两次的本地时间（按先后区分）',
    'local time that comes twice, told apart by its order',
    'local times that come twice, told apart by their order',
  ],
];

/** As it stands in the file, so that it is found there. */
const moment = (at: number, timeZone: string): string =>
  new Date(at + zoneOffset(at, timeZone)).toISOString().slice(0, 16).replace('T', ' ');

const placesIn = (places: readonly Place[], timeZone: string): string =>
  places.map(({ meter, at }) => `${meter} ${moment(at, timeZone)}`).join(', ');

/** The longest of each meter. */
const gapsIn = (gaps: readonly Gap[], timeZone: string): string =>
  gaps
    .map(({ meter, from, at }) => `${meter} ${moment(from, timeZone)} – ${moment(at, timeZone)}`)
    .join(', ');

function ofGaps(series: IndexSeries, timeZone: string): Remark[] {
  const { isOfIntervals, wideGaps, longestGaps } = series;
  const where = gapsIn(longestGaps, timeZone);
  return isOfIntervals
    ? [
        [
          wideGaps,
          '相邻两行间隔过大（没有 --every，视为这段时间的用量都在后一行中）',
          'row far behind the one before: without --every its value is taken for all that was used in between',
          'rows far behind the one before: without --every their values are taken for all that was used in between',
          where,
        ],
      ]
    : [
        [
          wideGaps,
          '相邻两行间隔过大（读数只说明这段时间共用了多少水，规则视其为表计静默）',
          'row far behind the one before: the register tells what was used in all, not when; for rules the meter was silent',
          'rows far behind the one before: the register tells what was used in all, not when; for rules the meter was silent',
          where,
        ],
      ];
}

function ofSeries(series: IndexSeries, timeZone: string): Remark[] {
  const { holes, repeated, contradicting, backwards, torrents } = series;
  const where = (of: Oddity): string => placesIn(series.places[of], timeZone);
  const most = `${TORRENT_M3_PER_HOUR} m³`;
  return [
    [
      holes,
      '用量未知的时段（其后读数重新开始：规则视其为未测量，meter-restart 会报告读数重新开始）',
      'gap in which nobody knows what was used: the index begins anew after it, for rules it is not measured, and meter-restart tells of it',
      'gaps in which nobody knows what was used: the index begins anew after each, for rules they are not measured, and meter-restart tells of them',
      where('holes'),
    ],
    [repeated, '重复的行', 'row that stands twice', 'rows that stand twice', where('repeated')],
    [
      contradicting,
      '时间相同而数值不同的行（以第一行为准）',
      'row of the same time with another value: the first one stands',
      'rows of the same time with another value: the first one stands',
      where('contradicting'),
    ],
    [
      backwards,
      '读数倒退（换表、走满归零或有误）',
      'step backwards of an index: exchange, roll-over or mistake',
      'steps backwards of an index: exchange, roll-over or mistake',
      where('backwards'),
    ],
    [
      torrents,
      `每小时超过 ${most} 的增量，住户用不到这么多（--unit、--decimal 对吗？）`,
      `step of more than ${most} an hour, more than a home can draw: is --unit right, and --decimal?`,
      `steps of more than ${most} an hour, more than a home can draw: is --unit right, and --decimal?`,
      where('torrents'),
    ],
  ];
}
