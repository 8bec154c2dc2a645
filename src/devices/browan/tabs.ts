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

/** TABS of Browan: status, battery in tenths of a volt above 2.5, degrees above -32; humidity where it has such a sensor. */
export const tabs = (state: State, withHumidity = false): Decode =>
  decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    state(take, frame.u8());
    take.reading('battery_v', (25 + (frame.u8() & 0x0f)) / 10);
    const degrees = frame.u8() & 0x7f;
    if (degrees !== NOT_MEASURED) take.reading('ambient_temperature_c', degrees - 32);
    if (!withHumidity) return;
    const moisture = frame.u8() & 0x7f;
    if (moisture !== NOT_MEASURED) take.reading('humidity_pct', moisture);
  });
