import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = ['ambient_temperature_c', 'battery_pct', 'battery_v'] as const;
const events = [
  'smoke',
  'carbon_monoxide',
  'gas',
  'alarm_cleared',
  'alarm_test',
  'tamper',
  'tamper_cleared',
  'low_battery',
  'low_battery_cleared',
] as const;

export default defineDevice({
  model: 'zigbee-smoke',
  title: { zh: 'Zigbee 烟感、燃气报警器', en: 'Zigbee smoke and gas detector' },
  summary: {
    zh: '烟雾、燃气、一氧化碳报警，报警解除，自检，电量。',
    en: 'Smoke, gas, carbon monoxide, back to normal, test button, battery.',
  },
  connect: {
    zh: '经 Zigbee2MQTT；address 写 topic:加主题（如 topic:zigbee2mqtt/h1/kitchen），未改名的写 ieee:0x…。',
    en: 'Through Zigbee2MQTT; the address is topic: and its topic, such as topic:zigbee2mqtt/h1/kitchen, or ieee:0x… of one that was never renamed.',
  },
  sources: ['https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: DAY,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: zigbeeDecoder({ metrics, events }),
  examples: [
    {
      name: 'smoke',
      payload: { smoke: true, battery: 100 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        flags: ['smoke'],
      },
    },
    {
      name: 'back to normal, battery low',
      payload: { smoke: false, battery_low: true },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['low_battery'] },
    },
    {
      name: 'somebody presses its test button',
      payload: { smoke: false, test: true },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'alarm_test', at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'not known is no smoke and no all-clear',
      payload: { smoke: null },
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
