import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { netvoxStanding } from '../src/devices/netvox/examples.ts';
import { siren } from '../src/devices/netvox/kinds.ts';
import { netvox } from '../src/devices/netvox/report.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'netvox-r602a',
  maker: 'Netvox',
  title: { zh: '奈伯思 R602A 声光报警器', en: 'Netvox R602A siren' },
  summary: { zh: '声光报警器：只说自己是否在响。', en: 'A siren: says no more than whether it sounds.' },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox'],
  topics: [],
  metrics: [],
  events: ['boot', 'general_alarm'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: netvox(0x69, siren),
  examples: [
    {
      name: 'it sounds',
      fPort: 6,
      hex: '0169010384010000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'it is quiet, which says nothing of the home',
      fPort: 6,
      hex: '0169010384000000000000',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/netvox',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    ...netvoxStanding(0x69),
  ],
});
