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

/** @throws RangeError for an id that line protocol has no words for. */
function tagValue(text: string): string {
  if (UNWRITABLE.test(text) || text === '') throw new RangeError(`no tag value: ${JSON.stringify(text)}`);
  return SPECIAL.test(text) ? text.replace(/[,= ]/g, '\\$&') : text;
}

/** Millisecond instants as they stand in a line: as they are for our own writing, in nanoseconds for files. */
export type Precision = 'ms' | 'ns';
const instant = (at: number, precision: Precision): string =>
  precision === 'ms' || at === 0 ? `${at}` : `${at}000000`;

export const pointLine = (
  device: string,
  metric: MetricName,
  { at, value, clock }: Point,
  precision: Precision = 'ms',
): string =>
  `${metric},device=${tagValue(device)} ${FIELD}=${value},${clockField(clock)} ${instant(at, precision)}\n`;

/** Always there: a point that is written again keeps the fields that are not. */
const clockField = (clock: ClockSource | undefined): string =>
  `${CLOCK_FIELD}=${clock === undefined ? 0 : clockCode(clock)}i`;

export const eventLine = (
  device: string,
  event: EventName,
  at: number,
  precision: Precision = 'ms',
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

/** A line of a file that we wrote, or one of the same shape; undefined for any other. */
export function parseLine(line: string, precision: Precision): ParsedLine | undefined {
  const [, measurement = '', tag = '', event, value = '', clock, time = ''] = LINE.exec(line) ?? [];
  const at = Number(precision === 'ms' || time === '0' ? time : time.replace(/000000$/, ''));
  if (tag === '' || !Number.isSafeInteger(at)) return undefined;
  const device = tag.replace(/\\([,= ])/g, '$1');
  if (event !== undefined)
    return measurement === EVENT_MEASUREMENT && Object.hasOwn(EVENTS, event)
      ? { device, event: event as EventName, at }
      : undefined;
  const number = Number(value);
  return Object.hasOwn(METRICS, measurement) && Number.isFinite(number)
    ? { device, metric: measurement as MetricName, at, value: number, ...clockOf(Number(clock ?? 0)) }
    : undefined;
}
