import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight, press } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { pressSettings } from '../src/devices/presses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-ws101',
  maker: 'Milesight',
  title: { zh: '星纵 WS101 紧急按钮', en: 'Milesight WS101 button' },
  summary: {
    zh: '按一下即发送；短按、长按、双击可分别设定为呼救。',
    en: 'Sends when it is pressed; which press calls for help can be set: short, long, double or any.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '平时约每 18 小时才有一次心跳，电池耗尽要很久才看得出。',
      en: 'Its heartbeat comes about every 18 hours: an empty battery shows late.',
    },
  ],
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/ws-series/ws101'],
  topics: [],
  metrics: ['battery_pct'],
  events: ['boot', 'sos'],
  expectedIntervalMs: 18 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  settings: pressSettings,
  decode: milesight({ 'ff 2e': press }),
  examples: [
    {
      name: 'a short press',
      fPort: 85,
      hex: '017510ff2e01',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/WS101',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 16, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a short press where only the long one calls',
      fPort: 85,
      hex: '017510ff2e01',
      settings: { sos_press: 'long' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 16, at: '2026-03-01T00:00:00Z' }],
        rejections: ['no-device-data'],
      },
    },
    {
      name: 'a heartbeat',
      fPort: 85,
      hex: '017564',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'what it is, after joining',
      fPort: 85,
      hex: 'ff0101ff090100ff0a0101ff166110b19876540000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    ...milesightRefusals,
  ],
});
