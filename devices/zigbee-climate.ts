import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['ambient_temperature_c', 'humidity_pct', 'battery_pct', 'battery_v'] as const;
const events = ['tamper', 'tamper_cleared', 'low_battery', 'low_battery_cleared'] as const;

export default defineDevice({
  model: 'zigbee-climate',
  title: { zh: 'Zigbee 温湿度计', en: 'Zigbee thermometer' },
  summary: {
    zh: '室温、湿度、电量。',
    en: 'Temperature and humidity of a room, battery.',
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
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: zigbeeDecoder({ metrics, events }),
  examples: [
    {
      name: 'a room',
      payload: { temperature: 21.4, humidity: 48.2, battery: 100, pressure: 1009 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 21.4, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 48.2, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'numbers as text are numbers',
      payload: { temperature: '-3.5' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'ambient_temperature_c', value: -3.5, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a blank is none',
      payload: { temperature: '' },
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
