import { defineDevice } from '../src/devices/define.ts';
import { zigbeeDecoder } from '../src/devices/home/zigbee2mqtt.ts';
import { DAY } from '../src/lib/clock.ts';

const metrics = ['battery_pct', 'battery_v'] as const;
const events = ['sos', 'tamper', 'tamper_cleared', 'low_battery', 'low_battery_cleared'] as const;

export default defineDevice({
  model: 'zigbee-button',
  title: { zh: 'Zigbee 呼叫按钮', en: 'Zigbee alarm button' },
  summary: {
    zh: '呼叫按钮、挂件、键盘：按下即紧急呼叫。随后的空动作只是清除显示，不结束呼叫。',
    en: 'Alarm buttons, pendants, keypads: a press is a call for help. The empty action that follows clears a display and ends no call.',
  },
  connect: {
    zh: '经 Zigbee2MQTT；address 写 topic:加主题（如 topic:zigbee2mqtt/h1/kitchen），未改名的写 ieee:0x…。',
    en: 'Through Zigbee2MQTT; the address is topic: and its topic, such as topic:zigbee2mqtt/h1/kitchen, or ieee:0x… of one that was never renamed.',
  },
  faults: [
    {
      zh: '个别按钮在换电池、重新入网时会自行发出 emergency，电量常为 0；个别键盘的呼叫按键发出空动作，无法识别，应定期试按。',
      en: 'Some buttons send emergency by themselves when they join again or get a new battery, often with battery 0; one keypad sends its alarm as an empty action, which nobody can tell: test it.',
    },
  ],
  sources: ['https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: DAY,
  silenceGraceMs: 2 * DAY,
  counters: {},
  decode: zigbeeDecoder({ metrics, events }, true),
  examples: [
    {
      name: 'a call for help',
      payload: { action: 'emergency', battery: 100, linkquality: 60 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'any press of a plain button',
      payload: { action: 'single' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the empty action after it ends nothing',
      payload: { action: '', battery: 100 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a keypad is disarmed: no call',
      payload: { action: 'disarm', battery: 80 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'nothing but the radio',
      payload: { action: '', linkquality: 60 },
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
