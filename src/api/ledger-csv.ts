import { csvLine } from '../lib/csv-line.ts';
import { CALL_BACK_RESULTS, CONTACT_WAYS, OUTCOMES } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import { type JudgedRound, roundsOf } from '../model/case-rounds.ts';
import { CASE_TARGETS, type CaseTarget } from '../model/case-targets.ts';
import { requestCategory } from '../model/request-category.ts';
import type { Locale, Text } from '../model/text.ts';
import type { NumberedCase } from '../ports/records.ts';
import { isWithin } from './ledger.ts';
import { wallTime } from './wall-time.ts';

/**
 * The ledger as a table for those who keep it on paper or in a spreadsheet. Times by the clocks of the home. A case that
 * was reopened has a row for each round, so that what stands in a row belongs together; the last one is of the whole case.
 */

const STATUSES: Readonly<Record<NumberedCase['status'], Text>> = {
  open: { zh: '待接手', en: 'open' },
  acknowledged: { zh: '处理中', en: 'acknowledged' },
  resolved: { zh: '待回访', en: 'waits for its call-back' },
  'struck-off': { zh: '已销号', en: 'struck off' },
};
const REOPENED: Text = { zh: '已重新打开', en: 'reopened' };
const WITHIN: Readonly<Record<CaseTarget, Text>> = {
  acknowledge: { zh: '按时接手', en: 'taken in time' },
  contact: { zh: '按时联系', en: 'reached in time' },
  onSite: { zh: '按时到场', en: 'on site in time' },
  resolve: { zh: '按时处置', en: 'resolved in time' },
  callBack: { zh: '按时回访', en: 'called back in time' },
};

interface Column {
  readonly title: Text;
  readonly value: (one: NumberedCase, round: Round, row: Row) => string;
}
interface Row {
  readonly locale: Locale;
  /** The names from the community down to the door: the path means something to programs only. */
  readonly place: string;
  readonly timeZone: string;
  readonly now: number;
}
/** What one row tells of a case. */
interface Round extends JudgedRound {
  readonly n: number;
}

type Of<T> = (one: NumberedCase, round: Round) => T | undefined;
const when = (title: Text, at: Of<number>): Column => ({
  title,
  value: (one, round, { timeZone }) => wallTime(at(one, round), timeZone),
});
const words = (title: Text, value: Of<string | number>): Column => ({
  title,
  value: (one, round) => String(value(one, round) ?? ''),
});
const said = (title: Text, value: Of<Text>): Column => ({
  title,
  value: (one, round, { locale }) => value(one, round)?.[locale] ?? '',
});
/** What is so of the whole case stands in its last row. */
const atLast =
  <T>(value: (one: NumberedCase) => T | undefined): Of<T> =>
  (one, { reopenedAt }) =>
    reopenedAt === undefined ? value(one) : undefined;

const COLUMNS: readonly Column[] = [
  words({ zh: '编号', en: 'number' }, (one) => one.number),
  said({ zh: '类型', en: 'kind' }, (one) => definitionOf(one.kind).title),
  said({ zh: '诉求类别', en: 'category' }, ({ category }) => category && requestCategory(category).title),
  words({ zh: '等级', en: 'priority' }, (one) => one.priority),
  said({ zh: '状态', en: 'status' }, (one, { reopenedAt }) =>
    reopenedAt === undefined ? STATUSES[one.status] : REOPENED,
  ),
  said({ zh: '事项', en: 'case' }, (one) => one.title),
  { title: { zh: '位置', en: 'place' }, value: (_one, _round, { place }) => place },
  when({ zh: '发生时间', en: 'opened' }, (one) => one.openedAt),
  words({ zh: '轮次', en: 'round' }, (_, { n }) => n),
  when({ zh: '接手时间', en: 'taken' }, (_, round) => round.takenAt),
  words({ zh: '接手人', en: 'taken by' }, (_, round) => round.takenBy),
  when({ zh: '首次联系', en: 'reached' }, (_, round) => round.contactAt),
  when({ zh: '到场时间', en: 'on site' }, (_, round) => round.onSiteAt),
  when({ zh: '处置时间', en: 'resolved' }, (_, round) => round.resolvedAt),
  words({ zh: '处置人', en: 'resolved by' }, (_, round) => round.resolvedBy),
  said({ zh: '处置结果', en: 'outcome' }, (_, { outcome }) => outcome && OUTCOMES[outcome]),
  words({ zh: '说明', en: 'note' }, (_, round) => round.outcomeNote),
  said({ zh: '接触方式', en: 'contact' }, (_, { contact }) => contact && CONTACT_WAYS[contact]),
  words({ zh: '接触人', en: 'contact by' }, (_, round) => round.contactMadeBy),
  when({ zh: '回访时间', en: 'called back' }, (_, round) => round.calledBackAt),
  words({ zh: '回访人', en: 'called back by' }, (_, round) => round.calledBackBy),
  said({ zh: '回访结果', en: 'call-back' }, (_, { calledBackAt, reopenedAt }) =>
    calledBackAt === undefined
      ? undefined
      : CALL_BACK_RESULTS[reopenedAt === undefined ? 'satisfied' : 'not-satisfied'],
  ),
  words(
    { zh: '未能联系次数', en: 'not reached' },
    atLast((one) => one.unreached),
  ),
  when({ zh: '重开时间', en: 'reopened at' }, (_, { reopenedAt }) => reopenedAt),
  when(
    { zh: '销号时间', en: 'struck off' },
    atLast((one) => one.struckOffAt),
  ),
  words(
    { zh: '销号人', en: 'struck off by' },
    atLast((one) => one.struckOffBy),
  ),
  words(
    { zh: '销号原因', en: 'struck off because' },
    atLast((one) => one.struckOffReason),
  ),
  words({ zh: '重开次数', en: 'reopened' }, (one) => one.reopened ?? 0),
  ...CASE_TARGETS.map(
    (target): Column => ({
      title: WITHIN[target],
      value: (_, round, { locale, now }) => yesOrNo(isWithin(round, target, now), locale),
    }),
  ),
  words({ zh: '路径', en: 'path' }, (one) => one.path),
];

export const csvHead = (locale: Locale): string => csvLine(COLUMNS.map(({ title }) => title[locale]));

/** The rows of a case, a round each, the first round first. */
export function csvRows(one: NumberedCase, row: Row): string {
  const rounds = roundsOf(one);
  // Of a case that was reopened more often than is kept the last rounds are known.
  const before = Math.max(0, (one.reopened ?? 0) + 1 - rounds.length);
  return rounds
    .map((round, i) => ({ ...round, n: before + i + 1 }))
    .map((round) => csvLine(COLUMNS.map(({ value }) => value(one, round, row))))
    .join('');
}

const yesOrNo = (yes: boolean | undefined, locale: Locale): string => {
  if (yes === undefined) return '';
  if (locale === 'zh') return yes ? '是' : '否';
  return yes ? 'yes' : 'no';
};
