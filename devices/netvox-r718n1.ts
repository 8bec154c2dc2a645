import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { batteryOnly } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718n1',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718N1 单相电流表', en: 'Netvox R718N1 current meter' },
  summary: {
    zh: '测电流；电流不进系统，只看其在线与电量。',
    en: 'Measures a current; it is not kept, only that it lives and its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x49, batteryOnly),
  examples: [
    {
      name: 'a current',
      fPort: 6,
      hex: '0149012403e80100000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    ...netvoxStanding(0x49),
  ],
});
