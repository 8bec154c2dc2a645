import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = ['water_leak_bool', 'battery_pct', 'battery_v'] as const;
const events = [
  'leak',
  'leak_cleared',
  'tamper',
  'tamper_cleared',
  'low_battery',
  'low_battery_cleared',
] as const;

export default defineDevice({
  model: 'zigbee-leak',
  title: { zh: 'Zigbee 漏水传感器', en: 'Zigbee leak sensor' },
  summary: {
    zh: '地面有水、水退时立即上报，平时只发心跳。未知（null）不当作干燥。',
    en: 'Says at once when there is water on the floor and when it is gone; otherwise a heartbeat. Null is not known, and not dry.',
  },
  connect: {
    zh: '经 Zigbee2MQTT；address 写 topic:加主题（如 topic:zigbee2mqtt/h1/kitchen），未改名的写 ieee:0x…。',
    en: 'Through Zigbee2MQTT; the address is topic: and its topic, such as topic:zigbee2mqtt/h1/kitchen, or ieee:0x… of one that was never renamed.',
  },
  sources: ['https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: 4 * HOUR,
  silenceGraceMs: DAY,
  counters: {},
  decode: zigbeeDecoder({ metrics, events }),
  examples: [
    {
      name: 'water on the floor',
      payload: { water_leak: true, battery: 97, linkquality: 81 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 97, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'dry, battery low',
      payload: { water_leak: false, battery_low: true, tamper: false },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' }],
        flags: ['low_battery'],
      },
    },
    {
      name: 'not known is not dry',
      payload: { water_leak: null, battery: 97 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 97, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'text instead of JSON',
      payload: 'offline',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
