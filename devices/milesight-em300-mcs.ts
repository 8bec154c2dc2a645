import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climate, door, milesight, stateLog, takeDoor } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em300-mcs',
  maker: 'Milesight',
  title: { zh: '星纵 EM300-MCS 门磁', en: 'Milesight EM300-MCS door contact' },
  summary: {
    zh: '门开合立即上报，平时每 10 分钟发温湿度与电量。',
    en: 'Says at once when the door opens or closes; climate and battery every 10 minutes.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em300-mcs'],
  topics: [],
  metrics: ['door_open_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: milesight({ ...climate, '05 00': door, '06 00': door, '20 ce': stateLog(takeDoor) }),
  examples: [
    {
      name: 'the door is open',
      fPort: 85,
      hex: '01755c03673401046865060001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'closed, as its log remembers',
      fPort: 85,
      hex: '20ce9e74466310015d00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 27.2, at: '2022-10-12T08:02:38Z' },
          { metric: 'humidity_pct', value: 46.5, at: '2022-10-12T08:02:38Z' },
          { metric: 'door_open_bool', value: 0, at: '2022-10-12T08:02:38Z' },
        ],
      },
    },
    ...milesightRefusals,
  ],
});
