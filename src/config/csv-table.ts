import { type CsvError, parse } from 'csv-parse/sync';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Level } from '../model/registry.ts';
import { show } from './schema-words.ts';
import type { ConfigProblem } from './yaml-file.ts';

/** The columns, with the other names under which spreadsheets have them. The first nine are the contract. */
const COLUMNS = {
  community: ['社区'],
  grid: ['网格'],
  building: ['楼栋', '楼号'],
  unit: ['单元'],
  home: ['住户', '住户编号'],
  device: ['设备', '设备编号'],
  model: ['型号', '设备型号'],
  gateway: ['网关', '网关编号'],
  enrolled_at: ['登记时间', '登记日期', '安装日期', '启用日期'],
  room: ['房号', '门牌', '门牌号'],
  address: ['地址'],
  entry_note: ['入户说明', '进门说明'],
  resident: ['老人', '姓名', '老人姓名', '住户姓名'],
  phone: ['电话', '老人电话', '手机', '手机号', '手机号码', '本人电话'],
  birth_year: ['出生年份', '出生年'],
  medical_note: ['健康备注'],
  contact: ['联系人', '紧急联系人', '家属', '家属姓名'],
  contact_phone: ['联系人电话', '紧急联系人电话', '家属电话', '联系电话'],
  relation: ['关系', '与老人关系'],
  secret_hash: ['密钥哈希'],
  expected_interval: ['上报间隔'],
  counter_resolution: ['最小刻度'],
  place: ['位置', '安装位置'],
  device_address: ['设备地址', '表号', 'deveui', 'imei'],
  settings: ['设备参数'],
  visit_class: ['走访类别', '走访分类'],
} as const satisfies Record<string, readonly string[]>;
export type Column = keyof typeof COLUMNS;
const NEEDED: readonly Column[] = ['community', 'home'];
const OF_DEVICES: readonly Column[] = ['device', 'model', 'enrolled_at'];
export const LEVEL_COLUMNS = ['community', 'grid', 'building', 'unit'] as const satisfies readonly (Level &
  Column)[];

export interface CsvRecord {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

export const emptyFile = `the file is empty; its first line names the columns: ${Object.keys(COLUMNS).slice(0, 9).join(',')}`;

/** So a spreadsheet is told what parts the fields; no row of the table. */
const SEPARATOR_LINE = /^\uFEFF?sep=([,;\t])(?=[\r\n])/i;

/** The lines of the file, fields as they stand; what cannot be read is a problem. */
export function readRecords(whole: string, file: string, broken: ConfigProblem[]): CsvRecord[] {
  const [line = '', said] = SEPARATOR_LINE.exec(whole) ?? [];
  const text = whole.slice(line.length);
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const delimiter = said ?? [',', ';', '\t'].find((each) => first.includes(each)) ?? ',';
  if (isPlain(text)) return plainRecords(text, delimiter);
  let unread: CsvError | undefined;
  const records = parse(text, {
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      unread ??= error;
      return undefined;
    },
  }) as unknown as CsvRecord[];
  if (unread)
    broken.push({ file, line: lineAfter(records.at(-1), text), path: '', message: whyUnread(unread) });
  return records;
}

const [NEWLINE, CARRIAGE_RETURN] = [10, 13];

/** Nothing is quoted, and all lines end alike: each comma parts two fields, each end of a line two records. */
const isPlain = (text: string): boolean =>
  !text.includes('"') && text.isWellFormed() && !(text.includes('\r') && /\r(?!\n)|(?<!\r)\n/.test(text));

/** The same without the whole parser, which took 70 of 230 ms for the registry of 5,000 homes. */
function plainRecords(text: string, delimiter: string): CsvRecord[] {
  const bytes = Buffer.from(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const part = delimiter.charCodeAt(0);
  const records: CsvRecord[] = [];
  let lines = 0;
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const next = newline < 0 ? bytes.length : newline;
    const to = newline > from && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : next;
    lines++;
    if (to > from) records.push({ info: { lines }, record: fieldsIn(bytes, from, to, part) });
    from = next + 1;
  }
  return records;
}

/** Each a text of its own: one that was cut out of the file would keep all of it in memory. */
function fieldsIn(bytes: Buffer, from: number, to: number, part: number): string[] {
  const fields: string[] = [];
  let begin = from;
  for (let place = from; place < to; place++) {
    if (bytes[place] !== part) continue;
    fields.push(begin === place ? '' : bytes.toString('utf8', begin, place));
    begin = place + 1;
  }
  fields.push(begin === to ? '' : bytes.toString('utf8', begin, to));
  return fields;
}

/** Where the first record stands that could not be read. */
function lineAfter(last: CsvRecord | undefined, text: string): number {
  const lines = text.split(/\r\n|\n|\r/);
  let index = last?.info.lines ?? 0;
  while (lines[index]?.trim() === '') index++;
  return index + 1;
}

const whyUnread = ({ code, message }: CsvError): string =>
  code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'a quote opens here and is never closed; double it where it is meant as such'
    : message;

/** The columns of a table with the other names under which spreadsheets have them, and which of them there must be. */
export interface CsvTable<C extends string> {
  readonly columns: Readonly<Record<C, readonly string[]>>;
  readonly needed: readonly C[];
  /** These are needed as well where one of them is there: a list of homes alone has none. */
  readonly together?: readonly C[];
  /** Which other column does where one that is needed is not there. */
  readonly instead?: Partial<Readonly<Record<C, C>>>;
}
export const REGISTRY_TABLE: CsvTable<Column> = {
  columns: COLUMNS,
  needed: NEEDED,
  together: OF_DEVICES,
  instead: { home: 'room' },
};

/** Which field holds which column, and what the file calls it. */
export interface Headings<C extends string> {
  readonly columns: ReadonlyMap<C, number>;
  /** Up to the last field that has a heading. */
  readonly width: number;
  readonly of: (column: C) => string;
}

/** The headings in the first of these lines; undefined when the rows cannot be read with them. */
export function readHeader<C extends string>(
  [header, ...rows]: readonly [CsvRecord, ...CsvRecord[]],
  file: string,
  broken: ConfigProblem[],
  table: CsvTable<C>,
): Headings<C> | undefined {
  const { info, record } = header;
  const columns = new Map<C, number>();
  const before = broken.length;
  const say = (message: string) => broken.push({ file, line: info.lines, path: '', message });
  const titles = record.map(shortened);
  const named = titles.filter((title) => title !== '');
  const [only = ''] = named;
  if (titles.length > 1 && named.length === 1 && columnOf(only, table) === undefined) {
    say(`${show(only)} stands above the columns: delete this line, the first line must name the columns`);
    return undefined;
  }
  for (const message of unheaded(titles, rows)) say(message);
  titles.forEach((title, i) => {
    const column = columnOf(title, table);
    const first = column && columns.get(column);
    if (title === '') return;
    if (column === undefined) say(unknownColumn(title, table));
    else if (first === undefined) columns.set(column, i);
    else if (titles[first] === title) say(`the column ${title} stands twice`);
    else say(`the columns ${titles[first]} and ${title} mean the same; keep one of them`);
  });
  const together = table.together ?? [];
  const needed = together.some((column) => columns.has(column))
    ? [...table.needed, ...together]
    : table.needed;
  const does = (column: C | undefined) => column !== undefined && columns.has(column);
  const missing = needed.filter((column) => !does(column) && !does(table.instead?.[column]));
  if (missing.length > 0)
    say(`the first line must name the columns; ${inBoth(missing, table).join(', ')} missing`);
  if (broken.length > before) return undefined;
  const width = titles.findLastIndex((title) => title !== '') + 1;
  return { columns, width, of: (column) => titles[columns.get(column) ?? -1] ?? column };
}

/** What stands in a column that nobody has named is lost; where nothing does, a spreadsheet has only saved it along. */
function* unheaded(titles: readonly string[], rows: readonly CsvRecord[]): Generator<string> {
  for (const [i, title] of titles.entries()) {
    const filled = title === '' ? rows.find(({ record }) => (record[i] ?? '').trim() !== '') : undefined;
    if (filled)
      yield `the column ${i + 1} has no heading, but holds ${show(filled.record[i]?.trim())} in line ${filled.info.lines}: give it one, or delete it`;
  }
}

/** 楼 栋, as a spreadsheet has it where it shall look even. */
const shortened = (title: string): string =>
  title.trim().replace(/(?<=[^\x20-\x7e])\s+(?=[^\x20-\x7e])/g, '');

const inBoth = <C extends string>(of: readonly C[], { columns }: CsvTable<C>): readonly string[] =>
  of.map((column) => (columns[column][0] === undefined ? column : `${column} ${columns[column][0]}`));

/** Which column a heading stands for, in whatever language. */
export function columnOf<C extends string>(title: string, { columns }: CsvTable<C>): C | undefined {
  const bare = title
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return (Object.keys(columns) as C[]).find(
    (column) => column === bare || columns[column].includes(title.trim()),
  );
}

const LONG_HEADING = 4;

function unknownColumn<C extends string>(title: string, { columns }: CsvTable<C>): string {
  const names = Object.keys(columns) as C[];
  // Of short Chinese headings any two are near to one another: 序号 is no 楼号.
  const long = names.flatMap((column) => columns[column].filter((other) => other.length >= LONG_HEADING));
  const close = didYouMean(title, [...names, ...(title.length >= LONG_HEADING ? long : [])]);
  const hint =
    close === undefined
      ? `known are ${inBoth(names, { columns, needed: [] }).join(', ')}`
      : `did you mean "${close}"?`;
  return `unknown column ${show(title.trim())}; ${hint}`;
}
