import { ByteReader } from './byte-reader.ts';
import { decoderOf, type Take } from './take.ts';

const DATA_PORT = 3;
const MODE_PORT = 100;
const USAGE_MODE = 1;
/** What made it send, a bit each; which bit is the button depends on the mode. */
const BUTTON = 0x40;
const BUTTON_IN_USAGE = 0x20;
const MOVED = 0x04;

const HISTORY = 7;

/** False: not known, nor how long it is. */
function takeValue(kind: number, frame: ByteReader, take: Take): boolean {
  if (kind === 1 || kind === 6) take.reading('ambient_temperature_c', frame.i16be() / 100);
  if (kind === 2 || kind === 7) take.reading('humidity_pct', frame.u8() / 2);
  // How often a contact closed, how often it was moved.
  if (kind === 3 || kind === 4) frame.skip(2);
  if (kind === 5) frame.skip(6);
  if (kind === 6) frame.skip(HISTORY * 2);
  if (kind === 7) frame.skip(HISTORY);
  return kind >= 1 && kind <= 7;
}

/** Multisense of Swisscom: version, mode, why it sends, battery, then kind and value again and again. */
export const multisense = decoderOf((payload, take) => {
  if (take.fPort === MODE_PORT) take.refuse('no-device-data', 'its mode changes');
  if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
  const frame = new ByteReader(payload);
  frame.skip(1);
  const usage = frame.u8() === USAGE_MODE;
  const why = frame.u8();
  if ((why & (usage ? BUTTON_IN_USAGE : BUTTON)) !== 0) take.event('sos');
  if (!usage && (why & MOVED) !== 0) take.reading('motion_bool', true);
  // Six millivolts a step, from two volts.
  take.reading('battery_v', (frame.u8() * 6 + 2000) / 1000);
  while (frame.left > 0) {
    const kind = frame.u8();
    if (!takeValue(kind, frame, take)) {
      take.reject('not-supported', `value ${kind}`);
      return;
    }
  }
});
