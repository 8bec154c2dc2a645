import { addressOf, type Cut, textOf, type WatchProtocol } from './protocol.ts';

const BANG = 0x21;
const END = /[;\r\n\0]/;

/** `!1,<imei>;` and then `!D,…;`: no number in the frame; the login has told it. It waits for no answer. */
export const minifinder: WatchProtocol = {
  model: 'minifinder',
  starts: (byte) => byte === BANG,
  cut,
  identify: (frame) => addressOf(/^!1,(\d{15})/.exec(textOf(frame))?.[1]),
  isOnlyProtocol: (frame) => textOf(frame).startsWith('!1,'),
  answer: () => undefined,
};

function cut(bytes: Uint8Array): Cut {
  const first = bytes.indexOf(BANG);
  if (first !== 0) return { used: first < 0 ? bytes.length : first };
  const end = END.exec(textOf(bytes));
  return end ? { frame: bytes.subarray(0, end.index), used: end.index + 1 } : { used: 0 };
}
