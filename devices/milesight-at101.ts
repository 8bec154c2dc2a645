import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { trackerChannels } from '../src/devices/milesight/tracker.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-at101',
  maker: 'Milesight',
  title: { zh: '星纵 AT101 定位器', en: 'Milesight AT101 tracker' },
  summary: {
    zh: '位置、是否移动、是否被拆下；断网期间的位置补发。',
    en: 'Position, whether it moves and whether it was taken off; positions that it logged while the network was away.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/at-series/at101'],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'motion_bool', 'ambient_temperature_c', 'battery_pct'],
  events: ['boot', ...flagEvents('tamper')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: milesight(trackerChannels),
  examples: [
    {
      name: 'a position, while it moves',
      fPort: 85,
      hex: '01756403671b01050000048836bf7701f000090722',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 28.3, at: '2026-03-01T00:00:00Z' },
          { metric: 'latitude_deg', value: 24.62495, at: '2026-03-01T00:00:00Z' },
          { metric: 'longitude_deg', value: 118.030576, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'what it hears of Wi-Fi, no position',
      fPort: 85,
      hex: '01756403671b0105000106d9081cc316222df9c302',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 28.3, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'moisture, which it has no sensor for',
      fPort: 85,
      hex: '01756403671b01046888',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 28.3, at: '2026-03-01T00:00:00Z' },
        ],
        rejections: ['not-supported'],
      },
    },
    ...milesightRefusals,
  ],
});
