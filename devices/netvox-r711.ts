import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climate } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r711',
  maker: 'Netvox',
  title: { zh: '奈伯思 R711 温湿度计', en: 'Netvox R711 thermometer' },
  summary: { zh: '温度与湿度。', en: 'Temperature and humidity.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: ['ambient_temperature_c', 'humidity_pct', 'battery_v'],
  events: ['boot', ...flagEvents('low_battery')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x01, climate),
  examples: [
    {
      name: 'climate',
      fPort: 6,
      hex: '01010123087711f7000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.67, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 45.99, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'below zero',
      fPort: 6,
      hex: '01010123fe7711f7000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: -3.93, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 45.99, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'switched on',
      fPort: 6,
      hex: '0101006402202008110000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an answer to a configuration',
      fPort: 7,
      hex: '8201038407080100000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a report of another model',
      fPort: 6,
      hex: '01ff012400000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a report that ends too early',
      fPort: 6,
      hex: '01010124',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
