import { defineDevice } from '../src/devices/define.ts';
import { contactCounter } from '../src/devices/dragino/contact-counter.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/dragino';

export default defineDevice({
  model: 'dragino-cpl01',
  maker: 'Dragino',
  title: { zh: '德拉吉诺 CPL01 干接点脉冲计数器', en: 'Dragino CPL01 pulse counter' },
  summary: {
    zh: '数水表的干接点脉冲，另报电量；每脉冲多少升须在登记中填写。',
    en: 'Counts the dry contact of a water meter; what a pulse is worth is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '手册与公开解码器对触点“开/合”的说法相反，因此不取触点状态，只取脉冲数。',
      en: 'The manual and public codecs contradict each other on which state of the contact is open: only the count is taken.',
    },
  ],
  sources: [
    SOURCE,
    'https://wiki.dragino.com/xwiki/bin/view/Main/User%20Manual%20for%20LoRaWAN%20End%20Nodes/',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: [...flagEvents('general_alarm')],
  expectedIntervalMs: 2 * HOUR,
  silenceGraceMs: 5 * HOUR,
  counters: pulseCounters(24),
  settings: pulseSettings,
  decode: contactCounter,
  examples: [
    {
      name: 'pulses in all, with the time of the device',
      fPort: 2,
      hex: '0100000900000269a3816c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 9, at: '2026-02-28T23:59:40Z' }], flags: [] },
    },
    {
      name: 'its contact was open too long; ten litres a pulse',
      fPort: 2,
      hex: '0300000900000269a3816c',
      settings: { litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0.09, at: '2026-02-28T23:59:40Z' }],
        flags: ['general_alarm'],
      },
    },
    {
      name: 'a clock far ahead is told as it is: admission refuses it by name',
      fPort: 2,
      hex: '31618e5740618e81700500',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'pulse_count', value: 6_393_431, at: '2038-10-25T06:49:36Z' }],
        flags: [],
      },
    },
    {
      name: 'two entries of its log',
      fPort: 3,
      hex: '0100000b00002669a3816c0100000a00002600000010',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'pulse_count', value: 11, at: '2026-02-28T23:59:40Z' }],
        rejections: ['clock-malformed'],
      },
    },
    {
      name: 'itself: battery',
      fPort: 5,
      hex: '0e010002010b45',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 2.885, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its settings',
      fPort: 4,
      hex: '001c200000000001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a port that nobody documents',
      fPort: 42,
      hex: '31618e5740618e81700500',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '01000009',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
