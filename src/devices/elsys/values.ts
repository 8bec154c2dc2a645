import type { MetricName } from '../../model/metrics.ts';
import { ByteReader } from '../byte-reader.ts';
import { openState } from '../contacts.ts';
import type { Decode } from '../define.ts';
import { inputOf, takePulses } from '../pulses.ts';
import { decoderOf, type Take } from '../take.ts';

const SETTINGS = 0x3e;
/** Lengths of what has no place here: acceleration, light, CO2, analogue inputs, distance, sound, a heat picture. */
const SKIPPED: Readonly<Record<number, number>> = {
  3: 3,
  4: 2,
  6: 2,
  8: 2,
  10: 2,
  12: 2,
  14: 2,
  15: 1,
  16: 4,
  19: 65,
  20: 4,
  21: 2,
  22: 2,
  24: 2,
  25: 2,
  26: 1,
  27: 4,
  28: 2,
  61: 4,
};

type Value = (frame: ByteReader, take: Take) => void;

/** By type: the metrics that a value makes, and how it is read. */
const VALUES: Readonly<
  Record<number, { readonly of: readonly MetricName[]; readonly length: number; readonly read: Value }>
> = {
  1: {
    of: ['ambient_temperature_c'],
    length: 2,
    read: (f, take) => take.reading('ambient_temperature_c', f.i16be() / 10),
  },
  2: { of: ['humidity_pct'], length: 1, read: (f, take) => take.reading('humidity_pct', f.u8()) },
  // How often somebody moved since the last message.
  5: { of: ['motion_bool'], length: 1, read: (f, take) => take.reading('motion_bool', f.u8() > 0) },
  7: { of: ['battery_v'], length: 2, read: (f, take) => take.reading('battery_v', f.u16be() / 1000) },
  9: {
    of: ['latitude_deg'],
    length: 6,
    read: (f, take) => {
      take.reading('latitude_deg', i24(f) / 10_000);
      take.reading('longitude_deg', i24(f) / 10_000);
    },
  },
  11: { of: ['pulse_count'], length: 4, read: (f, take) => takeInput(take, 1, f.u32be()) },
  13: {
    of: ['door_open_bool'],
    length: 1,
    read: (f, take) => take.reading('door_open_bool', f.u8() === openState(take)),
  },
  // 0 nobody, 1 perhaps, 2 somebody.
  17: { of: ['motion_bool'], length: 1, read: (f, take) => take.reading('motion_bool', f.u8() > 0) },
  18: {
    of: ['water_leak_bool'],
    length: 1,
    read: (f, take) => {
      const wet = f.u8() > 0;
      take.reading('water_leak_bool', wet);
      take.flag('leak', wet);
    },
  },
  23: { of: ['pulse_count'], length: 4, read: (f, take) => takeInput(take, 2, f.u32be()) },
};

const i24 = (frame: ByteReader): number => (frame.u24be() << 8) >> 8;

function takeInput(take: Take, input: number, pulses: number): void {
  if (input === inputOf(take)) takePulses(take, pulses);
}

/**
 * The values of Elsys: type, value, again and again; the length of a value is known from its type alone. Values of
 * metrics that the model does not have are passed over.
 */
export function elsys(metrics: readonly MetricName[]): Decode {
  return decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (frame.peek() === SETTINGS) take.refuse('no-device-data', 'the settings of the device');
    while (frame.left > 0) {
      const type = frame.u8();
      const value = VALUES[type];
      const length = value?.length ?? SKIPPED[type];
      if (length === undefined) {
        take.reject('not-supported', `value type ${type}`);
        return;
      }
      if (value?.of.some((metric) => metrics.includes(metric))) value.read(frame, take);
      else frame.skip(length);
    }
  });
}
