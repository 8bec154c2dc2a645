import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings, takePulses } from '../src/devices/pulses.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

/** Which values follow, a bit each, and two states. */
const SOIL = 0x01;
const AIR = 0x02;
const LIGHT = 0x04;
const SECOND_SOIL = 0x08;
const PULSES = 0x10;
const LEAK = 0x40;
const VALVE = 0x80;
const SOIL_BYTES = 8;

export default defineDevice({
  model: 'tinovi-pm-io-5-sm',
  maker: 'Tinovi',
  title: { zh: 'Tinovi PM-IO-5-SM 阀门与脉冲采集器', en: 'Tinovi PM-IO-5-SM valve and pulse node' },
  summary: {
    zh: '阀门、漏水、脉冲、空气与土壤；土壤不进系统。',
    en: 'A valve, a leak, pulses, air and soil; the soil is not kept.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/tinovi/PM-IO-5-SM'],
  topics: [],
  metrics: [
    'water_index_m3',
    'pulse_count',
    'valve_open_bool',
    'water_leak_bool',
    'ambient_temperature_c',
    'humidity_pct',
    'battery_pct',
  ],
  events: [...flagEvents('leak')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const parts = frame.u8();
    take.reading('valve_open_bool', (parts & VALVE) !== 0);
    take.reading('water_leak_bool', (parts & LEAK) !== 0);
    take.flag('leak', (parts & LEAK) !== 0);
    take.reading('battery_pct', frame.u8());
    if ((parts & SOIL) !== 0) frame.skip(SOIL_BYTES);
    if ((parts & AIR) !== 0) {
      take.reading('ambient_temperature_c', frame.i16be() / 100);
      take.reading('humidity_pct', frame.u16be() / 100);
      frame.skip(2);
    }
    if ((parts & LIGHT) !== 0) frame.skip(4);
    if ((parts & PULSES) !== 0) takePulses(take, frame.u32be());
    if ((parts & SECOND_SOIL) !== 0) frame.skip(SOIL_BYTES);
  }),
  examples: [
    {
      name: 'soil, valve closed, no leak',
      fPort: 1,
      hex: '0163003400010d7f0000',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/tinovi/PM-IO-5-SM',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'valve_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 99, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'valve open, a leak, pulses',
      fPort: 1,
      hex: 'd06300000792',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'valve_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 99, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 1938, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'air',
      fPort: 1,
      hex: '02630898126cc350',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'valve_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 99, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 47.16, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '0163',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
