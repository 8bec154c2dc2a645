import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { door, milesight, taken } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-ws301',
  maker: 'Milesight',
  title: { zh: '星纵 WS301 门磁', en: 'Milesight WS301 door contact' },
  summary: {
    zh: '门开合立即上报，被拆下也上报；平时每 18 小时一次心跳。',
    en: 'Says at once when the door opens or closes and when it is taken off; a heartbeat every 18 hours.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/ws-series/ws301'],
  topics: [],
  metrics: ['door_open_bool', 'battery_pct'],
  events: ['boot', ...flagEvents('tamper')],
  expectedIntervalMs: 18 * HOUR,
  silenceGraceMs: 18 * HOUR,
  counters: {},
  decode: milesight({ '03 00': door, '04 00': taken }),
  examples: [
    {
      name: 'the door is open, and the sensor was taken off',
      fPort: 85,
      hex: '017564030001040001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['tamper'],
      },
    },
    {
      name: 'closed',
      fPort: 85,
      hex: '030000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    ...milesightRefusals,
  ],
});
