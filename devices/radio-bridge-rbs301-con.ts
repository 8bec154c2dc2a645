import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { radioBridge } from '../src/devices/radio-bridge/events.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'radio-bridge-rbs301-con',
  maker: 'Radio Bridge',
  title: { zh: 'Radio Bridge RBS301-CON 干接点传感器', en: 'Radio Bridge RBS301-CON contact sensor' },
  summary: {
    zh: '状态变化立即上报，平时每天一次自检。',
    en: 'Says at once what happens, and once a day that it lives.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/radio-bridge'],
  topics: [],
  metrics: ['door_open_bool', 'battery_v'],
  events: ['boot', ...flagEvents('tamper', 'low_battery', 'fault')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: radioBridge('door'),
  examples: [
    {
      name: 'open',
      fPort: 2,
      hex: '180701',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'closed',
      fPort: 2,
      hex: '180700',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its daily report, the battery low',
      fPort: 2,
      hex: '1801020029000000000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_v', value: 2.9, at: '2026-03-01T00:00:00Z' }],
        flags: ['low_battery'],
      },
    },
    {
      name: 'the case was opened',
      fPort: 2,
      hex: '180200',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['tamper'] },
    },
    {
      name: 'switched on',
      fPort: 2,
      hex: '18000a130504',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an acknowledgement',
      fPort: 2,
      hex: '18ff01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an event of another sensor',
      fPort: 2,
      hex: '180a0032',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '18',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
