import { DAY, SECOND } from '../../lib/clock.ts';
import { instantOfLocal } from '../../lib/local-time.ts';
import { parseRfc3339 } from '../../lib/rfc3339.ts';
import type { ImportRefusal } from '../../model/import-refusal.ts';
import { CLOCK_SOURCES, type ClockSource } from '../../model/message.ts';
import { EVENTS, type EventName, METRICS, type MetricName } from '../../model/metrics.ts';
import { type ParsedLine, shapeRefusal } from '../outside/lines.ts';

const NEEDED = ['device', 'kind', 'name', 'at', 'value'] as const;
type Column = (typeof NEEDED)[number] | 'clock';

/** Where the columns of a file stand. `clock`: nowhere, if the file has none. */
export interface Columns {
  readonly index: Readonly<Record<Column, number>>;
  /** Cells that a row has at least. */
  readonly width: number;
}

/** Columns that a first line lacks although it names others of ours. */
export interface Lacking {
  readonly lacking: readonly string[];
}

/** What the first line says of the columns; undefined where it names none: it is no header. */
export function columnsOf(first: string): Columns | Lacking | undefined {
  const names = (cellsOf(first) ?? []).map((name) => name.trim().toLowerCase());
  const lacking = NEEDED.filter((name) => !names.includes(name));
  if (names.length < 2 || lacking.length === NEEDED.length) return undefined;
  if (lacking.length > 0) return { lacking };
  const of = (name: Column): number => names.indexOf(name);
  const index = {
    device: of('device'),
    kind: of('kind'),
    name: of('name'),
    at: of('at'),
    value: of('value'),
    clock: of('clock'),
  };
  return { index, width: 1 + Math.max(...NEEDED.map(of)) };
}

export function csvRow(
  line: string,
  { index, width }: Columns,
  timeZone: string,
): ParsedLine | ImportRefusal {
  const cells = cellsOf(line);
  if (!cells || cells.length < width) return shapeRefusal(line);
  const cell = (column: Column): string => (cells[index[column]] ?? '').trim();
  const device = cells[index.device] ?? '';
  if (device.trim() === '') return 'no-device';
  const [kind, name, value] = [cell('kind'), cell('name'), cell('value')];
  if (kind !== 'reading' && kind !== 'event') return 'unknown-kind';
  const at = instantOf(cell('at'), timeZone);
  if (at === undefined) return 'time-malformed';
  if (kind === 'event')
    return Object.hasOwn(EVENTS, name) ? { device, event: name as EventName, at } : 'unknown-event';
  if (!Object.hasOwn(METRICS, name)) return 'unknown-metric';
  const number = Number(value);
  if (value === '' || !Number.isFinite(number)) return 'not-a-number';
  return { device, metric: name as MetricName, at, value: number, ...clockNamed(cell('clock')) };
}

const clockNamed = (name: string): { clock?: ClockSource } =>
  (CLOCK_SOURCES as readonly string[]).includes(name) ? { clock: name as ClockSource } : {};

/** Cells without their quotes; undefined where a quote is not closed. */
function cellsOf(line: string): string[] | undefined {
  // Nearly every line: only ids with commas stand in quotes.
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (let begin = 0; begin <= line.length; ) {
    if (line[begin] !== '"') {
      const comma = line.indexOf(',', begin);
      const end = comma < 0 ? line.length : comma;
      cells.push(line.slice(begin, end));
      begin = end + 1;
      continue;
    }
    const [quoted] = /^"(?:[^"]|"")*"/.exec(line.slice(begin)) ?? [];
    if (quoted === undefined) return undefined;
    cells.push(quoted.slice(1, -1).replaceAll('""', '"'));
    const end = begin + quoted.length;
    if (end < line.length && line[end] !== ',') return undefined;
    begin = end + 1;
  }
  return cells;
}

const LOCAL = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?$/;

/** RFC 3339, or what the clocks of the zone show: never the zone of the machine, which differs from one to the next. */
function instantOf(text: string, timeZone: string): number | undefined {
  const at = parseRfc3339(text);
  if (at !== undefined) return at;
  const parts = LOCAL.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const midnight = Date.UTC(year, month - 1, day);
  if (month < 1 || month > 12 || new Date(midnight).getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const minuteAt = instantOfLocal(midnight / DAY, hour * 60 + minute, timeZone);
  return minuteAt + second * SECOND + Math.round(fraction * SECOND);
}
