import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const AKENZA = 'https://github.com/akenza-io/device-type-library/tree/main/types/GWF/GWFcoder';
const ELEMENT = 'https://github.com/ZennerIoT/element-parsers/blob/master/lib/gwf_meter.ex';

const WITH_DUE_DATE = 0x01;
const WITHOUT_DUE_DATE = 0x02;
/** Media of M-Bus: warm water and water; 3 would be gas. */
const WATER = [0x06, 0x07];
const NO_AGE = 0xffff;

/** 0x10 is millilitres; each step is ten times as much. */
function cubicMetres(unit: number, count: number, take: Take): number {
  if (unit < 0x10 || unit > 0x17) take.refuse('not-supported', `the unit code 0x${unit.toString(16)}`);
  const exponent = unit - 0x16;
  return exponent < 0 ? count / 10 ** -exponent : count * 10 ** exponent;
}

export default defineDevice({
  model: 'gwf-rcm-lrw10',
  maker: 'GWF',
  title: { zh: 'GWF RCM-LRW10 水表模块', en: 'GWF RCM-LRW10 module (GWFcoder)' },
  summary: {
    zh: '读取 GWFcoder 机械水表电子码盘的 LoRaWAN 模块；报文说明读数已有多久。',
    en: 'LoRaWAN module that reads the electronic register of a GWFcoder water meter; each message says how old its reading is.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '模块与码盘通信失败时报文仍带旧读数：按其年龄记时，并报故障。',
      en: 'Where the module cannot read the register, its message still carries the last reading: it counts from its age, and as a fault.',
    },
  ],
  sources: [AKENZA, ELEMENT, 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/gwf'],
  topics: [],
  metrics: ['water_index_m3'],
  events: flagEvents('low_battery', 'fault', 'leak', 'burst', 'reverse', 'no_flow'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const type = frame.u8();
    if (type !== WITH_DUE_DATE && type !== WITHOUT_DUE_DATE)
      take.refuse('not-supported', `the protocol type ${type}`);
    frame.skip(6);
    const medium = frame.u8();
    if (!WATER.includes(medium))
      take.refuse('not-supported', `the medium 0x${medium.toString(16)} is not water`);
    const state = frame.u8();
    const age = frame.u16le();
    const index = cubicMetres(frame.u8(), frame.u32le(), take);
    const alarms = frame.u8();
    frame.skip(1);
    // The lowest two bits: busy, or an error of the application. Bit 4: the register does not answer.
    const application = state & 0x03;
    const mute = (state & 0x10) !== 0;
    take.flag('fault', application === 1 || application === 2 || (state & 0x18) !== 0);
    take.flag('low_battery', ((state & 0x04) | (alarms & 0x20)) !== 0);
    take.flag('leak', (alarms & 0x02) !== 0);
    take.flag('burst', (alarms & 0x08) !== 0);
    take.flag('reverse', (alarms & 0x40) !== 0);
    take.flag('no_flow', (alarms & 0x80) !== 0);
    const wrong = application === 1 || application === 2 || (type === WITH_DUE_DATE && mute);
    if (!wrong && age !== NO_AGE) take.reading('water_index_m3', index, take.at - age * MINUTE);
  }),
  examples: [
    {
      name: 'a reading that is 456 minutes old',
      fPort: 1,
      hex: '02e61e785634120700c80113f803000000e8',
      source: AKENZA,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 1.016, at: '2026-03-01T00:24:00Z' }],
        flags: [],
      },
    },
    {
      name: 'another unit, and two alarms',
      hex: '02e61e130716200700000014f80300000ae87473',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 10.16, at: '2026-03-01T08:00:00Z' }],
        flags: ['leak', 'burst'],
      },
    },
    {
      name: 'an error of the application: its volume is none',
      hex: '02e61e130716200702c80117f803000000e87473',
      source: ELEMENT,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [], flags: ['fault'] },
    },
    {
      name: 'a gas meter',
      hex: '02e61e130716200300c80114f803000000e87473',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a unit that there is not',
      hex: '02e61e130716200700c801aaf803000000e87473',
      source: ELEMENT,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that was cut',
      hex: '02e61e1307162007',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
