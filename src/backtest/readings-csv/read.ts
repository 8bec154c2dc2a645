import { type Text, TextError } from '../../model/text.ts';
import { delimiterOf, fieldsOf, linesOf, type NumberedLine } from './lines.ts';
import { MomentReader, type RowBefore, type TimeFormat } from './moments.ts';
import { Rows } from './rows.ts';

/** Why a row was not taken. A closed list. */
export const ROW_PROBLEMS = {
  'no-device': { zh: '没有写明水表', en: 'no meter is named' },
  'bad-device': {
    zh: '水表名至多 64 个字符，限字母、数字、点、冒号、连字符和下划线',
    en: 'a meter is named by up to 64 letters, digits, dots, colons, hyphens and underscores',
  },
  'no-time': {
    zh: '不能按此格式读出时间（--time-format）',
    en: 'the time cannot be read in this format (--time-format)',
  },
  'time-does-not-exist': {
    zh: '时钟拨快时跳过了这一本地时间（--time-zone）',
    en: 'clocks were put forward over this local time (--time-zone)',
  },
  'no-number': {
    zh: '数值不是数字（--decimal、--missing）',
    en: 'the value is no number (--decimal, --missing)',
  },
  negative: { zh: '数值小于零', en: 'a value below zero' },
} as const satisfies Record<string, Text>;
export type RowProblem = keyof typeof ROW_PROBLEMS;

/** Litres in one unit. */
export const UNITS = {
  l: 1,
  m3: 1000,
  gal: 3.785411784,
  'gal-imp': 4.54609,
  ft3: 28.316846592,
} as const;

export interface ReadOptions {
  readonly files: readonly string[];
  /** How the text is written, by a name that the Encoding Standard knows: utf-8, gb18030. */
  readonly encoding: string;
  /** Titles of the columns, where they are not among the usual ones. */
  readonly columns: Partial<Record<ColumnName, string>>;
  /** The meter of all rows, where no column names it. */
  readonly device?: string;
  readonly timeFormat: TimeFormat;
  readonly timeZone: string;
  readonly litresPerUnit: number;
  /** For interval values whose time is that of their beginning: how long they are. */
  readonly startStampedMs?: number;
  readonly decimal: '.' | ',';
  readonly missing: ReadonlySet<string>;
  /** Keeps the times of values that are missing: of what was used in an interval, nothing else tells. */
  readonly keepMissing?: boolean;
  readonly onBytes?: (bytes: number, rows: number) => void;
}

export type ColumnName = 'device' | 'at' | 'value' | 'home';

/** The usual titles, in lower case. */
const USUAL: Readonly<Record<ColumnName, readonly string[]>> = {
  device: [
    'device',
    'meter',
    'meter_id',
    'meterid',
    'device_id',
    'serial',
    '表号',
    '水表编号',
    '设备',
    '设备编号',
  ],
  at: ['at', 'ts', 'time', 'timestamp', 'datetime', 'date_time', 'date', '时间', '抄表时间', '采集时间'],
  value: [
    'value',
    'index',
    'index_m3',
    'index_l',
    'reading',
    'volume',
    'volume_m3',
    'volume_l',
    'consumption',
    '读数',
    '表读数',
    '用水量',
    '水量',
  ],
  home: ['home', 'household', 'customer', 'account', '住户', '户号'],
};

export interface BadRow {
  readonly file: string;
  readonly line: number;
  readonly problem: RowProblem;
  readonly found: string;
}

export interface ReadResult {
  readonly rows: Rows;
  /** Home of each device that names one. */
  readonly homes: ReadonlyMap<string, string>;
  readonly counts: {
    readonly rows: number;
    /** Rows whose value is absent: not an error. */
    readonly missing: number;
    /** Local times that came twice when clocks were put back: told apart by the order of the rows. */
    readonly ambiguous: number;
    readonly problems: Readonly<Partial<Record<RowProblem, number>>>;
  };
  /** `file:line` of the first row without a value. */
  readonly firstMissing: string | undefined;
  /** The first bad rows of each problem. */
  readonly bad: readonly BadRow[];
}

/** Of each problem: the one that all rows have must not hide the others. */
const BAD_KEPT_MAX = 5;
const DEVICE = /^[A-Za-z0-9._:-]{1,64}$/;

/** A file whose first line does not name the columns. */
export class HeaderError extends TextError {}

/** Reads interval or index values of many meters. @throws HeaderError */
export async function readReadings(options: ReadOptions): Promise<ReadResult> {
  const reader = new Reader(options);
  for (const file of options.files) await reader.file(file);
  return reader.result();
}

interface Meter {
  readonly index: number;
  /** Its last row, which tells the two equal hours of autumn apart. */
  last: RowBefore;
}

class Reader {
  readonly #options: ReadOptions;
  readonly #moments: MomentReader;
  readonly #rows = new Rows();
  readonly #meters = new Map<string, Meter>();
  readonly #homes = new Map<string, string>();
  readonly #problems: Partial<Record<RowProblem, number>> = {};
  readonly #bad: BadRow[] = [];
  #counts = { rows: 0, missing: 0, ambiguous: 0 };
  #bytesBefore = 0;
  #firstMissing: string | undefined;

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#moments = new MomentReader(options.timeFormat, options.timeZone);
  }

  async file(file: string): Promise<void> {
    let columns: Columns | undefined;
    let delimiter = ',';
    let bytes = 0;
    const onBytes = (read: number): void => {
      bytes = read;
      this.#options.onBytes?.(this.#bytesBefore + read, this.#counts.rows);
    };
    for await (const lines of linesOf(file, this.#options.encoding, onBytes)) {
      for (const line of lines) {
        if (columns) this.#row(file, line, fieldsOf(line.text, delimiter), columns);
        else {
          delimiter = delimiterOf(line.text);
          columns = this.#header(file, line, delimiter);
        }
      }
    }
    if (!columns)
      throw new HeaderError({
        zh: `${file}：文件为空；第一行须为列名`,
        en: `${file}: the file is empty; its first line names the columns`,
      });
    this.#bytesBefore += bytes;
  }

  #header(file: string, { line, text }: NumberedLine, delimiter: string): Columns {
    const titles = fieldsOf(text.replace(/^\uFEFF/, ''), delimiter).map((title) => title.trim());
    const find = (column: ColumnName): number => {
      const asked = this.#options.columns[column];
      if (asked === undefined)
        return titles.findIndex((title) => USUAL[column].includes(title.toLowerCase()));
      const index = titles.indexOf(asked);
      if (index < 0)
        throw new HeaderError({
          zh: `${file}:${line}：没有列 “${asked}”；现有 ${titles.join('、')}`,
          en: `${file}:${line}: no column "${asked}"; there are ${titles.join(', ')}`,
        });
      return index;
    };
    const columns = { device: find('device'), at: find('at'), value: find('value'), home: find('home') };
    const needed: ColumnName[] =
      this.#options.device === undefined ? ['device', 'at', 'value'] : ['at', 'value'];
    const absent = needed.filter((column) => columns[column] < 0);
    if (absent.length > 0)
      throw new HeaderError({
        zh: `${file}:${line}：哪一列是 ${absent.join('，哪一列是 ')}？请写 --columns ${absent.map((column) => `${column}=列名`).join(',')}；现有 ${titles.join('、')}`,
        en: `${file}:${line}: which column is ${absent.join(', which is ')}? Say it as --columns ${absent.map((column) => `${column}=TITLE`).join(',')}; there are ${titles.join(', ')}`,
      });
    return columns;
  }

  #row(file: string, { line }: NumberedLine, fields: readonly string[], columns: Columns): void {
    this.#counts.rows++;
    const { missing } = this.#counts;
    const bad = this.#take(fields, columns);
    if (this.#counts.missing > missing) this.#firstMissing ??= `${file}:${line}`;
    if (!bad) return;
    const times = (this.#problems[bad.problem] ?? 0) + 1;
    this.#problems[bad.problem] = times;
    if (times <= BAD_KEPT_MAX) this.#bad.push({ file, line, ...bad });
  }

  /** What is wrong with the row, if something is. */
  #take(fields: readonly string[], columns: Columns): Pick<BadRow, 'problem' | 'found'> | undefined {
    const { device: fixed, litresPerUnit, startStampedMs = 0, missing, decimal, keepMissing } = this.#options;
    const field = (column: ColumnName): string => (fields[columns[column]] ?? '').trim();
    const name = fixed ?? field('device');
    if (name === '') return { problem: 'no-device', found: '' };
    const meter = this.#meter(name);
    if (!meter) return { problem: 'bad-device', found: name };
    const moment = this.#moments.read(field('at'), meter.last);
    if ('problem' in moment) return { problem: moment.problem, found: field('at') };
    if (moment.ambiguous) this.#counts.ambiguous++;
    meter.last = { at: moment.at, falls: moment.at < meter.last.at };
    const text = field('value');
    const at = moment.at + startStampedMs;
    const value = missing.has(text.toLowerCase()) ? undefined : numberOf(text, decimal);
    if (value === undefined || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      if (keepMissing) this.#rows.add(meter.index, at, Number.NaN);
      if (value !== undefined) return { problem: value < 0 ? 'negative' : 'no-number', found: text };
      this.#counts.missing++;
      return undefined;
    }
    this.#rows.add(meter.index, at, value * litresPerUnit);
    if (columns.home >= 0 && field('home') !== '') this.#homes.set(name, field('home'));
    return undefined;
  }

  #meter(name: string): Meter | undefined {
    let meter = this.#meters.get(name);
    if (!meter && DEVICE.test(name)) {
      meter = { index: this.#rows.device(name), last: { at: Number.NEGATIVE_INFINITY, falls: false } };
      this.#meters.set(name, meter);
    }
    return meter;
  }

  result(): ReadResult {
    const counts = { ...this.#counts, problems: this.#problems };
    return { rows: this.#rows, homes: this.#homes, counts, firstMissing: this.#firstMissing, bad: this.#bad };
  }
}

/**
 * Dots before a decimal comma must group by three, and so must commas before a decimal dot: 123.4 is no number of a file with
 * decimal commas, and not 1,234 either.
 */
const GROUPED = { ',': /^\d{1,3}(\.\d{3})+,\d+$/, '.': /^\d{1,3}(,\d{3})+\.\d+$/ } as const;

function numberOf(text: string, decimal: '.' | ','): number {
  const mark = decimal === ',' ? '.' : ',';
  if (text.includes(mark) && !GROUPED[decimal].test(text)) return Number.NaN;
  return Number(text.replaceAll(mark, '').replace(',', '.'));
}

type Columns = Readonly<Record<ColumnName, number>>;
