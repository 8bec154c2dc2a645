import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { watteco, wattecoCase, wattecoDoor } from '../src/devices/watteco/reports.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'watteco-closo',
  maker: 'Watteco',
  title: { zh: "Watteco Clos'O 门磁", en: "Watteco Clos'O door contact" },
  summary: { zh: '门开、门关与被拆。', en: 'Door open or closed, and that its case was opened.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco'],
  topics: [],
  metrics: [
    'door_open_bool',
    'water_index_m3',
    'pulse_count',
    'ambient_temperature_c',
    'humidity_pct',
    'battery_v',
    'motion_bool',
  ],
  events: [...flagEvents('tamper')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: watteco({ states: [wattecoCase, wattecoDoor] }),
  examples: [
    {
      name: 'the door is open',
      fPort: 125,
      hex: '310a000f00551001',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'closed',
      fPort: 125,
      hex: '310a000f00551000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its case is open',
      fPort: 125,
      hex: '110a000f00551001',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['tamper'] },
    },
    {
      name: 'how often it opened',
      fPort: 125,
      hex: '110a000f04022300000000',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'how messages are sent',
      fPort: 125,
      hex: '110180040000000800',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
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
  ],
});
