import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { batteryOnly } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r718n3',
  maker: 'Netvox',
  title: { zh: '奈伯思 R718N3 三相电流表', en: 'Netvox R718N3 three-phase current meter' },
  summary: {
    zh: '测三相电流；电流不进系统，只看其在线与电量。',
    en: 'Measures three currents; they are not kept, only that it lives and its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x4a, batteryOnly),
  examples: [
    {
      name: 'currents, and a low battery',
      fPort: 6,
      hex: '014a019f03e800c81b5801',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Netvox/R718N3',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' }],
        flags: ['low_battery'],
      },
    },
    {
      name: 'five reports in one message',
      fPort: 6,
      hex: '014a000a02202007060000014a019f03e800c81b5801014a019f030a0000000000014a032405dd05d41b5836014a049f39000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }],
        flags: ['low_battery'],
      },
    },
    ...netvoxStanding(0x4a),
  ],
});
