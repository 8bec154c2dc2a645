import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { milesight } from '../src/devices/milesight/channels.ts';
import { milesightRefusals } from '../src/devices/milesight/examples.ts';
import { waterChannels, waterSettings } from '../src/devices/milesight/water.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em300-di-hall',
  maker: 'Milesight',
  title: { zh: '星纵 EM300-DI 霍尔脉冲采集器', en: 'Milesight EM300-DI Hall pulse counter' },
  summary: {
    zh: '用霍尔传感器贴在机械水表上数转，可报长时间流水与长时间无水。',
    en: 'Counts the turns of a mechanical water meter with a Hall sensor; reports water that runs too long and none for too long.',
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
      name: 'water that runs too long, without a unit',
      fPort: 85,
      hex: '85e10a0088023393bb4403',
      source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Milesight/EM300-DI_Hall',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'pulse_count', value: 97239, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    {
      name: 'the same in litres',
      fPort: 85,
      hex: '85e10a0088023393bb4403',
      settings: { water_unit: 'L' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 1.5006, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    {
      name: 'no water for too long is over',
      fPort: 85,
      hex: '85e10a0064000000804002',
      settings: { water_unit: 'm3' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 4, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'an entry of the log',
      fPort: 85,
      hex: '21ce9e7446630000000002000a00640000008040',
      settings: { water_unit: 'm3' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 4, at: '2022-10-12T08:02:38Z' }] },
    },
    ...milesightRefusals,
  ],
});
