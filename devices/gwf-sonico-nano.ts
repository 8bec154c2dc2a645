import { ByteReader, LowBitReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { applicationOf } from '../src/devices/mbus/frame.ts';
import { scaled } from '../src/devices/mbus/quantities.ts';
import { takeWater, WATER_METRICS } from '../src/devices/mbus/water.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/gwf/sonico-nano.js';

const US_GALLON_M3 = 0.003785411784;
const COMPACT_BYTES = 11;
const FULL_BYTES = 51;

/** Three bytes of alarms, the same in M-Bus records and in the long message. */
function takeAlarms(take: Take, word: number, at = take.at): void {
  take.flag('tamper', (word & 0x01) !== 0, at);
  take.flag('leak', (word & 0x02) !== 0, at);
  take.flag('burst', (word & 0x04) !== 0, at);
  take.flag('dry', (word & 0x20) !== 0, at);
  take.flag('reverse', (word & 0x40) !== 0, at);
  take.flag('no_flow', (word & 0x80) !== 0, at);
  take.flag('fault', (word & 0x1000) !== 0, at);
  take.flag('low_battery', (word & 0x80_0000) !== 0, at);
}

/** Volume, medium and unit, serial number, temperature and alarms in eleven bytes, from the lowest bit on. */
function takeCompact(payload: Uint8Array, take: Take): void {
  if (payload.length !== COMPACT_BYTES)
    take.refuse('malformed-payload', `${payload.length} bytes instead of ${COMPACT_BYTES}`);
  const bits = new LowBitReader(payload);
  const count = bits.bits(30);
  bits.bits(5);
  const unit = bits.bits(2) > 1 ? US_GALLON_M3 : 1;
  bits.bits(1);
  const exponent = bits.bits(3) - 3;
  bits.bits(27);
  take.reading('water_index_m3', scaled(count, { exponent, factor: unit }));
  take.reading('water_temperature_c', bits.bits(7));
  const alarms = bits.bits(13);
  take.flag('fault', (alarms & 0x1801) !== 0);
  take.flag('tamper', (alarms & 0x0002) !== 0);
  take.flag('leak', (alarms & 0x0004) !== 0);
  take.flag('burst', (alarms & 0x0008) !== 0);
  take.flag('dry', (alarms & 0x0020) !== 0);
  take.flag('reverse', (alarms & 0x0040) !== 0);
  take.flag('no_flow', (alarms & 0x0080) !== 0);
  take.flag('low_battery', (alarms & 0x0100) !== 0);
}

/** Unit of M-Bus, both registers, alarms, temperature; differences follow, of whose times nothing certain is said. */
function takeFull(payload: Uint8Array, take: Take): void {
  if (payload.length !== FULL_BYTES)
    take.refuse('malformed-payload', `${payload.length} bytes instead of ${FULL_BYTES}`);
  const frame = new ByteReader(payload);
  const unit = frame.u8();
  if (unit < 0x12 || unit > 0x16) take.refuse('not-supported', `the unit code 0x${unit.toString(16)}`);
  const scale = { exponent: unit - 0x16 };
  take.reading('water_index_m3', scaled(frame.u32le(), scale));
  take.reading('water_reverse_m3', scaled(frame.u32le(), scale));
  frame.skip(1);
  takeAlarms(take, alarmsOf(frame.u24le()));
  frame.skip(5);
  take.reading('water_temperature_c', frame.i16le() / 100);
}

/** The lowest bit is reserved here, so the first three alarms stand one place higher than in M-Bus records. */
const alarmsOf = (word: number): number => (word & 0xff_ffe0) | ((word >> 1) & 0x07);

export default defineDevice({
  model: 'gwf-sonico-nano',
  maker: 'GWF',
  title: { zh: 'GWF Sonico Nano 超声水表', en: 'GWF Sonico Nano water meter' },
  summary: {
    zh: '超声 LoRaWAN 水表；端口决定是 M-Bus 记录、短报文还是带历史的长报文。',
    en: 'Ultrasonic LoRaWAN water meter; its port says whether M-Bus records, a short message or a long one comes.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '长报文的历史差值没有确定的时间，不取；端口 102 只发结算日读数，不支持。',
      en: 'The differences in its long message have no certain time and are not taken; port 102 tells the due date alone and is not supported.',
    },
  ],
  sources: [SOURCE],
  topics: [],
  metrics: WATER_METRICS,
  events: flagEvents('tamper', 'leak', 'burst', 'dry', 'reverse', 'no_flow', 'fault', 'low_battery'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    switch (take.fPort) {
      case 100: {
        const application = applicationOf(payload, take);
        if (application.form === 'fixed') return take.refuse('not-supported', 'the fixed data structure');
        takeWater(application.records, take, { errorFlags: takeAlarms });
        return;
      }
      case 101:
        takeCompact(payload, take);
        return;
      case 104:
        takeFull(payload, take);
        return;
      default:
        take.refuse('not-supported', `port ${take.fPort}`);
    }
  }),
  examples: [
    {
      name: 'M-Bus records with a leak and a battery that is low',
      fPort: 100,
      hex: '78041372ab000004933c0500000002595e0603fd17020080',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 43.89, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 0.005, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_temperature_c', value: 16.3, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['leak', 'low_battery'],
      },
    },
    {
      name: 'the short message: litres, 16 degrees, a burst',
      fPort: 101,
      hex: '72ab0000059cc278014100',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 43.89, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_temperature_c', value: 16, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['burst'],
      },
    },
    {
      name: 'the long message: leak, backflow and a battery that is low',
      fPort: 104,
      hex: '1372ab00000500000000440080004e61bc005e0600000000000000000000000000000000000000000000000000000000000000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 43.89, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_reverse_m3', value: 0.005, at: '2026-03-01T08:00:00Z' },
          { metric: 'water_temperature_c', value: 16.3, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['leak', 'reverse', 'low_battery'],
      },
    },
    {
      name: 'a due date alone',
      fPort: 102,
      hex: '00000000000000000000000000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
