import { localTime } from '../lib/local-time.ts';
import { CONTACT_WAYS, OUTCOMES } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import { CASE_TARGETS, type CaseTarget } from '../model/case-targets.ts';
import type { Locale, Text } from '../model/text.ts';
import type { NumberedCase } from '../ports/records.ts';
import { isWithin } from './ledger.ts';

/** The ledger as a table for those who keep it on paper or in a spreadsheet. Times by the clocks of the home. */

const STATUSES: Readonly<Record<NumberedCase['status'], Text>> = {
  open: { zh: '未接手', en: 'open' },
  acknowledged: { zh: '处置中', en: 'acknowledged' },
  resolved: { zh: '待回访', en: 'waits for its call-back' },
  'struck-off': { zh: '已销号', en: 'struck off' },
};
const WITHIN: Readonly<Record<CaseTarget, Text>> = {
  acknowledge: { zh: '按时接手', en: 'taken in time' },
  contact: { zh: '按时联系', en: 'reached in time' },
  onSite: { zh: '按时到场', en: 'on site in time' },
  resolve: { zh: '按时处置', en: 'resolved in time' },
  callBack: { zh: '按时回访', en: 'called back in time' },
};

interface Column {
  readonly title: Text;
  readonly value: (one: NumberedCase, row: Row) => string;
}
interface Row {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly now: number;
}

const when = (title: Text, at: (one: NumberedCase) => number | undefined): Column => ({
  title,
  value: (one, { timeZone }) => wallTime(at(one), timeZone),
});
const words = (title: Text, value: (one: NumberedCase) => string | number | undefined): Column => ({
  title,
  value: (one) => String(value(one) ?? ''),
});
const said = (title: Text, value: (one: NumberedCase) => Text | undefined): Column => ({
  title,
  value: (one, { locale }) => value(one)?.[locale] ?? '',
});

const COLUMNS: readonly Column[] = [
  words({ zh: '编号', en: 'number' }, (one) => one.number),
  said({ zh: '类型', en: 'kind' }, (one) => definitionOf(one.kind).title),
  words({ zh: '等级', en: 'priority' }, (one) => one.priority),
  said({ zh: '状态', en: 'status' }, (one) => STATUSES[one.status]),
  said({ zh: '事项', en: 'case' }, (one) => one.title),
  words({ zh: '位置', en: 'place' }, (one) => one.path),
  when({ zh: '发生时间', en: 'opened' }, (one) => one.openedAt),
  when({ zh: '接手时间', en: 'taken' }, (one) => one.takenAt ?? one.acknowledgedAt),
  words({ zh: '接手人', en: 'taken by' }, (one) => one.acknowledgedBy),
  when({ zh: '首次联系', en: 'reached' }, (one) => one.contactAt),
  when({ zh: '到场时间', en: 'on site' }, (one) => one.onSiteAt),
  when({ zh: '处置时间', en: 'resolved' }, (one) => one.resolvedAt),
  words({ zh: '处置人', en: 'resolved by' }, (one) => one.resolvedBy),
  said({ zh: '处置结果', en: 'outcome' }, (one) => one.outcome && OUTCOMES[one.outcome]),
  words({ zh: '说明', en: 'note' }, (one) => one.outcomeNote),
  said({ zh: '接触方式', en: 'contact' }, (one) => one.contact && CONTACT_WAYS[one.contact]),
  words({ zh: '接触人', en: 'contact by' }, (one) => one.contactMadeBy),
  when({ zh: '回访时间', en: 'called back' }, (one) => one.calledBackAt),
  words({ zh: '回访人', en: 'called back by' }, (one) => one.calledBackBy),
  when({ zh: '销号时间', en: 'struck off' }, (one) => one.struckOffAt),
  words({ zh: '重开次数', en: 'reopened' }, (one) => one.reopened ?? 0),
  ...CASE_TARGETS.map(
    (target): Column => ({
      title: WITHIN[target],
      value: (one, { locale, now }) => yesOrNo(isWithin(one, target, now), locale),
    }),
  ),
];

export const csvHead = (locale: Locale): string => csvLine(COLUMNS.map(({ title }) => title[locale]));

export const csvRow = (one: NumberedCase, row: Row): string =>
  csvLine(COLUMNS.map(({ value }) => value(one, row)));

const yesOrNo = (yes: boolean | undefined, locale: Locale): string => {
  if (yes === undefined) return '';
  if (locale === 'zh') return yes ? '是' : '否';
  return yes ? 'yes' : 'no';
};

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** RFC 4180. A cell that a spreadsheet would take for a formula is made plain text. */
function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const two = (value: number): string => String(value).padStart(2, '0');

function wallTime(at: number | undefined, timeZone: string): string {
  if (at === undefined) return '';
  const { year, month, day, hour, minute } = localTime(at, timeZone);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}
