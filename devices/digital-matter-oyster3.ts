import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { oyster } from '../src/devices/oyster.ts';
import { oysterExamples } from '../src/devices/oyster-examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'digital-matter-oyster3',
  maker: 'Digital Matter',
  title: { zh: 'Digital Matter Oyster3 定位器', en: 'Digital Matter Oyster3 tracker' },
  summary: {
    zh: '位置、是否在途、电池；没有定到位时不报位置。',
    en: 'Position, whether it is under way, battery; without a fix it tells no position.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/akenza-io/device-type-library/tree/main/types/digitalMatter',
    'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/digital-matter',
  ],
  topics: [],
  metrics: ['latitude_deg', 'longitude_deg', 'motion_bool', 'battery_v'],
  events: ['general_alarm', ...flagEvents('low_battery')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: oyster,
  examples: [
    {
      name: 'no fix: the numbers where a position would stand are none',
      fPort: 4,
      hex: '53ab783c04a1f98e06',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/digitalMatter/oyster3',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.55, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }],
      },
    },
    ...oysterExamples,
  ],
});
