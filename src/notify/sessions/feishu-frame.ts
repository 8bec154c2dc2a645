/**
 * The frames of Feishu's long connection: one protobuf message (proto2), written here by hand because the vendor's
 * library does not give its own away. Fields and numbers as in that library, `pbbp2.Frame`.
 *
 * @see https://github.com/larksuite/oapi-sdk-go/blob/v3_main/ws/pbbp2.proto
 */
export interface FeishuFrame {
  readonly seqId: bigint;
  readonly logId: bigint;
  readonly service: number;
  /** 0: control (ping, pong), 1: data. */
  readonly method: number;
  readonly headers: readonly (readonly [key: string, value: string])[];
  readonly payloadEncoding?: string | undefined;
  readonly payloadType?: string | undefined;
  readonly payload?: Uint8Array | undefined;
  readonly logIdNew?: string | undefined;
}

export const CONTROL = 0;
export const DATA = 1;

const VARINT = 0;
const BYTES = 2;
const FIXED_64 = 1;
const FIXED_32 = 5;

/** What does not end where it should, or is no frame at all. */
export class FrameUnreadable extends Error {
  override readonly name = 'FrameUnreadable';
}

export function encodeFrame(frame: FeishuFrame): Buffer {
  const { seqId, logId, service, method, headers, payloadEncoding, payloadType, payload, logIdNew } = frame;
  return Buffer.concat([
    number(1, seqId),
    number(2, logId),
    number(3, BigInt(service)),
    number(4, BigInt(method)),
    ...headers.map(([key, value]) => bytes(5, Buffer.concat([bytes(1, key), bytes(2, value)]))),
    ...(payloadEncoding === undefined ? [] : [bytes(6, payloadEncoding)]),
    ...(payloadType === undefined ? [] : [bytes(7, payloadType)]),
    ...(payload === undefined ? [] : [bytes(8, payload)]),
    ...(logIdNew === undefined ? [] : [bytes(9, logIdNew)]),
  ]);
}

/** @throws FrameUnreadable */
export function decodeFrame(data: Uint8Array): FeishuFrame {
  const fields = readFields(data);
  const last = (field: number): bigint | Uint8Array | undefined => fields.findLast(([n]) => n === field)?.[1];
  const numberOf = (field: number): bigint => {
    const value = last(field);
    if (typeof value !== 'bigint') throw new FrameUnreadable(`the field ${field} is missing`);
    return value;
  };
  const bytesOf = (field: number): Uint8Array | undefined => {
    const value = last(field);
    return typeof value === 'bigint' ? undefined : value;
  };
  const textOf = (field: number): string | undefined => {
    const value = bytesOf(field);
    return value && Buffer.from(value).toString('utf8');
  };
  return {
    seqId: numberOf(1),
    logId: numberOf(2),
    service: Number(BigInt.asIntN(32, numberOf(3))),
    method: Number(BigInt.asIntN(32, numberOf(4))),
    headers: fields.flatMap(([n, value]) =>
      n === 5 && typeof value !== 'bigint' ? [readHeader(value)] : [],
    ),
    payloadEncoding: textOf(6),
    payloadType: textOf(7),
    payload: bytesOf(8),
    logIdNew: textOf(9),
  };
}

export const headerOf = (frame: FeishuFrame, key: string): string =>
  frame.headers.find(([name]) => name === key)?.[1] ?? '';

function readHeader(data: Uint8Array): readonly [string, string] {
  const fields = readFields(data);
  const textOf = (field: number): string => {
    const value = fields.findLast(([n]) => n === field)?.[1];
    return value === undefined || typeof value === 'bigint' ? '' : Buffer.from(value).toString('utf8');
  };
  return [textOf(1), textOf(2)];
}

function readFields(data: Uint8Array): (readonly [field: number, value: bigint | Uint8Array])[] {
  const fields: (readonly [number, bigint | Uint8Array])[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = data[at++];
      if (byte === undefined) throw new FrameUnreadable('it ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new FrameUnreadable('a number does not end');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > data.length) throw new FrameUnreadable('it ends within a field');
    at += length;
    return data.subarray(at - length, at);
  };
  while (at < data.length) {
    const tag = Number(varint());
    const kind = tag & 7;
    if (kind === VARINT) fields.push([tag >>> 3, varint()]);
    else if (kind === BYTES) fields.push([tag >>> 3, take(Number(varint()))]);
    else if (kind === FIXED_64) take(8);
    else if (kind === FIXED_32) take(4);
    else throw new FrameUnreadable(`a field of the kind ${kind}`);
  }
  return fields;
}

function number(field: number, value: bigint): Buffer {
  return Buffer.concat([varintOf(BigInt((field << 3) | VARINT)), varintOf(BigInt.asUintN(64, value))]);
}

function bytes(field: number, value: string | Uint8Array): Buffer {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varintOf(BigInt((field << 3) | BYTES)), varintOf(BigInt(content.length)), content]);
}

function varintOf(value: bigint): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Buffer.from(out);
}
