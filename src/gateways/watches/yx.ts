import { addressOf, type Cut, compactTime, latin1, textOf, type WatchProtocol } from './protocol.ts';

/** Three bytes, two of length, text, three bytes. */
const AROUND_BYTES = 8;
const FRAME = /YX(?<id>\d+)\|(?<version>[vV]\d+\.\d+)\|\d+\|\{F(?<kind>\d+)(?:#(?<data>[^}]*))?\}/;
const KIND = { status: '01', echo: '64', server: '90', login: '91' } as const;

/** `YX<imei>|V1.0|1|{F01#…}` between a start, a length and an end. */
export const yx: WatchProtocol = {
  model: 'wristband-yx',
  starts: (byte) => byte === 0,
  cut,
  identify: (frame) => addressOf(FRAME.exec(textOf(frame))?.groups?.['id']),
  isOnlyProtocol: (frame) =>
    [KIND.echo, KIND.server, KIND.login].some((kind) => kind === FRAME.exec(textOf(frame))?.groups?.['kind']),
  answer(frame, { now, timeZone, server }) {
    const { id, version, kind, data = '' } = FRAME.exec(textOf(frame))?.groups ?? {};
    if (id === undefined) return undefined;
    const say = (words: string): Uint8Array => wrapped(`YX${id}|${version}|0|{F${kind}#${words}}\r\n`);
    if (kind === KIND.status) return say(data.split(',')[1] ?? '');
    if (kind === KIND.echo) return say(data);
    if (kind === KIND.server) return say(server);
    if (kind !== KIND.login) return undefined;
    const time = compactTime(now, timeZone).replace(
      /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/,
      '$1-$2-$3-$4-$5-$6',
    );
    return say(`${time}|${server}`);
  },
};

function cut(bytes: Uint8Array): Cut {
  const start = bytes.indexOf(0);
  if (start !== 0) return { used: start < 0 ? bytes.length : start };
  if (bytes.length < 5) return { used: 0 };
  if (bytes[1] !== 1 || bytes[2] !== 2) return { used: 1 };
  const used = AROUND_BYTES + (bytes[3] as number) * 256 + (bytes[4] as number);
  return bytes.length < used ? { used: 0 } : { frame: bytes.subarray(0, used), used };
}

function wrapped(text: string): Uint8Array {
  const frame = Buffer.alloc(AROUND_BYTES + text.length);
  frame.set([0x00, 0x01, 0x02]);
  frame.writeUInt16BE(text.length, 3);
  frame.set(latin1(text), 5);
  frame.set([0xff, 0xfe, 0xfc], 5 + text.length);
  return frame;
}
