import { withoutFormulaMark } from '../lib/csv-line.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { type VisitTold, visitToldSchema } from '../model/visit.ts';
import { VISIT_RESULT_TITLES } from '../model/visit-words.ts';
import { clockChange } from './clock-change.ts';
import { type CsvRecord, type CsvTable, readHeader, readRecords } from './csv-table.ts';
import { INSTANT_FORMS, parseInstant } from './instants.ts';
import { findProblems, formatPath, show } from './schema-words.ts';
import type { ConfigProblem } from './yaml-file.ts';

/** Visits that were logged elsewhere, one a line. */
const COLUMNS = {
  home: ['住户', '住户编号'],
  at: ['时间', '走访时间', '日期', '走访日期'],
  by: ['走访人', '走访人员'],
  result: ['结果', '走访结果'],
  note: ['备注', '情况'],
} as const satisfies Record<string, readonly string[]>;
type Column = keyof typeof COLUMNS;
const TABLE: CsvTable<Column> = { columns: COLUMNS, needed: ['home', 'at', 'by', 'result'] };

export interface VisitRow extends VisitTold {
  readonly line: number;
}

/** What a log of visits in CSV holds: the rows that are right, and every mistake in the file with its line. */
export function parseVisitsCsv(
  text: string,
  file: string,
  timeZone: string,
): { readonly rows: readonly VisitRow[]; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const rows: VisitRow[] = [];
  const records = readRecords(text, file, problems);
  const header = records[0];
  if (!header) return { rows, problems: [...problems, { file, line: 1, path: '', message: EMPTY }] };
  const headings = readHeader([header, ...records.slice(1)], file, problems, TABLE);
  if (!headings) return { rows, problems };
  for (const { info, record } of records.slice(1) as CsvRecord[]) {
    if (record.every((field) => field.trim() === '')) continue;
    const { lines: line } = info;
    const say = (message: string, path = ''): void => void problems.push({ file, line, path, message });
    const { width } = headings;
    if (record.length < width || record.slice(width).some((one) => one.trim() !== '')) {
      const fields = record.length === 1 ? '1 field' : `${record.length} fields`;
      say(`has ${fields}, the first line has ${width}`);
      continue;
    }
    const field = (column: Column): string =>
      withoutFormulaMark((record[headings.columns.get(column) ?? -1] ?? '').trim());
    const when = instantOf(field('at'), timeZone);
    if (!when.ok) say(when.error, headings.of('at'));
    const told = {
      home: field('home'),
      at: when.ok ? when.value : 0,
      by: field('by'),
      result: resultOf(field('result')),
      note: field('note'),
    };
    for (const { path, message } of findProblems(visitToldSchema, told))
      say(message, headings.of(formatPath(path) as Column));
    const parsed = visitToldSchema.safeParse(told);
    if (when.ok && parsed.success) rows.push({ line, ...parsed.data });
  }
  if (problems.length === 0 && rows.length === 0)
    problems.push({ file, line: 1, path: '', message: NO_ROWS });
  return { rows, problems };
}

/** The instant of a visit, or why it is none: who writes an hour that the clocks skip, or show twice, means another than we would take. */
function instantOf(text: string, timeZone: string): Result<number, string> {
  const at = parseInstant(text, timeZone);
  if (at === undefined) return fail(`found ${show(text)}, expected ${INSTANT_FORMS}`);
  if (at < 0) return fail(`found ${show(text)}, expected a date of 1970 or later`);
  // A day that has no midnight is a day all the same.
  const change = text.includes(':') ? clockChange(text, timeZone) : undefined;
  return change === undefined ? ok(at) : fail(`${show(text)} ${change}`);
}

const EMPTY = `the file is empty; its first line names the columns: ${Object.keys(COLUMNS).join(',')}`;
const NO_ROWS = 'no visit stands below the first line';

/** By its name, or as people write it. What is neither is a problem of the schema. */
const resultOf = (text: string): string =>
  Object.entries(VISIT_RESULT_TITLES).find(([, { zh, en }]) => zh === text || en === text)?.[0] ??
  ALSO[text] ??
  text;
const ALSO: Readonly<Record<string, string>> = {
  见到: 'seen',
  见面: 'seen',
  通话: 'spoken',
  电话: 'spoken',
  未见: 'not-met',
  未遇: 'not-met',
};
