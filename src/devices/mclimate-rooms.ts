import { ByteReader } from './byte-reader.ts';
import type { Decode } from './define.ts';
import { decoderOf, type Take } from './take.ts';

const volts = (byte: number): number => ((byte * 2200) / 255 + 1600) / 1000;

/** Ten bits of temperature and, in most models, one more that says whether somebody is there; then the humidity. */
function takeRoom(frame: ByteReader, take: Take): boolean {
  const word = frame.u16be();
  take.reading('ambient_temperature_c', ((word & 0x3ff) - 400) / 10);
  take.reading('humidity_pct', (frame.u8() * 100) / 256);
  return (word & 0x400) !== 0;
}

/** Answers to commands stand in front of a heartbeat, which is always the end of the frame. */
function heartbeat(read: (frame: ByteReader, take: Take) => void, code: number, length: number): Decode {
  return decoderOf((payload, take) => {
    const frame = new ByteReader(payload, payload[0] === code ? 0 : Math.max(0, payload.length - length));
    const command = frame.u8();
    if (command !== code) take.refuse('not-supported', `command ${command} without a heartbeat`);
    read(frame, take);
  });
}

const takeLite = (frame: ByteReader, take: Take): void => {
  const occupied = takeRoom(frame, take);
  take.reading('motion_bool', occupied);
  take.reading('battery_v', volts(frame.u8()));
};

export const mclimateHtPir = heartbeat(takeLite, 0x81, 6);
export const mclimateCo2Pir = heartbeat(takeLite, 0x81, 8);
export const mclimatePirMini = heartbeat(
  (frame, take) => {
    takeRoom(frame, take);
    // Light.
    frame.skip(2);
    take.reading('battery_v', volts(frame.u8()));
    take.reading('motion_bool', (frame.u8() & 1) !== 0);
  },
  0x01,
  10,
);
