import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

/** The reason stands in the upper three bits; what is the case now below. */
const TEST_BUTTON = 1;
const BOX_OPEN = 0x08;
const WET = 0x02;

export default defineDevice({
  model: 'mclimate-flood',
  maker: 'MClimate',
  title: { zh: 'MClimate 水浸传感器', en: 'MClimate flood sensor' },
  summary: {
    zh: '遇水、被拆立即上报，平时发心跳与电量。',
    en: 'Says at once when it gets wet or is opened; heartbeats with its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate'],
  topics: [],
  metrics: ['water_leak_bool', 'ambient_temperature_c', 'battery_v'],
  events: ['alarm_test', ...flagEvents('leak', 'tamper')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const state = frame.u8();
    const wet = (state & WET) !== 0;
    take.reading('battery_v', (frame.u8() * 16) / 1000);
    take.reading('water_leak_bool', wet);
    take.flag('leak', wet);
    take.flag('tamper', (state & BOX_OPEN) !== 0);
    if (state >> 5 === TEST_BUTTON) take.event('alarm_test');
    if (frame.left > 0) take.reading('ambient_temperature_c', frame.u8());
  }),
  examples: [
    {
      name: 'a heartbeat, the box open',
      fPort: 2,
      hex: '08c9',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.216, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['tamper'],
      },
    },
    {
      name: 'wet',
      fPort: 2,
      hex: '42c916',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.216, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'its test button',
      fPort: 2,
      hex: '20c9',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.216, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'alarm_test', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '08',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
