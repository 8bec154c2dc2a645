import { fail, ok, type Result } from '../lib/result.ts';
import { VISIT_RESULT_TITLES, type VisitTold, visitToldSchema } from '../model/visit.ts';
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

/** Reads a log of visits in CSV. Every mistake in the file is reported with its line. */
export function parseVisitsCsv(
  text: string,
  file: string,
  timeZone: string,
): Result<readonly VisitRow[], ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const records = readRecords(text, file, problems);
  const header = records[0];
  if (!header) return fail([...problems, { file, line: 1, path: '', message: EMPTY }]);
  const columns = readHeader(header, file, problems, TABLE);
  if (!columns) return fail(problems);
  const rows: VisitRow[] = [];
  for (const { info, record } of records.slice(1) as CsvRecord[]) {
    if (record.every((field) => field.trim() === '')) continue;
    const { lines: line } = info;
    const say = (message: string, path = ''): void => void problems.push({ file, line, path, message });
    if (record.length !== header.record.length) {
      say(`has ${record.length} fields, the first line has ${header.record.length}`);
      continue;
    }
    const field = (column: Column): string => (record[columns.get(column) ?? -1] ?? '').trim();
    const told = {
      home: field('home'),
      at: parseInstant(field('at'), timeZone) ?? 0,
      by: field('by'),
      result: resultOf(field('result')),
      note: field('note'),
    };
    if (parseInstant(field('at'), timeZone) === undefined)
      say(`found ${show(field('at'))}, expected ${INSTANT_FORMS}`, 'at');
    for (const { path, message } of findProblems(visitToldSchema, told)) say(message, formatPath(path));
    const parsed = visitToldSchema.safeParse(told);
    if (parsed.success) rows.push({ line, ...parsed.data });
  }
  if (problems.length === 0 && rows.length === 0)
    problems.push({ file, line: 1, path: '', message: NO_ROWS });
  return problems.length > 0 ? fail(problems) : ok(rows);
}

const EMPTY = `the file is empty; its first line names the columns: ${Object.keys(COLUMNS).join(',')}`;
const NO_ROWS = 'no visit stands below the first line';

/** By its name, or as people write it. What is neither is a problem of the schema. */
const resultOf = (text: string): string =>
  Object.entries(VISIT_RESULT_TITLES).find(([, { zh }]) => zh === text)?.[0] ?? ALSO[text] ?? text;
const ALSO: Readonly<Record<string, string>> = {
  见到: 'seen',
  见面: 'seen',
  通话: 'spoken',
  电话: 'spoken',
  未见: 'not-met',
  未遇: 'not-met',
};
