import { addressOf, type Cut, compactTime, latin1, textOf, type WatchProtocol } from './protocol.ts';

const AT = 0x40;
const HEAD = /^@(?<form>[A-Z])#@[,|]V?\d\d[,|](?<kind>\d+)[,|](?<id>\d+)[,|]/;
/** `@R#@` or `@E#@`: a mark that stands at the end. */
const END = /@[A-Z]#@/g;

/** `@G#@,V01,14,<imei>,…,@R#@` and `@B#@|01|001|<imei>|…|@E#@`. */
export const pt60: WatchProtocol = {
  model: 'watch-pt60',
  starts: (byte) => byte === AT,
  cut,
  identify: (frame) => addressOf(HEAD.exec(textOf(frame))?.groups?.['id']),
  isOnlyProtocol: (frame) => /^@G#@[,|]V?\d\d[,|]0*1[,|]/.test(textOf(frame)),
  answer(frame, { now, timeZone }) {
    const { form, kind, id } = HEAD.exec(textOf(frame))?.groups ?? {};
    if (form === undefined) return undefined;
    const time = compactTime(now, timeZone);
    if (form === 'G') return latin1(`@G#@,V01,38,${time},@R#@`);
    return latin1(`@B#@|01|${String(Number(kind) + 1).padStart(3, '0')}|${id}|0|${time}|@E#@`);
  },
};

function cut(bytes: Uint8Array): Cut {
  const first = bytes.indexOf(AT);
  if (first !== 0) return { used: first < 0 ? bytes.length : first };
  const text = textOf(bytes);
  const marks = [...text.matchAll(END)];
  const [begin, end] = marks;
  // A mark that is none of a beginning: what stands up to the next one is not a frame.
  if (begin && begin.index > 0) return { used: begin.index };
  if (!begin) return { used: text.length > 4 ? 1 : 0 };
  if (!end) return { used: 0 };
  // Some leave the closing mark out, and the next frame begins.
  const isClosing = /@[RE]#@/.test(end[0]);
  const used = end.index + (isClosing ? end[0].length : 0);
  return { frame: bytes.subarray(0, used), used };
}
