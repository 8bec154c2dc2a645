import { CLOCK_SOURCES as CLOCKS, type ClockSource, type Reading, type Report } from '../model/message.ts';
import { METRICS, metricById } from '../model/metrics.ts';

/**
 * A plain report in the journal, in some 50 bytes: one of a device of now, with readings of one instant and nothing else.
 * That is nearly every one; a reading as in other reports takes 17 bytes, and each byte costs a commit some nanoseconds
 * several times over: on its way into the log, into its check sum, and from the log into the file.
 *
 *     8 received at, 1 clock, 1 length of the device's id, 1 number of readings, 4 how long before its arrival it was
 *     measured, the id in ASCII; and for each reading its metric with the form of its value, and the value
 *
 * A metric whose id is above 63 stands behind a 0 that has the form, in a byte of its own.
 */
const HEAD_BYTES = 15;
const READING_BYTES_MAX = 10;
const LENGTH_MAX = 255;
/** Above the number of the metric: the form of the value. */
const FORM = 64;
/** In place of the number of a metric that has no room beside the form: it follows. No metric has this id. */
export const METRIC_FOLLOWS = 0;
const [BYTE, SHORT, SCALED, DOUBLE] = [0, 1, 2, 3];
/** Decimals of devices, and all that meters are told to: exact where the quotient is the value again. */
const SCALE = 10_000;
const INT32_MAX = 2 ** 31 - 1;

/** The most that a report takes. */
export const plainBytesMax = ({ device, readings }: Report): number =>
  HEAD_BYTES + device.length + readings.length * READING_BYTES_MAX;

/** Writes it from `at` on, where there is room for `plainBytesMax`; where it ends, or -1 for one that is not plain. */
export function writePlain(view: DataView, at: number, report: Report): number {
  const { readings, device, receivedAt } = report;
  const first = readings[0];
  if (!first || readings.length > LENGTH_MAX || device.length > LENGTH_MAX || !isBare(report)) return -1;
  const age = receivedAt - first.at;
  // By which the instant is found again, to the bit.
  if (!(Math.abs(age) <= INT32_MAX) || Math.trunc(age) !== age || receivedAt - age !== first.at) return -1;
  view.setFloat64(at, receivedAt, true);
  view.setUint8(at + 8, CLOCKS.indexOf(report.clock));
  view.setUint8(at + 9, device.length);
  view.setUint8(at + 10, readings.length);
  view.setInt32(at + 11, age, true);
  let place = at + HEAD_BYTES;
  for (let i = 0; i < device.length; i++) {
    const code = device.charCodeAt(i);
    if (code > 127) return -1;
    view.setUint8(place++, code);
  }
  for (let i = 0; i < readings.length; i++) {
    const reading = readings[i] as Reading;
    if (reading.at !== first.at || reading.clock !== undefined) return -1;
    place = writeValue(view, place, METRICS[reading.metric].id, reading.value);
  }
  return place;
}

const isBare = ({ events, frame, announced, retained, shiftedMs }: Report): boolean =>
  events.length === 0 &&
  frame === undefined &&
  announced === undefined &&
  !retained &&
  shiftedMs === undefined;

function writeValue(view: DataView, head: number, metric: number, value: number): number {
  let name = metric;
  let at = head + 1;
  if (metric >= FORM) {
    name = METRIC_FOLLOWS;
    view.setUint8(at++, metric);
  }
  const scaled = Math.round(value * SCALE);
  if (Object.is(value, -0) || !(Math.abs(scaled) <= INT32_MAX) || scaled / SCALE !== value) {
    view.setUint8(head, name + DOUBLE * FORM);
    view.setFloat64(at, value, true);
    return at + 8;
  }
  if (Math.trunc(value) !== value || value < -32_768 || value > 32_767) {
    view.setUint8(head, name + SCALED * FORM);
    view.setInt32(at, scaled, true);
    return at + 4;
  }
  if (value >= 0 && value < 256) {
    view.setUint8(head, name + BYTE * FORM);
    view.setUint8(at, value);
    return at + 1;
  }
  view.setUint8(head, name + SHORT * FORM);
  view.setInt16(at, value, true);
  return at + 2;
}

/** The report that is written from `place.at` on; `place` goes on behind it. */
export function readPlain(buffer: Buffer, place: { at: number }): Report {
  const { at } = place;
  const receivedAt = buffer.readDoubleLE(at);
  const clock = CLOCKS[buffer.readUInt8(at + 8)] as ClockSource;
  const count = buffer.readUInt8(at + 10);
  const instant = receivedAt - buffer.readInt32LE(at + 11);
  const end = at + HEAD_BYTES + buffer.readUInt8(at + 9);
  const device = buffer.toString('latin1', at + HEAD_BYTES, end);
  place.at = end;
  const readings: Reading[] = [];
  for (let i = 0; i < count; i++) {
    const head = buffer.readUInt8(place.at++);
    const name = head % FORM;
    const metric = metricById(name === METRIC_FOLLOWS ? buffer.readUInt8(place.at++) : name);
    readings.push({ metric, value: readValue(buffer, place, head), at: instant });
  }
  return { kind: 'report', receivedAt, device, clock, readings, events: [] };
}

function readValue(buffer: Buffer, place: { at: number }, head: number): number {
  const { at } = place;
  const form = Math.floor(head / FORM);
  place.at += [1, 2, 4, 8][form] as number;
  if (form === BYTE) return buffer.readUInt8(at);
  if (form === SHORT) return buffer.readInt16LE(at);
  return form === SCALED ? buffer.readInt32LE(at) / SCALE : buffer.readDoubleLE(at);
}
