import type { Text } from '../../model/text.ts';
import { type ReadResult, ROW_PROBLEMS, type RowProblem } from './read.ts';
import { type IndexSeries, TORRENT_M3_PER_HOUR } from './register-series.ts';

/** What a reader should know of the figures: how often, and what. */
export function remarksOn({ counts }: ReadResult, series: IndexSeries, isUsed: boolean): [number, Text][] {
  const most = TORRENT_M3_PER_HOUR;
  const missing = isUsed
    ? { zh: '缺失的值（其间的用量不在任何读数中）', en: 'missing values: what was used then is in no index' }
    : { zh: '缺失的值', en: 'missing values' };
  const leftOut = Object.entries(counts.problems).map(([problem, count]): [number, Text] => {
    const { zh, en } = ROW_PROBLEMS[problem as RowProblem];
    return [count ?? 0, { zh: `略去的行（${zh}）`, en: `rows left out: ${en}` }];
  });
  return [
    [counts.missing, missing],
    [
      counts.ambiguous,
      {
        zh: '出现两次的本地时间（按先后区分）',
        en: 'local times that come twice, told apart by their order',
      },
    ],
    [series.repeated, { zh: '重复的行', en: 'rows that stand twice' }],
    [
      series.contradicting,
      {
        zh: '时间相同而数值不同的行（以第一行为准）',
        en: 'rows of the same time with another value: the first one stands',
      },
    ],
    [
      series.backwards,
      {
        zh: '读数倒退（换表、走满归零或有误）',
        en: 'steps backwards of an index: exchange, roll-over or mistake',
      },
    ],
    [
      series.torrents,
      {
        zh: `每小时超过 ${most} m³ 的增量，住户用不到这么多（--unit、--decimal 对吗？）`,
        en: `steps of more than ${most} m³ an hour, more than a home can draw: is --unit right, and --decimal?`,
      },
    ],
    ...leftOut,
  ];
}
