import { zoneOffset } from '../../lib/local-time.ts';
import type { DeviceCommand } from '../../model/device-command.ts';

/** How a watch is called: the ten digits that are printed on it, or its IMEI. */
export interface WatchAddress {
  readonly scheme: 'watch' | 'imei';
  readonly id: string;
}

/** A frame at the front of a stream. Without a frame: `used` bytes are not one; 0, if more must come to tell. */
export interface Cut {
  readonly frame?: Uint8Array;
  readonly used: number;
}

/** What an answer may have to say. */
export interface AnswerContext {
  readonly now: number;
  readonly timeZone: string;
  /** Where the watch reaches us, `host,port`: some ask at each login where to go. */
  readonly server: string;
}

/** What a command is put into words with. `frame` is the last that came: makers differ in head and numbering. */
export interface CommandContext extends AnswerContext {
  readonly address: WatchAddress;
  readonly frame: Uint8Array;
}

/**
 * One protocol of watches, as far as a connection must know it: where a frame ends, whose it is, and what is said back.
 * What stands in a frame is the device model's business. All of it pure.
 */
export interface WatchProtocol {
  /** The device model that decodes it. */
  readonly model: string;
  /** Is this the first byte of a frame of it? No two protocols share one. */
  starts(byte: number): boolean;
  cut(bytes: Uint8Array): Cut;
  /** Undefined where frames bear no number: then the login counted. */
  identify(frame: Uint8Array): WatchAddress | undefined;
  /** A login, a question for the time, a piece of voice: answered here, for there is nothing in it to be kept. */
  isOnlyProtocol(frame: Uint8Array): boolean;
  /** May somebody be calling for help with it? Absent: the protocol does not show it at a glance. */
  isAlarm?(frame: Uint8Array): boolean;
  /** What the watch waits for; undefined: nothing. */
  answer(frame: Uint8Array, context: AnswerContext): Uint8Array | undefined;
  /** Undefined: the protocol has no words for this, or nobody has published them. */
  command?(command: DeviceCommand, context: CommandContext): readonly Uint8Array[] | undefined;
}

export const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const textOf = (frame: Uint8Array): string =>
  Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1');

/** Ten digits are the number of a watch, fifteen an IMEI. */
export function addressOf(digits: string | undefined): WatchAddress | undefined {
  if (digits === undefined || digits === '') return undefined;
  return { scheme: digits.length === 15 ? 'imei' : 'watch', id: digits };
}

/** A frame of text up to its last character; what stands before its first one is skipped. */
export function cutText(bytes: Uint8Array, starts: (byte: number) => boolean, ends: string): Cut {
  const first = bytes.findIndex(starts);
  if (first < 0) return { used: bytes.length };
  if (first > 0) return { used: first };
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(ends, 0, 'latin1');
  if (end < 0) return { used: 0 };
  const used = end + ends.length;
  return { frame: bytes.subarray(0, used), used };
}

/** `20260301080000`, in a zone. */
export function compactTime(at: number, timeZone = 'UTC'): string {
  const ahead = timeZone === 'UTC' ? 0 : zoneOffset(at, timeZone);
  return new Date(at + ahead).toISOString().slice(0, 19).replace(/[-T:]/g, '');
}
