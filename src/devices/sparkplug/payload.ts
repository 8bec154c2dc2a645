import { ByteReader, BytesMissing } from '../byte-reader.ts';

/** One metric of a Sparkplug B payload. The first message names it and gives it an alias; later ones may give only that. */
export interface SparkplugMetric {
  readonly name?: string;
  readonly alias?: number;
  /** Epoch milliseconds. */
  readonly timestamp?: number;
  readonly datatype?: number;
  /** Stored while the node was offline. */
  readonly historical: boolean;
  /** Number, truth value or text; undefined: null, or of a kind that holds no single value. */
  readonly value?: number | boolean | string;
  /** The property `engUnit`, as gateways give the unit. */
  readonly unit?: string;
}

export interface SparkplugPayload {
  readonly timestamp?: number;
  readonly seq?: number;
  readonly metrics: readonly SparkplugMetric[];
}

interface Field {
  readonly number: number;
  /** A varint or the bits of a fixed number. */
  readonly bits: bigint;
  readonly bytes: Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const EMPTY = new Uint8Array();

/**
 * The fields of a protobuf message. Written by hand: the payload has three small messages, and none of its schema needs
 * more than this.
 *
 * @throws BytesMissing on bytes that are no message
 * @see https://protobuf.dev/programming-guides/encoding/
 */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = new ByteReader(bytes);
  while (reader.left > 0) {
    const tag = Number(varint(reader));
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) throw new BytesMissing('no protobuf message: field 0');
    if (wire === VARINT) yield { number, bits: varint(reader), bytes: EMPTY };
    else if (wire === BYTES) yield { number, bits: 0n, bytes: reader.take(Number(varint(reader))) };
    else if (wire === FIXED32) yield { number, bits: 0n, bytes: reader.take(4) };
    else if (wire === FIXED64) yield { number, bits: 0n, bytes: reader.take(8) };
    else throw new BytesMissing(`no protobuf message: wire type ${wire}`);
  }
}

function varint(reader: ByteReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.u8();
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw new BytesMissing('no protobuf message: a number without an end');
}

/** @throws BytesMissing on bytes that are no Sparkplug B payload */
export function sparkplugPayload(bytes: Uint8Array): SparkplugPayload {
  const metrics: SparkplugMetric[] = [];
  let timestamp: number | undefined;
  let seq: number | undefined;
  for (const { number, bits, bytes: inner } of fieldsOf(bytes)) {
    if (number === 1) timestamp = Number(bits);
    else if (number === 2) metrics.push(metricOf(inner));
    else if (number === 3) seq = Number(bits);
  }
  return {
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(seq === undefined ? {} : { seq }),
    metrics,
  };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Data types of Sparkplug B that are signed, by their bits: on the wire they travel as unsigned numbers. */
const SIGNED_BITS: Readonly<Record<number, number>> = { 1: 8, 2: 16, 3: 32, 4: 64 };

function metricOf(bytes: Uint8Array): SparkplugMetric {
  const metric: { -readonly [K in keyof SparkplugMetric]: SparkplugMetric[K] } = { historical: false };
  let raw: bigint | undefined;
  let isNull = false;
  for (const { number, bits, bytes: inner } of fieldsOf(bytes)) {
    if (number === 1) metric.name = text(inner);
    else if (number === 2) metric.alias = Number(bits);
    else if (number === 3) metric.timestamp = Number(bits);
    else if (number === 4) metric.datatype = Number(bits);
    else if (number === 5) metric.historical = bits !== 0n;
    else if (number === 7) isNull = bits !== 0n;
    else if (number === 9) Object.assign(metric, unitOf(inner));
    else if (number === 10 || number === 11) raw = bits;
    else if (number === 12 && inner.length === 4) metric.value = shortest(viewOf(inner).getFloat32(0, true));
    else if (number === 13 && inner.length === 8) metric.value = viewOf(inner).getFloat64(0, true);
    else if (number === 14) metric.value = bits !== 0n;
    else if (number === 15) metric.value = text(inner);
  }
  if (raw !== undefined) metric.value = integerOf(raw, metric.datatype);
  if (isNull) delete metric.value;
  return metric;
}

/** An integer of this type; some encoders extend a negative one to 64 bits, others to 32. */
function integerOf(raw: bigint, datatype = 0): number {
  const bits = SIGNED_BITS[datatype];
  return Number(bits === undefined ? BigInt.asUintN(64, raw) : BigInt.asIntN(bits, raw));
}

/** 12.3 as 32 bits is 12.300000190734863 as 64: the digits that were meant are the fewest that give the same 32 bits. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** A property set: keys, and values in the same order. */
function unitOf(bytes: Uint8Array): { unit?: string } {
  const keys: string[] = [];
  const values: (string | undefined)[] = [];
  for (const { number, bytes: inner } of fieldsOf(bytes)) {
    if (number === 1) keys.push(text(inner));
    else if (number === 2) values.push(textValueOf(inner));
  }
  const at = keys.findIndex((key) => /^(engunit|engineeringunits?|units?)$/i.test(key));
  const unit = at < 0 ? undefined : values[at];
  return unit === undefined ? {} : { unit };
}

function textValueOf(bytes: Uint8Array): string | undefined {
  for (const { number, bytes: inner } of fieldsOf(bytes)) if (number === 8) return text(inner);
  return undefined;
}
