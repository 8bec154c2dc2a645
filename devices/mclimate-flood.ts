import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

/** The reason stands in the upper three bits; what is the case now below. */
const TEST_BUTTON = 1;
const BOX_OPEN = 0x08;
const WET = 0x02;
const REPORT_BYTES = 3;
/** Steps of 16 mV that its cell can have: 1.6 to 3.8 V. */
const CELL = { from: 100, to: 237 };

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
    // Answers to commands stand in front of a report, which is then of the longer form.
    const frame = new ByteReader(payload, Math.max(0, payload.length - REPORT_BYTES));
    const state = frame.u8();
    const wet = (state & WET) !== 0;
    const cell = frame.u8();
    if (payload.length > REPORT_BYTES && (cell < CELL.from || cell > CELL.to))
      take.refuse('no-device-data', 'answers to commands without a report');
    take.reading('battery_v', (cell * 16) / 1000);
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
      name: 'answers to commands, and behind them that it is wet and open',
      fPort: 2,
      hex: '060307021509011200f014014abe0f',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/mclimate/floodSensor',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.04, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 15, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak', 'tamper'],
      },
    },
    {
      name: 'answers to commands alone',
      fPort: 2,
      hex: '060307021509011200f01401',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
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
