import type { ImportRefusal } from '../../model/import-refusal.ts';
import type { ClockSource, Report } from '../../model/message.ts';
import { EVENTS, type EventName, METRICS, type MetricName } from '../../model/metrics.ts';
import type { Point } from '../../ports/telemetry.ts';
import { clockCode, clockOf } from '../telemetry/points.ts';

/**
 * Line protocol, as InfluxDB 1, 2 and 3, VictoriaMetrics and Telegraf take it:
 * https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. A metric is a measurement, because only a
 * whole measurement can be given an age of its own; the device is the one tag; the field is `value`, always a float,
 * because a field keeps the type of its first value for ever; beside it `clock` says whose clock the time is of. What happened is the measurement `event`, with its name
 * as a second tag, so that two of one instant do not become one.
 */
export const EVENT_MEASUREMENT = 'event';
export const FIELD = 'value';
/** Whose clock says the time, as a number; 0: nobody knows. */
export const CLOCK_FIELD = 'clock';

const SPECIAL = /[,= \\]/;
const UNWRITABLE = /[\n\r]|\\$/;

/** An id as it stands in a line. @throws RangeError for one that line protocol has no words for. */
export function tagValue(text: string): string {
  if (UNWRITABLE.test(text) || text === '') throw new RangeError(`no tag value: ${JSON.stringify(text)}`);
  return SPECIAL.test(text) ? text.replace(/[,= ]/g, '\\$&') : text;
}

/** What a time in a line counts, with how many of it are a millisecond. */
const PER_MS = { s: 0.001, ms: 1, us: 1_000, ns: 1_000_000 } as const;
export type Precision = keyof typeof PER_MS;
export const PRECISIONS = Object.keys(PER_MS) as readonly Precision[];

/** Millisecond instants as they stand in a line: as they are for our own writing, in nanoseconds for files. */
type WrittenPrecision = 'ms' | 'ns';
const instant = (at: number, precision: WrittenPrecision): string =>
  precision === 'ms' || at === 0 ? `${at}` : `${at}000000`;

export const pointLine = (
  device: string,
  metric: MetricName,
  { at, value, clock }: Point,
  precision: WrittenPrecision = 'ms',
): string =>
  `${metric},device=${tagValue(device)} ${FIELD}=${value},${clockField(clock)} ${instant(at, precision)}\n`;

/** Always there: a point that is written again keeps the fields that are not. */
const clockField = (clock: ClockSource | undefined): string =>
  `${CLOCK_FIELD}=${clock === undefined ? 0 : clockCode(clock)}i`;

export const eventLine = (
  device: string,
  event: EventName,
  at: number,
  precision: WrittenPrecision = 'ms',
): string =>
  `${EVENT_MEASUREMENT},device=${tagValue(device)},event=${event} ${FIELD}=1 ${instant(at, precision)}\n`;

/** Some lines, and what a spool wants to know of them. */
export interface Lines {
  readonly text: string;
  readonly points: number;
  readonly minAt: number;
  readonly maxAt: number;
}

/** @throws RangeError as `tagValue`. */
export function reportLines({ device, readings, events, clock: ofReport }: Report): Lines {
  const tag = tagValue(device);
  let [text, minAt, maxAt] = ['', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const saw = (at: number): void => {
    if (at < minAt) minAt = at;
    if (at > maxAt) maxAt = at;
  };
  for (const { metric, value, at, clock = ofReport } of readings) {
    text += `${metric},device=${tag} ${FIELD}=${value},${clockField(clock)} ${at}\n`;
    saw(at);
  }
  for (const { event, at } of events) {
    text += `${EVENT_MEASUREMENT},device=${tag},event=${event} ${FIELD}=1 ${at}\n`;
    saw(at);
  }
  return { text, points: readings.length + events.length, minAt, maxAt };
}

export type ParsedLine =
  | ({ readonly device: string; readonly metric: MetricName } & Point)
  | { readonly device: string; readonly event: EventName; readonly at: number };

const LINE =
  /^([A-Za-z0-9_]+),device=((?:[^,= \\]|\\.|\\)+)(?:,event=([a-z_]+))? value=([^\s,]+)(?:,clock=(\d)i)? (-?\d+)$/;

/** Control characters that no text has, and what a decoder puts in the place of bytes that are none. */
const NO_TEXT = /[^\P{Cc}\t]|\ufffd/u;
export const shapeRefusal = (line: string): ImportRefusal =>
  NO_TEXT.test(line) ? 'not-text' : 'other-shape';

/**
 * A line of a file that we wrote, or one of the same shape, at the nearest millisecond; else why it is none.
 * Whether the instant can be true is not looked at: what is told in another unit than said lies far away from any.
 */
export function parseLine(line: string, precision: Precision): ParsedLine | ImportRefusal {
  const found = LINE.exec(line);
  if (!found) return shapeRefusal(line);
  const [, measurement = '', tag = '', event, value = '', clock, time = ''] = found;
  // A number holds nanoseconds of today to some 250: enough to find the millisecond.
  const at = Math.round(Number(time) / PER_MS[precision]);
  if (!Number.isSafeInteger(at)) return 'time-implausible';
  const device = tag.replace(/\\([,= ])/g, '$1');
  if (event !== undefined)
    return measurement === EVENT_MEASUREMENT && Object.hasOwn(EVENTS, event)
      ? { device, event: event as EventName, at }
      : 'unknown-event';
  const number = Number(value);
  if (!Object.hasOwn(METRICS, measurement)) return 'unknown-metric';
  return Number.isFinite(number)
    ? { device, metric: measurement as MetricName, at, value: number, ...clockOf(Number(clock ?? 0)) }
    : 'not-a-number';
}

/** The unit in which the time at the end of a line would be an instant that can be true, if there is one. */
export function fittingPrecision(line: string, isPlausible: (at: number) => boolean): Precision | undefined {
  const [, time = ''] = / (-?\d+)$/.exec(line) ?? [];
  return time === '' ? undefined : PRECISIONS.find((unit) => isPlausible(Number(time) / PER_MS[unit]));
}
