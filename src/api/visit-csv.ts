import { csvLine } from '../lib/csv-line.ts';
import { offsetTime } from '../lib/offset-time.ts';
import type { Locale, Text } from '../model/text.ts';
import type { VisitLine } from '../model/visit.ts';
import { VISIT_RESULT_TITLES } from '../model/visit-words.ts';

/**
 * The log of visits as a table, in the language of who asks and by the clocks of the home; with the offset, and to the
 * millisecond where there are any, so that `import-visits` takes it for the same visits.
 */
const COLUMNS: readonly Text[] = [
  { zh: '住户', en: 'home' },
  { zh: '走访时间', en: 'at' },
  { zh: '走访人', en: 'by' },
  { zh: '结果', en: 'result' },
  { zh: '情况', en: 'note' },
];

export const visitCsvHead = (locale: Locale): string => csvLine(COLUMNS.map((title) => title[locale]));

export function visitCsvRow(
  { home, at, by, result, note }: VisitLine,
  { locale, timeZone }: { readonly locale: Locale; readonly timeZone: string },
): string {
  const told = result === undefined ? '' : VISIT_RESULT_TITLES[result][locale];
  return csvLine([home, offsetTime(at, timeZone), by, told, note]);
}
