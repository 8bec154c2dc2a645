import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['motion_bool', 'ambient_temperature_c', 'battery_pct', 'battery_v'] as const;
const events = ['tamper', 'tamper_cleared', 'low_battery', 'low_battery_cleared'] as const;

export default defineDevice({
  model: 'zigbee-motion',
  title: { zh: 'Zigbee 人体感应器', en: 'Zigbee motion sensor' },
  summary: {
    zh: '感应到活动、活动结束时上报（occupancy 或 presence）。房间写在登记的 place 中。',
    en: 'Says when somebody moves and when nobody does any more (`occupancy` or `presence`). Its room stands in the registry as place.',
  },
  connect: {
    zh: '经 Zigbee2MQTT；address 写 topic:加主题（如 topic:zigbee2mqtt/h1/kitchen），未改名的写 ieee:0x…。',
    en: 'Through Zigbee2MQTT; the address is topic: and its topic, such as topic:zigbee2mqtt/h1/kitchen, or ieee:0x… of one that was never renamed.',
  },
  sources: ['https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: {},
  decode: zigbeeDecoder({ metrics, events }),
  examples: [
    {
      name: 'somebody moves',
      payload: { occupancy: true, battery: 88, illuminance: 12 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 88, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a radar: nobody is there',
      payload: { presence: false },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a word that is neither yes nor no',
      payload: { occupancy: 'maybe' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-a-number' },
    },
    {
      name: 'text instead of JSON',
      payload: 'offline',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
