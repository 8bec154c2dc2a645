import type { Text } from '../../model/text.ts';
import { type ReadResult, ROW_PROBLEMS, type RowProblem } from './read.ts';
import { type IndexSeries, TORRENT_M3_PER_HOUR } from './register-series.ts';

/** A remark on so many of something; English has two forms. */
type Remark = readonly [count: number, zh: string, one: string, more: string];

/** What a reader should know of the figures. */
export function remarksOn({ counts }: ReadResult, series: IndexSeries): Text[] {
  const leftOut = Object.entries(counts.problems).map(([problem, count]): Remark => {
    const { zh, en } = ROW_PROBLEMS[problem as RowProblem];
    return [count ?? 0, `略去的行（${zh}）`, `row left out: ${en}`, `rows left out: ${en}`];
  });
  return [...ofRows(counts), ...ofSeries(series), ...leftOut].flatMap(([count, zh, one, more]) =>
    count > 0 ? [{ zh: `${zh}：${count}`, en: `${count} ${count === 1 ? one : more}` }] : [],
  );
}

const ofRows = ({ missing, ambiguous }: ReadResult['counts']): Remark[] => [
  [missing, '缺失的值', 'missing value', 'missing values'],
  [
    ambiguous,
    '出现两次的本地时间（按先后区分）',
    'local time that comes twice, told apart by its order',
    'local times that come twice, told apart by their order',
  ],
];

function ofSeries(series: IndexSeries): Remark[] {
  const { holes, wideGaps, repeated, contradicting, backwards, torrents } = series;
  const most = `${TORRENT_M3_PER_HOUR} m³`;
  return [
    [
      holes,
      '用量未知的时段（其后读数重新开始：规则视其为未测量，meter-restart 会报告读数重新开始）',
      'gap in which nobody knows what was used: the index begins anew after it, for rules it is not measured, and meter-restart tells of it',
      'gaps in which nobody knows what was used: the index begins anew after each, for rules they are not measured, and meter-restart tells of them',
    ],
    [
      wideGaps,
      '相邻两行间隔过大（没有 --every，视为这段时间的用量都在后一行中）',
      'row far behind the one before: without --every its value is taken for all that was used in between',
      'rows far behind the one before: without --every their values are taken for all that was used in between',
    ],
    [repeated, '重复的行', 'row that stands twice', 'rows that stand twice'],
    [
      contradicting,
      '时间相同而数值不同的行（以第一行为准）',
      'row of the same time with another value: the first one stands',
      'rows of the same time with another value: the first one stands',
    ],
    [
      backwards,
      '读数倒退（换表、走满归零或有误）',
      'step backwards of an index: exchange, roll-over or mistake',
      'steps backwards of an index: exchange, roll-over or mistake',
    ],
    [
      torrents,
      `每小时超过 ${most} 的增量，住户用不到这么多（--unit、--decimal 对吗？）`,
      `step of more than ${most} an hour, more than a home can draw: is --unit right, and --decimal?`,
      `steps of more than ${most} an hour, more than a home can draw: is --unit right, and --decimal?`,
    ],
  ];
}
