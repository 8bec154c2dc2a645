import { ByteReader } from '../byte-reader.ts';
import { decoderOf } from '../take.ts';
import { takeStatus } from './water-contact.ts';

const STATE_PORT = 2;
const LOG_PORT = 3;
const STATUS_PORT = 5;

/** PB01-L: battery, sounds, the button, temperature, humidity. */
export const pb01 = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  if (take.fPort === STATUS_PORT) {
    takeStatus(frame, take);
    return;
  }
  if (take.fPort === LOG_PORT)
    take.refuse('no-device-data', 'presses of the past: they call nobody any more');
  if (take.fPort !== STATE_PORT) take.refuse('not-supported', `port ${take.fPort}`);
  take.reading('battery_v', frame.u16be() / 1000);
  frame.skip(1);
  if ((frame.u8() & 1) === 1) take.event('sos');
  take.reading('ambient_temperature_c', frame.i16be() / 10);
  take.reading('humidity_pct', frame.u16be() / 10);
});
