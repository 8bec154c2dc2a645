import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import {
  type Channel,
  climate,
  logTime,
  milesight,
  presence,
  takePresence,
} from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR } from '../src/lib/clock.ts';

/** Its own time, a reason, occupancy, temperature, humidity. */
const log: Channel = (frame, take) => {
  const at = logTime(frame, take);
  frame.skip(1);
  const [state, degrees, moisture] = [frame.u8(), frame.i16le() / 10, frame.u8() / 2];
  if (at === undefined) return;
  takePresence(take, state, at);
  take.reading('ambient_temperature_c', degrees, at);
  take.reading('humidity_pct', moisture, at);
};

export default defineDevice({
  model: 'milesight-ws203',
  maker: 'Milesight',
  title: { zh: '星纵 WS203 人体与温湿度传感器', en: 'Milesight WS203 motion and climate sensor' },
  summary: {
    zh: '有人、无人与温湿度；断网期间的记录补发。',
    en: 'Whether somebody is there, and the climate; what it logged while the network was away.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/ws-series/ws203'],
  topics: [],
  metrics: ['motion_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight({ ...climate, '05 00': presence, '20 ce': log }),
  examples: [
    {
      name: 'nobody',
      fPort: 85,
      hex: '01756403673401046865050000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'two entries of the log',
      fPort: 85,
      hex: '20ceae5ba664040024016520ce5c5ca6640301340165',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'motion_bool', value: 0, at: '2023-07-06T06:14:06Z' },
          { metric: 'ambient_temperature_c', value: 29.2, at: '2023-07-06T06:14:06Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2023-07-06T06:14:06Z' },
          { metric: 'motion_bool', value: 1, at: '2023-07-06T06:17:00Z' },
          { metric: 'ambient_temperature_c', value: 30.8, at: '2023-07-06T06:17:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2023-07-06T06:17:00Z' },
        ],
      },
    },
    ...milesightRefusals,
  ],
});
