import { DURATION_FORMS, parseDuration } from '../lib/duration.ts';
import { parseSettings } from '../model/device-settings.ts';
import { EXPECTED_INTERVAL_FORM } from '../model/expected-interval.ts';
import type { DeviceSettings } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { ROUNDED_BY_SHEET } from './csv-people.ts';
import type { Column, CsvRecord, Headings } from './csv-table.ts';
import { INSTANT_FORMS, parseInstant } from './instants.ts';
import { isNeverMissed } from './registry-draft.ts';
import { show } from './schema-words.ts';

/** As the registry's own schema has it. */
const ID = /^[A-Za-z0-9._:-]{1,64}$/;
/** So people write that there is nothing: a unit of that name would stand in the tree, and somebody to call who does not exist. */
const NOTHING = /^(?:无|暂无|没有|[-—–/\\]+)$/u;
/** What a formula leaves in a cell where it fails. */
const FAILED = /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!)$/i;
/** Digits that are lost: nobody can say which number it was. */
const ROUNDED = /^\d+(?:\.\d+)?e\+\d+$/i;
const MADE_A_DATE = /^(?:\d{1,2}月\d{1,2}日|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))$/i;

/** What stands in the cells of one row after the other, each as what its column holds; mistakes are said by the heading. */
export class CsvCells {
  readonly #headings: Headings<Column>;
  readonly #timeZone: string;
  readonly #now: number | undefined;
  readonly #problem: (line: number, message: string) => void;
  readonly #instants = new Map<string, number | undefined>();
  readonly #spoilt = new Set<Column>();
  #record: readonly string[] = [];
  line = 0;

  constructor(
    headings: Headings<Column>,
    problem: (line: number, message: string) => void,
    { timeZone = 'Asia/Shanghai', now }: { timeZone?: string; now?: number },
  ) {
    this.#headings = headings;
    this.#problem = problem;
    this.#timeZone = timeZone;
    this.#now = now;
  }

  /** The next row; is there anything in it that can be read? */
  take({ info, record }: CsvRecord): boolean {
    this.line = info.lines;
    this.#record = record;
    if (record.every((field) => field.trim() === '')) return false;
    const { width } = this.#headings;
    if (record.length < width || record.slice(width).some((field) => field.trim() !== '')) {
      this.say(`has ${record.length} fields, the first line has ${width}`);
      return false;
    }
    this.#spoilt.clear();
    for (const [column, index] of this.#headings.columns) this.#look(column, record[index]?.trim() ?? '');
    return true;
  }

  say(message: string): void {
    this.#problem(this.line, message);
  }

  /** As the file calls the column; where it has none, by its name in the contract. */
  heading(column: Column): string {
    return this.#headings.of(column);
  }

  field(column: Column): string {
    const index = this.#headings.columns.get(column);
    if (index === undefined || this.#spoilt.has(column)) return '';
    const text = (this.#record[index] ?? '').trim();
    return NOTHING.test(text) ? '' : text;
  }

  optional(column: Column): string | undefined {
    return this.field(column) || undefined;
  }

  required(column: Column): string {
    const value = this.field(column);
    if (value === '' && !this.#spoilt.has(column)) this.say(`${this.heading(column)} is missing`);
    return value;
  }

  /** The id in this column; undefined when there is none or it is not one. */
  id(column: Column): string | undefined {
    const id = this.required(column);
    if (id === '' || ID.test(id)) return id || undefined;
    this.wrong(column, 'expected at most 64 letters (a to z), digits, dots, hyphens, colons, underscores');
    return undefined;
  }

  /** `电话: found "1", …`: what is wrong with what stands in this column. */
  wrong(column: Column, why: string, found = this.field(column)): void {
    this.say(`${this.heading(column)}: found ${show(found)}, ${why}`);
  }

  number(column: Column): number | undefined {
    const text = this.field(column);
    if (text === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    this.wrong(column, 'expected a number');
    return undefined;
  }

  instant(column: Column): number | undefined {
    const text = this.required(column);
    if (text === '') return undefined;
    let at = this.#instants.get(text);
    if (at === undefined && !this.#instants.has(text)) {
      at = parseInstant(text, this.#timeZone);
      this.#instants.set(text, at);
    }
    if (at === undefined) this.wrong(column, `expected ${INSTANT_FORMS}`);
    return at;
  }

  interval(): number | undefined {
    const text = this.field('expected_interval');
    if (text === '') return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) this.wrong('expected_interval', `expected ${DURATION_FORMS}`);
    else if (isNeverMissed(ms, this.#now))
      this.wrong('expected_interval', `expected ${EXPECTED_INTERVAL_FORM}`);
    return ms;
  }

  /** `litres_per_pulse=10; key=00ff…`. */
  settings(): DeviceSettings | undefined {
    const text = this.field('settings');
    if (text === '') return undefined;
    const { settings, wrong } = parseSettings(text);
    if (wrong === undefined) return settings;
    this.wrong('settings', 'expected key=value; key=value', wrong);
    return undefined;
  }

  /** By its name in the schema, or as people write it: 卫生间. What is neither is a problem of the schema. */
  titled(column: Column, titles: Readonly<Record<string, Text>>): string | undefined {
    const text = this.optional(column);
    if (text === undefined) return undefined;
    return Object.entries(titles).find(([, { zh }]) => zh === text)?.[0] ?? text;
  }

  /** Stands there what was said to be wrong already? */
  isSpoilt(column: Column): boolean {
    return this.#spoilt.has(column);
  }

  /** What no column can mean: the spreadsheet has put it there. It is said once, and the cell counts as empty. */
  #look(column: Column, text: string): void {
    const why = madeBySheet(column, text);
    if (why === undefined) return;
    this.wrong(column, why, text);
    this.#spoilt.add(column);
  }
}

function madeBySheet(column: Column, text: string): string | undefined {
  if (text.startsWith('#') && FAILED.test(text))
    return 'which is an error of the spreadsheet: enter what is meant';
  if (NUMBERED.has(column) && ROUNDED.test(text)) return ROUNDED_BY_SHEET;
  if (NAMED.has(column) && MADE_A_DATE.test(text))
    return 'which a spreadsheet has made of a number such as 3-2: format its column as text and enter it anew';
  return undefined;
}

const NUMBERED: ReadonlySet<Column> = new Set(['home', 'device', 'gateway', 'device_address']);
const NAMED: ReadonlySet<Column> = new Set(['grid', 'building', 'unit', 'room', 'home', 'device']);
