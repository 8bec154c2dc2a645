import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = [
  'door_open_bool',
  'motion_bool',
  'water_leak_bool',
  'ambient_temperature_c',
  'humidity_pct',
  'power_w',
  'energy_index_kwh',
  'battery_pct',
  'battery_v',
] as const;
const events = [
  'sos',
  'leak',
  'leak_cleared',
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
  model: 'zigbee2mqtt',
  title: { zh: 'Zigbee2MQTT 多功能设备', en: 'Zigbee2MQTT, anything' },
  summary: {
    zh: '一个设备多种用途时用它；单一用途的设备请选漏水、按钮、门磁、人体、烟感、温湿度各自的型号，否则缺少的传感器不会被发现。',
    en: 'For a device of many uses. One with a single use has a model of its own (leak, button, contact, motion, smoke, climate): with this one nobody would find out that a sensor is missing.',
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
  silenceGraceMs: DAY,
  counting: 'on-change',
  counters: { energy_index_kwh: { max: 10_000_000, resolution: 0.01 } },
  decode: zigbeeDecoder({ metrics, events }),
  examples: [
    {
      name: 'door and temperature in one',
      payload: { contact: true, temperature: 19 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 19, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a call for help',
      payload: { action: 'sos' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a plain press is none',
      payload: { action: 'single', battery: 80 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a plug: its voltage is that of the mains',
      payload: { power: 12.5, energy: 3.21, voltage: 231, state: 'ON' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'power_w', value: 12.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'energy_index_kwh', value: 3.21, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'text instead of JSON',
      payload: 'offline',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
