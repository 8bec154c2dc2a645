import { defineDevice } from '../src/devices/define.ts';
import { documentOf } from '../src/devices/health/json.ts';
import { takeOpenMhealth } from '../src/devices/health/open-mhealth.ts';
import { decoderOf } from '../src/devices/take.ts';
import { DAY } from '../src/lib/clock.ts';

const frame = (date_time: string): object => ({ effective_time_frame: { date_time } });

export default defineDevice({
  model: 'open-mhealth',
  title: { zh: 'Open mHealth 健康数据', en: 'Open mHealth data points' },
  summary: {
    zh: '健康类应用导出的 Open mHealth 文档：血压、心率、体温、血氧、呼吸、步数。其他种类、跨度超过一天的统计值按名拒收。',
    en: 'Open mHealth documents as health apps export them: blood pressure, heart rate, temperature, oxygen saturation, respiration, steps. Other kinds, and figures over more than a day, are refused by name.',
  },
  connect: {
    zh: '登记为老人的一个设备；JSON 发布到 shouwang/<设备>/open-mhealth，或用 shouwang import-readings <文件> --device <设备> 导入文件。',
    en: 'Enrol it as a device of the resident; publish JSON under shouwang/<device>/open-mhealth, or bring a file in with shouwang import-readings <file> --device <device>.',
  },
  sources: [
    'https://www.openmhealth.org/documentation/#/schema-docs/schema-library',
    'https://github.com/openmhealth/schemas (Apache-2.0)',
  ],
  topics: ['shouwang/{device}/open-mhealth'],
  metrics: [
    'systolic_mmhg',
    'diastolic_mmhg',
    'pulse_bpm',
    'spo2_pct',
    'body_temperature_c',
    'respiration_per_min',
    'steps_count',
  ],
  events: [],
  expectedIntervalMs: DAY,
  silenceGraceMs: 30 * DAY,
  counters: {},
  bloodPressure: 'measured',
  decode: decoderOf((payload, take) => takeOpenMhealth(documentOf(payload, take), take)),
  examples: [
    {
      name: 'a data point: header and body',
      payload: {
        header: {
          creation_date_time: '2026-03-01T00:05:00Z',
          schema_id: { namespace: 'omh', name: 'blood-pressure', version: '3.0' },
        },
        body: {
          systolic_blood_pressure: { value: 132, unit: 'mmHg' },
          diastolic_blood_pressure: { value: 84, unit: 'mmHg' },
          ...frame('2026-03-01T08:00:00+08:00'),
        },
      },
      receivedAt: '2026-03-01T00:06:00Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 132, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 84, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'Fahrenheit, and an evening without an hour',
      payload: [
        { body_temperature: { value: 98.6, unit: 'F' }, ...frame('2026-03-01T00:00:00Z') },
        {
          heart_rate: { value: 64, unit: 'beats/min' },
          effective_time_frame: { time_interval: { date: '2026-02-28', part_of_day: 'evening' } },
        },
      ],
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T00:06:00Z',
      expect: {
        readings: [
          { metric: 'body_temperature_c', value: 37, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_bpm', value: 64, at: '2026-02-28T12:00:00Z' },
        ],
      },
    },
    {
      name: 'the steps of a day',
      payload: {
        step_count: { value: 6000, unit: 'steps' },
        effective_time_frame: {
          time_interval: { start_date_time: '2026-02-28T00:00:00Z', duration: { value: 1, unit: 'd' } },
        },
      },
      receivedAt: '2026-03-01T00:06:00Z',
      expect: { readings: [{ metric: 'steps_count', value: 6000, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the highest pressure of four months is no measurement',
      payload: {
        systolic_blood_pressure: { value: 160, unit: 'mmHg' },
        diastolic_blood_pressure: { value: 60, unit: 'mmHg' },
        effective_time_frame: {
          time_interval: { start_date_time: '2013-02-05T07:25:00Z', end_date_time: '2013-06-05T07:25:00Z' },
        },
        descriptive_statistic: 'maximum',
      },
      source: 'openmhealth/schemas, test-data/omh/blood-pressure/1.0 (Apache-2.0)',
      receivedAt: '2026-03-01T00:06:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a unit that the schema does not know',
      payload: { oxygen_saturation: { value: 95, unit: 'g' }, ...frame('2026-03-01T00:00:00Z') },
      receivedAt: '2026-03-01T00:06:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'another kind of document',
      payload: { sleep_duration: { value: 6, unit: 'h' }, ...frame('2026-03-01T00:00:00Z') },
      receivedAt: '2026-03-01T00:06:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
