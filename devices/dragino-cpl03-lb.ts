import { defineDevice } from '../src/devices/define.ts';
import { contactsCounter } from '../src/devices/dragino/contact-counter.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/tago-io/decoders/tree/master/decoders/connector/dragino/cpl03lb';

export default defineDevice({
  model: 'dragino-cpl03-lb',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 CPL03-LB 三路脉冲计数器', en: 'Dragino CPL03-LB counter of three contacts' },
  summary: {
    zh: '数一路或三路干接点脉冲；水表接在哪一路、每脉冲多少升，须在登记中填写。',
    en: 'Counts one dry contact or three; which one the meter is wired to and what a pulse is worth is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '若设为“每次上报后清零”（PART），则不能作累计值，拒收。',
      en: 'Set to begin anew with each message (PART) it gives no index, and is refused.',
    },
  ],
  sources: [
    SOURCE,
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino',
    'https://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: [...flagEvents('general_alarm')],
  expectedIntervalMs: 2 * HOUR,
  silenceGraceMs: 5 * HOUR,
  counters: pulseCounters(24),
  settings: pulseSettings,
  decode: contactsCounter,
  examples: [
    {
      name: 'three inputs, the meter on the first',
      fPort: 2,
      hex: '190012340023455f982ec8',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 4660, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the meter on the second, a litre a pulse',
      fPort: 6,
      hex: '08000102000123000456',
      settings: { input: 2, litres_per_pulse: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 0.291, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'on an input that there is not',
      fPort: 6,
      hex: '08000102000123000456',
      settings: { input: 4 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'one input, as a CPL01',
      fPort: 2,
      hex: '4100000900000269a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 9, at: '2026-02-28T23:59:40Z' }], flags: [] },
    },
    {
      name: 'pulses since the last message',
      fPort: 2,
      hex: '2100000900000269a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'an entry of its log',
      fPort: 3,
      hex: '4100000100003269a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 1, at: '2026-02-28T23:59:40Z' }] },
    },
    {
      name: 'itself: battery',
      fPort: 5,
      hex: '20010002010b45',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 2.885, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a contact changed',
      fPort: 7,
      hex: '03',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '41000009',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
