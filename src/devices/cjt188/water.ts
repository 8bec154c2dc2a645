import { ByteReader } from '../byte-reader.ts';
import type { Take } from '../take.ts';
import type { CjtFrame } from './frame.ts';

/** Where a meter keeps the states of its valve and its battery. The standard has them low; some makers do not. */
export type StatusLayout = 'standard' | 'high_bits';

export interface CjtSettings {
  readonly status: StatusLayout;
  /** Decimals of a value in litres (29H). */
  readonly litre_decimals: number;
}

const READ_REPLY = 0x81;
const REPORT = 0xa1;

/** Makers put the two bytes of the data identifier in either order. */
function identifierOf(data: Uint8Array): number {
  const [first = 0, second = 0] = data;
  return isHigh(first) && !isHigh(second) ? first * 256 + second : second * 256 + first;
}
/** The high byte is 90H to 92H for readings, 81H for parameters, D1H to D4H for what was frozen. */
const isHigh = (byte: number): boolean => [0x90, 0x91, 0x92, 0x81, 0xd1, 0xd2, 0xd3, 0xd4].includes(byte);

/** Reads what a water meter says; anything else is refused by name. */
export function takeWaterFrame(take: Take, frame: CjtFrame, settings: CjtSettings): void {
  const { type, control, data } = frame;
  if (type < 0x10 || type > 0x19) {
    take.reject(
      'not-supported',
      `meter type ${hex(type)}: ${type < 0x30 ? 'heat' : 'gas or other'}, no water`,
    );
    return;
  }
  if ((control & 0x80) === 0) {
    take.reject('no-device-data', `control code ${hex(control)}: a question to the meter`);
    return;
  }
  if ((control & 0x40) !== 0) {
    take.reject('no-device-data', `control code ${hex(control)}: the meter says that it cannot`);
    return;
  }
  const reader = new ByteReader(data, 3);
  const identifier = identifierOf(data);
  const read = data.length >= 3 ? readerOf(control, identifier, data) : undefined;
  if (read) read(take, reader, settings);
  else
    take.reject(
      'not-supported',
      `control code ${hex(control)}, data identifier ${identifier.toString(16).toUpperCase().padStart(4, '0')}H`,
    );
}

type Read = (take: Take, reader: ByteReader, settings: CjtSettings) => void;

function readerOf(control: number, identifier: number, data: Uint8Array): Read | undefined {
  if (control !== READ_REPLY && control !== REPORT) return undefined;
  if (identifier === 0x901f) return isUnitFirst(data) ? takeReport : takeReading;
  if (identifier === 0x921f) return takeShortReport;
  if (identifier === 0x9097) return takeDailyReport;
  if (identifier >= 0xd300 && identifier <= 0xd4ff) return takeFrozen;
  if ((identifier >= 0xd120 && identifier <= 0xd12b) || (identifier >= 0xd200 && identifier <= 0xd2ff))
    return takeSettlement;
  return undefined;
}

/** `2C 77 66 55 00` instead of `00 77 66 55 2C`. */
const isUnitFirst = (data: Uint8Array): boolean =>
  !(unitM3(data[7]) !== undefined && isBcd(data.subarray(3, 7))) && unitM3(data[3]) !== undefined;

/** 901FH: total, total of the settlement day, clock, status. */
function takeReading(take: Take, reader: ByteReader, settings: CjtSettings): void {
  const total = volume(take, reader, settings);
  // What was counted on the settlement day is a bill, not the index of now.
  if (reader.left >= 5) reader.skip(5);
  const at = reader.left >= 7 ? clock(take, reader.take(7)) : take.at;
  take.reading('water_index_m3', total, at);
  if (reader.left >= 2) takeStatus(take, reader.u8(), settings.status, at);
}

/** 901FH of ultrasonic meters that report by themselves: total, reverse total, flow, clock; each unit before its value. */
function takeReport(take: Take, reader: ByteReader): void {
  const total = unitFirst(take, reader, 0.1);
  const reverse = reader.left >= 5 ? unitFirst(take, reader, 0.1) : undefined;
  const flow = reader.left >= 5 ? flowUnitFirst(reader) : undefined;
  const at = reader.left >= 7 ? clock(take, reader.take(7)) : take.at;
  take.reading('water_index_m3', total, at);
  take.reading('water_reverse_m3', reverse, at);
  take.reading('flow_m3_h', flow, at);
}

/** D120H to D12BH and D2xxH: values of settlement days, of which the frame does not say when they were. */
function takeSettlement(take: Take): void {
  take.reject('no-instant', 'totals of settlement days: the frame does not say their dates');
}

/** 921FH: total, flow, interval, three frozen totals without times, pressure, clock. */
function takeShortReport(take: Take, reader: ByteReader): void {
  const total = unitFirst(take, reader, 0.1);
  const flow = flowUnitFirst(reader);
  reader.skip(2 + 15 + 2 + 3);
  const at = clock(take, reader.take(7));
  take.reject('no-instant', 'three frozen totals: the frame does not say their times');
  take.reading('water_index_m3', total, at);
  take.reading('flow_m3_h', flow, at);
}

/**
 * 9097H, once a day: total, settlement, reverse, remaining, flow, temperature, clock, status, signal, and the total at
 * the hour of the daily freeze. Its half-hourly values are increases, and no document says of which half hour each is.
 */
function takeDailyReport(take: Take, reader: ByteReader): void {
  const total = unitFirst(take, reader, 1);
  reader.skip(5);
  const reverse = unitFirst(take, reader, 1);
  reader.skip(5);
  const flow = flowUnitFirst(reader);
  const [hundredths = 0, degrees = 0] = reader.take(3);
  reader.skip(4);
  const clockBytes = reader.take(7);
  const at = clock(take, clockBytes);
  take.reading('water_index_m3', total, at);
  take.reading('water_reverse_m3', reverse, at);
  take.reading('flow_m3_h', flow, at);
  if (isBcd([hundredths, degrees]))
    take.reading('water_temperature_c', two(degrees) + two(hundredths) / 100, at);
  takeStatus(take, reader.u8(), 'standard', at);
  const alarms = reader.u8();
  take.flag('low_battery', (alarms & 0x01) !== 0, at);
  take.flag('dry', (alarms & 0x02) !== 0, at);
  take.flag('reverse', (alarms & 0x04) !== 0, at);
  take.flag('general_alarm', (alarms & 0x18) !== 0, at);
  take.flag('fault', (alarms & 0x20) !== 0, at);
  const signal = reader.i16be();
  if (signal < 0) take.reading('signal_dbm', signal, at);
  take.reject(
    'no-instant',
    'half-hourly increases: whether the first is that of 00:00 or 00:30 is told nowhere',
  );
}

/** D3xxH and D4xxH of 2018: when it was frozen, and the total then. Taken only where both are what they must be. */
function takeFrozen(take: Take, reader: ByteReader, settings: CjtSettings): void {
  const at = instantOf(take, reader.take(7));
  const before = reader.at;
  const unit = reader.bytes[before + 4];
  if (at === undefined || unitM3(unit) === undefined)
    take.reject('not-supported', 'a frozen value in a form that is not known');
  else take.reading('water_index_m3', volume(take, reader, settings), at);
}

/** Four bytes of digits, lowest first, then the unit. Undefined where a digit is none: the meter has no value. */
function volume(take: Take, reader: ByteReader, settings: CjtSettings): number | undefined {
  const digits = reader.bcdLe(4);
  const unit = reader.u8();
  if (digits === undefined) return undefined;
  // A litre is a litre: meters that count litres send whole ones, though the standard has two decimals everywhere.
  if (unit === 0x29) return digits / 10 ** (3 + settings.litre_decimals);
  const step = unitM3(unit);
  if (step === undefined) return take.refuse('not-supported', `unit ${hex(unit)} is none of volume`);
  return digits * step;
}

/** The same with the unit before it. `finer`: makers that report by themselves have one decimal more. */
function unitFirst(take: Take, reader: ByteReader, finer: number): number | undefined {
  const unit = reader.u8();
  const digits = reader.bcdLe(4);
  if (digits === undefined) return undefined;
  const step = unitM3(unit);
  if (step === undefined)
    return digits === 0 ? undefined : take.refuse('not-supported', `unit ${hex(unit)} is none of volume`);
  return digits * step * finer;
}

/** Flow: 35H is m³/h with four decimals, its neighbours a tenth and ten times of it. */
function flowUnitFirst(reader: ByteReader): number | undefined {
  const unit = reader.u8();
  const digits = reader.bcdLe(4);
  return digits === undefined || unit < 0x32 || unit > 0x37 ? undefined : digits * 10 ** (unit - 0x39);
}

/** m³ of the last digit: 2CH is m³ with two decimals, its neighbours a tenth and ten times of it. */
const unitM3 = (unit: number | undefined): number | undefined =>
  unit !== undefined && unit >= 0x29 && unit <= 0x2e ? 10 ** (unit - 0x2e) : undefined;

/** When the meter says it was. A clock that was never set (all 00H or FFH) says nothing, and reception counts. */
function clock(take: Take, bytes: Uint8Array): number {
  if (bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 0xff)) return take.at;
  const at = instantOf(take, bytes);
  if (at !== undefined) return at;
  take.reject('clock-malformed', `the clock says ${Buffer.from(bytes).toString('hex')}`);
  return take.at;
}

/** Second to century, or century to second: some makers turn it round. */
function instantOf(take: Take, bytes: Uint8Array): number | undefined {
  return wallClock(take, bytes) ?? wallClock(take, Uint8Array.from(bytes).reverse());
}

function wallClock(take: Take, bytes: Uint8Array): number | undefined {
  if (!isBcd(bytes)) return undefined;
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0, century = 0] = [...bytes].map(two);
  const isOne =
    century === 20 && month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60;
  if (!isOne || day > new Date(Date.UTC(2000 + year, month, 0)).getUTCDate()) return undefined;
  return take.localTime(2000 + year, month, day, hour, minute, second);
}

function takeStatus(take: Take, status: number, layout: StatusLayout, at: number): void {
  const isLow = layout === 'standard';
  const valve = isLow ? status & 0x03 : status >> 6;
  take.flag('low_battery', (status & (isLow ? 0x04 : 0x20)) !== 0, at);
  take.flag('fault', valve > 1, at);
  if (valve <= 1) take.reading('valve_open_bool', valve === 0, at);
}

const isBcd = (bytes: Iterable<number>): boolean =>
  [...bytes].every((byte) => byte >> 4 < 10 && (byte & 15) < 10);
const two = (byte: number): number => (byte >> 4) * 10 + (byte & 15);
const hex = (byte: number): string => `${byte.toString(16).toUpperCase().padStart(2, '0')}H`;
