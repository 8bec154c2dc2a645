import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/gwf/rcm-h200.js';

const BYTES = 11;
const US_GALLON_M3 = 0.003785411784;
const CUBIC_FOOT_M3 = 0.028316846592;
/** Medium and unit in one code; 2 is gas. */
const UNITS: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  3: US_GALLON_M3,
  4: US_GALLON_M3,
  5: CUBIC_FOOT_M3,
  6: CUBIC_FOOT_M3,
};
/** Powers of ten, from thousandths to tens. */
const EXPONENT_MAX = 4;

/** Minutes to 59, then quarters of an hour, then days; what is older by weeks has no place in a course. */
function ageOf(code: number): number | undefined {
  if (code < 60) return code * MINUTE;
  if (code < 152) return HOUR + (code - 60) * 15 * MINUTE;
  return code < 200 ? (code - 151) * DAY : undefined;
}

export default defineDevice({
  model: 'gwf-rcm-h200',
  maker: 'GWF',
  title: { zh: 'GWF RCM-H200 水表模块', en: 'GWF RCM-H200 module' },
  summary: {
    zh: '读取 GWF 水表码盘的 LoRaWAN 模块，短报文：读数、单位、告警和读数年龄。',
    en: 'LoRaWAN module for GWF water meters with a short message: reading, unit, alarms and the age of the reading.',
  },
  connect: LORAWAN_CONNECT,
  sources: [SOURCE],
  topics: [],
  metrics: ['water_index_m3'],
  events: flagEvents('fault', 'burst', 'low_battery', 'reverse', 'leak', 'no_flow'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    if (payload.length !== BYTES)
      take.refuse('malformed-payload', `${payload.length} bytes instead of ${BYTES}`);
    const frame = new ByteReader(payload);
    const count = frame.u32le() % 2 ** 27;
    const unit = frame.u8();
    const exponent = unit >> 4;
    const weight = UNITS[unit & 0x0f];
    if (weight === undefined || exponent > EXPONENT_MAX)
      take.refuse('not-supported', `the unit code 0x${unit.toString(16)}`);
    frame.skip(3);
    const errors = frame.u8();
    const alarms = frame.u8();
    const age = ageOf(frame.u8());
    // No answer of the register, a damaged one, or digits between two figures: the count is not to be trusted.
    const unread = (errors & 0x38) !== 0;
    take.flag('fault', unread);
    take.flag('burst', (errors & 0x40) !== 0);
    take.flag('low_battery', (errors & 0x80) !== 0);
    take.flag('reverse', (alarms & 0x01) !== 0);
    take.flag('leak', (alarms & 0x02) !== 0);
    take.flag('no_flow', (alarms & 0x04) !== 0);
    if (!unread && age !== undefined)
      take.reading('water_index_m3', (count * 10 ** exponent * (weight ?? 1)) / 1000, take.at - age);
  }),
  examples: [
    {
      name: 'litres, read an hour and a quarter ago',
      hex: 'f80300e80078563402003d',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 1.016, at: '2026-03-01T06:45:00Z' }],
        flags: [],
      },
    },
    {
      name: 'US gallons, burst and backflow',
      hex: 'e803000033785634420100',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 3.785412, at: '2026-03-01T08:00:00Z' }],
        flags: ['burst', 'reverse'],
      },
    },
    {
      name: 'the register does not answer',
      hex: 'e8030000007856340a0000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [], flags: ['fault'] },
    },
    {
      name: 'gas',
      hex: 'e803000002785634020000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a byte too few',
      hex: 'e8030000007856340200',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
