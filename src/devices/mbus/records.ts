import { ByteReader } from '../byte-reader.ts';

/**
 * Data records of EN 13757-3: each says what it is (DIF, VIF and their extensions) before its value. This file takes
 * them apart; what a unit code means stands in quantities.ts.
 */
export interface MbusRecord {
  readonly kind: 'instantaneous' | 'maximum' | 'minimum' | 'error';
  /** 0 is now; higher numbers are values that were stored at a date, which a record of the same number tells. */
  readonly storage: number;
  readonly tariff: number;
  readonly subunit: number;
  /** Low half of the DIF: how the value is coded. */
  readonly coding: number;
  /** The unit codes without their extension bits; 0x7b and 0x7d open further tables. */
  readonly vif: number;
  readonly vifes: readonly number[];
  /** The value as it stands; what comes after the length, where it has one. */
  readonly data: Uint8Array;
  /** Says how long text and profiles are. */
  readonly length?: number;
}

const KINDS = ['instantaneous', 'maximum', 'minimum', 'error'] as const;
export const VARIABLE = 0x0d;
/** Bytes of a value by the low half of its DIF; 0xd says it itself, 0xf is no value. */
const SIZES: readonly number[] = [0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0];
const EXTENSIONS_MAX = 10;
const PLAIN_TEXT = 0x7c;

const FILLER = 0x2f;
/** What follows belongs to the maker alone; in the second form more records come in the next frame. */
const MAKERS = [0x0f, 0x1f];

/** Why records cannot be read. A frame that ends too early throws BytesMissing instead. */
export class RecordsMalformed extends Error {}

export function recordsOf(bytes: Uint8Array): readonly MbusRecord[] {
  const reader = new ByteReader(bytes);
  const records: MbusRecord[] = [];
  while (reader.left > 0) {
    const dif = reader.u8();
    if (dif === FILLER) continue;
    if (MAKERS.includes(dif)) break;
    if ((dif & 0x0f) === 0x0f) throw new RecordsMalformed(`the data field ${hex(dif)} is no record`);
    records.push(recordOf(reader, dif));
  }
  return records;
}

function recordOf(reader: ByteReader, dif: number): MbusRecord {
  const difes = extensions(reader, dif, 'DIFE');
  const { storage, tariff, subunit } = placeOf(dif, difes);
  const first = reader.u8();
  const vif = first & 0x7f;
  // A unit in plain text: length and letters stand between the code and its extensions.
  if (vif === PLAIN_TEXT) reader.skip(reader.u8());
  const vifes = extensions(reader, first, 'VIFE').map((vife) => vife & 0x7f);
  const coding = dif & 0x0f;
  const length = coding === VARIABLE ? reader.u8() : undefined;
  const data = reader.take(length === undefined ? (SIZES[coding] ?? 0) : variableBytes(length));
  const kind = KINDS[(dif >> 4) & 3] ?? 'error';
  const record = { kind, storage, tariff, subunit, coding, vif, vifes, data };
  return length === undefined ? record : { ...record, length };
}

/** Bytes that follow one with its top bit set, each of which may ask for another. */
function extensions(reader: ByteReader, first: number, what: string): number[] {
  const found: number[] = [];
  for (let last = first; (last & 0x80) !== 0; ) {
    if (found.length === EXTENSIONS_MAX) throw new RecordsMalformed(`more than ${EXTENSIONS_MAX} ${what}`);
    last = reader.u8();
    found.push(last);
  }
  return found;
}

function placeOf(dif: number, difes: readonly number[]): Pick<MbusRecord, 'storage' | 'tariff' | 'subunit'> {
  let storage = (dif >> 6) & 1;
  let tariff = 0;
  let subunit = 0;
  for (const [i, dife] of difes.entries()) {
    storage += (dife & 0x0f) * 2 ** (1 + 4 * i);
    tariff += ((dife >> 4) & 3) * 4 ** i;
    subunit += ((dife >> 6) & 1) * 2 ** i;
  }
  return { storage, tariff, subunit };
}

/** LVAR: text or a profile of up to 191 bytes, or a long number. */
function variableBytes(length: number): number {
  if (length < 0xc0) return length;
  if (length < 0xe0) return length & 0x0f;
  if (length < 0xf0) return length - 0xe0;
  throw new RecordsMalformed(`the length ${hex(length)} is reserved`);
}

/**
 * The number in a record.
 *
 * @returns undefined where the meter has none: no data, BCD with digits above 9, the lowest integer, NaN
 */
export function numberOf({
  coding,
  data,
  length,
}: Pick<MbusRecord, 'coding' | 'data' | 'length'>): number | undefined {
  if (coding === 5) return real(data);
  if (coding >= 1 && coding <= 7) return signedLe(data);
  if (coding >= 9 && coding <= 14 && coding !== VARIABLE) return bcdOf(data);
  if (coding !== VARIABLE || length === undefined) return undefined;
  if (length >= 0xc0 && length < 0xd0) return bcdOf(data);
  if (length >= 0xd0 && length < 0xe0) return negative(bcdOf(data));
  return length >= 0xe0 && data.length <= 6 ? signedLe(data) : undefined;
}

const negative = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : -value;

function real(data: Uint8Array): number | undefined {
  const value = new ByteReader(data).f32le();
  return Number.isFinite(value) ? value : undefined;
}

export function unsignedLe(data: Uint8Array): number {
  let value = 0;
  for (let i = data.length - 1; i >= 0; i--) value = value * 256 + (data[i] ?? 0);
  return value;
}

/** Type B. The lowest number that fits means that there is none. */
export function signedLe(data: Uint8Array): number | undefined {
  if (data.length === 0) return undefined;
  const value = unsignedLe(data);
  const half = 2 ** (8 * data.length - 1);
  return value === half ? undefined : value > half ? value - 2 * half : value;
}

/** Type A. An F as the first digit is a minus; any other digit above 9 means that there is no value. */
export function bcdOf(data: Uint8Array): number | undefined {
  const top = data.at(-1);
  if (top === undefined) return undefined;
  if (top >> 4 !== 0x0f) return new ByteReader(data).bcdLe(data.length);
  const rest = Uint8Array.from(data);
  rest[data.length - 1] = top & 0x0f;
  return negative(new ByteReader(rest).bcdLe(data.length));
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
