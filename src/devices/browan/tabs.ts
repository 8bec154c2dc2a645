import { ByteReader } from '../byte-reader.ts';
import type { Decode } from '../define.ts';
import { decoderOf, type Take } from '../take.ts';

type State = (take: Take, status: number) => void;

/** The state that a status byte of the TABS family holds in its lowest bit. */
export const wet: State = (take, status) => {
  take.reading('water_leak_bool', status & 1);
  take.flag('leak', (status & 1) === 1);
};
export const open: State = (take, status) => take.reading('door_open_bool', status & 1);
export const moving: State = (take, status) => take.reading('motion_bool', status & 1);

const NOT_MEASURED = 0x7f;

/**
 * TABS of Browan: status, battery in tenths of a volt above 2.5, degrees above -32 of its board; where it has a sensor
 * for the air, humidity and, in newer firmware, the degrees of the air.
 */
export const tabs = (state: State, withAir = false): Decode =>
  decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    state(take, frame.u8());
    take.reading('battery_v', (25 + (frame.u8() & 0x0f)) / 10);
    let degrees = frame.u8() & 0x7f;
    if (withAir) {
      const moisture = frame.u8() & 0x7f;
      if (moisture !== NOT_MEASURED) take.reading('humidity_pct', moisture);
      if (frame.left > 0) degrees = frame.u8() & 0x7f;
    }
    if (degrees !== NOT_MEASURED) take.reading('ambient_temperature_c', degrees - 32);
  });

/** A button of the same family: pressed or a heartbeat. */
export const pressed: State = (take, status) => {
  if ((status & 1) === 1) take.event('sos');
};

/** MerryIoT, the later family: the states of a door, battery above 2.1 V, signed degrees, humidity. */
export const merryIotDoor: Decode = decoderOf((payload, take) => {
  const frame = new ByteReader(payload);
  const status = frame.u8();
  take.reading('door_open_bool', status & 1);
  take.flag('tamper', (status & 4) !== 0);
  take.reading('battery_v', (21 + (frame.u8() & 0x0f)) / 10);
  take.reading('ambient_temperature_c', frame.i8());
  take.reading('humidity_pct', frame.u8() & 0x7f);
});
