import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = ['door_open_bool', 'battery_pct', 'battery_v'] as const;
const events = ['tamper', 'tamper_cleared', 'low_battery', 'low_battery_cleared'] as const;

export default defineDevice({
  model: 'zigbee-contact',
  title: { zh: 'Zigbee 门磁', en: 'Zigbee door contact' },
  summary: {
    zh: '门开、门关时立即上报。contact 为 true 即门关。',
    en: 'Says at once when the door opens and when it closes. `contact` true is closed.',
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
      name: 'the door opens',
      payload: { contact: false, battery: 91, voltage: 3005, last_seen: '2026-03-01T08:00:00+08:00' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 91, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.005, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the door closes',
      payload: { contact: true, last_seen: 1772323200000 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'not known is not closed',
      payload: { contact: null },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'text instead of JSON',
      payload: 'offline',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
