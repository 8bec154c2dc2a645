import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { watteco } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-pulse-senso',
  maker: 'Watteco',
  title: { zh: "Watteco Pulse Sens'O 脉冲采集器", en: "Watteco Pulse Sens'O pulse counter" },
  summary: {
    zh: '数脉冲；批量报文尚不支持。',
    en: 'Counts pulses; its batches of many readings are not read.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '设为批量上报时整个报文被拒，并写明原因。',
      en: 'Set to report in batches, its messages are refused by name.',
    },
  ],
  sources: [
    'https://support.watteco.com/',
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
  ],
  topics: [],
  metrics: [
    'water_index_m3',
    'pulse_count',
    'ambient_temperature_c',
    'humidity_pct',
    'battery_v',
    'motion_bool',
  ],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: watteco,
  examples: [
    {
      name: 'pulses of the first input',
      fPort: 125,
      hex: '110a000f04022300000792',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 1938, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'of the second, weighed',
      fPort: 125,
      hex: '310a000f04022300000792',
      settings: { input: 2, litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 19.38, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its battery',
      fPort: 125,
      hex: '110a00500006410501040e10',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer',
      fPort: 125,
      hex: '1107000f000402',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a batch',
      fPort: 125,
      hex: '1020',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 125,
      hex: '110a000f',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
