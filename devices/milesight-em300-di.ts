import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { waterChannels, waterSettings } from '../src/devices/milesight/water.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em300-di',
  maker: 'Milesight',
  title: { zh: '星纵 EM300-DI 脉冲采集器', en: 'Milesight EM300-DI pulse counter' },
  summary: {
    zh: '数水表脉冲，并测温湿度；可在设备中把脉冲换算成水量，报文不带单位。',
    en: 'Counts the pulses of a water meter and measures the climate; may convert pulses into a volume whose unit the frame does not say.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '水量单位由人在设备中设置，报文不带；登记时须写 water_unit，否则只记脉冲。',
      en: 'The unit of its volume was typed into the device and is not sent: without water_unit only pulses are kept.',
    },
  ],
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em300-di'],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot', ...flagEvents('leak', 'no_flow')],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: pulseCounters(32),
  settings: waterSettings,
  decode: milesight(waterChannels),
  examples: [
    {
      name: 'live values, and pulses of the log with their own time',
      fPort: 85,
      hex: '01755c0367340104686520ce9e74466310015d020000010000',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/EM300-DI',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 30.8, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 50.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 27.2, at: '2022-10-12T08:02:38Z' },
          { metric: 'humidity_pct', value: 46.5, at: '2022-10-12T08:02:38Z' },
          { metric: 'pulse_count', value: 256, at: '2022-10-12T08:02:38Z' },
        ],
      },
    },
    {
      name: 'the same pulses, weighed',
      fPort: 85,
      hex: '05c800010000',
      settings: { litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 2.56, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a volume whose unit is known',
      fPort: 85,
      hex: '05e10a00640000008040',
      settings: { water_unit: 'm3' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 4, at: '2026-03-01T00:00:00Z' }] },
    },
    ...milesightRefusals,
  ],
});
