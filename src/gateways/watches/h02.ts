import { addressOf, type Cut, compactTime, cutText, latin1, textOf, type WatchProtocol } from './protocol.ts';

const TEXT = 0x2a;
const BINARY = 0x24;
const HEAD = /^\*(?<maker>..),(?<id>\d*),(?<type>[^,#]*)/;
/** Bytes come in three lengths, and do not say in which; that of 42 bears an IMEI. */
const LENGTHS = [45, 42, 32] as const;
const IMEI_BYTES = 42;

const starts = (byte: number): boolean => byte === TEXT || byte === BINARY;

/** `*HQ,<id>,V1,…#`, or 32, 42 or 45 bytes after a `$`. */
export const h02: WatchProtocol = {
  model: 'watch-h02',
  starts,
  cut: (bytes) => (bytes[0] === BINARY ? cutBinary(bytes) : cutText(bytes, starts, '#')),
  identify(frame) {
    if (frame[0] !== BINARY) return addressOf(HEAD.exec(textOf(frame))?.groups?.['id']);
    const id = frame.subarray(1, frame.length === IMEI_BYTES ? 9 : 6);
    return addressOf(Buffer.from(id).toString('hex').slice(0, 15));
  },
  isOnlyProtocol: () => false,
  answer(frame, { now }) {
    const { maker, id, type } = HEAD.exec(textOf(frame))?.groups ?? {};
    if (maker === undefined || id === undefined || id === '') return undefined;
    if (type === 'V0' || type === 'HTBT') return latin1(`*${maker},${id},${type}#`);
    if (type !== 'V1' && type !== 'NBR') return undefined;
    return latin1(`*${maker},${id},V4,${type},${compactTime(now)}#`);
  },
  command(command, { frame, address, now }) {
    if (!('intervalSeconds' in command)) return undefined;
    const maker = HEAD.exec(textOf(frame))?.groups?.['maker'] ?? 'HQ';
    const time = compactTime(now).slice(8);
    return [latin1(`*${maker},${address.id},S71,${time},22,${command.intervalSeconds}#`)];
  },
};

function cutBinary(bytes: Uint8Array): Cut {
  const endsAt = (length: number): boolean =>
    bytes.length === length || (bytes.length > length && starts(bytes[length] as number));
  const whole = LENGTHS.find(endsAt);
  if (whole !== undefined) return { frame: bytes.subarray(0, whole), used: whole };
  // None of them: the next frame begins where its mark stands; until it comes, this may be the start of a long one.
  if (bytes.length < LENGTHS[0]) return { used: 0 };
  const next = bytes.findIndex((byte, i) => i > 0 && starts(byte));
  return { used: next < 0 ? bytes.length : next };
}
