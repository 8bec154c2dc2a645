import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { oxonExamples } from '../src/devices/oxon-button-examples.ts';
import { oxonButton } from '../src/devices/oxon-buttons.ts';
import { keySettings } from '../src/devices/presses.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'oxon-oxobutton',
  maker: 'Oxon',
  title: { zh: 'Oxon Oxobutton Q 按钮', en: 'Oxon Oxobutton Q button' },
  summary: {
    zh: '按下即呼救（可设定哪一键），并有心跳。',
    en: 'Calls for help when pressed (which key can be set), with heartbeats.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/oxon/oxobutton'],
  topics: [],
  metrics: ['battery_pct', 'ambient_temperature_c'],
  events: ['sos'],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  settings: keySettings,
  decode: oxonButton(0x30),
  examples: [
    {
      name: 'a heartbeat',
      fPort: 1,
      hex: '30000100001a64140070ff69101a',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/oxon/oxobutton',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    ...oxonExamples(0x30),
  ],
});
