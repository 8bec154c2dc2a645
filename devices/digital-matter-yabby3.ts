import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { oyster } from '../src/devices/oyster.ts';
import { oysterExamples } from '../src/devices/oyster-examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'digital-matter-yabby3',
  maker: 'Digital Matter',
  title: { zh: 'Digital Matter Yabby3 定位器', en: 'Digital Matter Yabby3 tracker' },
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
  examples: oysterExamples,
});
