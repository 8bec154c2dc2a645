import { ByteReader } from '../byte-reader.ts';
import { decoderOf } from '../take.ts';

const READING_PORTS = new Set([5, 6]);
const SHUTDOWN = 7;
const NOT_MEASURED = 0x3ff;

/** LW007-PIR: motion, door, temperature and humidity, packed into bits. */
export const lw007 = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  frame.skip(5);
  if (take.fPort === SHUTDOWN) {
    take.flag('low_battery', (frame.u8() & 1) === 1);
    return;
  }
  if (!READING_PORTS.has(take.fPort)) take.refuse('not-supported', `port ${take.fPort}`);
  const states = frame.u8();
  const [motion, reed] = [states >> 6, (states >> 4) & 3];
  // 3: that sensor is switched off.
  if (motion < 2) take.reading('motion_bool', motion === 1);
  if (reed < 2) take.reading('door_open_bool', reed === 1);
  const climate = frame.u24be();
  const [degrees, moisture] = [climate >> 14, (climate >> 4) & NOT_MEASURED];
  if (degrees !== NOT_MEASURED) take.reading('ambient_temperature_c', degrees / 10 - 30);
  if (moisture !== NOT_MEASURED) take.reading('humidity_pct', moisture / 10);
  take.flag('low_battery', frame.u16be() >> 15 === 1);
});
