import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { gasChannels } from '../src/devices/milesight/gas.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-gs101',
  maker: 'Milesight',
  title: { zh: '星纵 GS101 燃气探测器', en: 'Milesight GS101 gas detector' },
  summary: {
    zh: '可燃气体报警，并报其寿命与故障。',
    en: 'Alarm for combustible gas; also says when it fails or is at its end.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/gs-series/gs101'],
  topics: [],
  metrics: ['valve_open_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot', 'gas', 'alarm_cleared', ...flagEvents('fault')],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: milesight(gasChannels),
  examples: [
    {
      name: 'all is well',
      fPort: 85,
      hex: '03673401046865058e00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'gas',
      fPort: 85,
      hex: '058e01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'gas', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the sensor fails',
      fPort: 85,
      hex: 'ff3f02',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: ['fault'] },
    },
    {
      name: 'valve open',
      fPort: 85,
      hex: '060101070100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'valve_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    ...milesightRefusals,
  ],
});
