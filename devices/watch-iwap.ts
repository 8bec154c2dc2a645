import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { watchSettings } from '../src/devices/watches/fields.ts';
import { takeIwapFrames } from '../src/devices/watches/iwap.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar TrvProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'watch-iwap',
  title: { zh: '定位健康手表（IWAP、TRVAP 协议）', en: 'Watch of the IWAP and TRVAP protocols' },
  summary: {
    zh: '4G 老人手表：紧急呼叫、跌倒、摘下、心率、血压、血氧、体温、步数、电量、定位。血压只作提示。',
    en: '4G watch: SOS, fall, removed, pulse, blood pressure, oxygen, temperature, steps, battery, position. Its pressure is a hint.',
  },
  connect: {
    zh: '手表直连守望的手表端口（service.yaml 的 watches）；address 写 imei:加 15 位 IMEI（帧内没有编号，登录时报 IMEI）。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is imei: and 15 digits: its frames bear no number, its login does.',
  },
  sources: [
    'https://github.com/traccar/traccar TrvProtocolDecoder.java',
    'GPS/health smartwatch protocol V1.1 (IWAP), as restated in public servers',
  ],
  topics: ['shouwang/{device}/raw'],
  metrics: [
    'systolic_mmhg',
    'diastolic_mmhg',
    'pulse_bpm',
    'spo2_pct',
    'body_temperature_c',
    'steps_count',
    'battery_pct',
    'charging_bool',
    'latitude_deg',
    'longitude_deg',
  ],
  events: ['sos', 'fall', 'removed', 'general_alarm', 'low_battery'],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: 24 * HOUR,
  counters: {},
  bloodPressure: 'hint',
  settings: watchSettings,
  decode: decoderOf(takeIwapFrames),
  examples: [
    {
      name: 'an SOS with its place, in degrees and minutes',
      payload:
        'IWAP10230524A2232.9806N11404.9355E000.1061830323.8706000908000502,460,0,9520,3671,01,zhcn,00,HOME|74-DE-2B-44-88-8C|97#',
      source: TRACCAR,
      receivedAt: '2023-05-24T06:18:35Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 22.5496767, at: '2023-05-24T06:18:30Z' },
          { metric: 'longitude_deg', value: 114.0822583, at: '2023-05-24T06:18:30Z' },
          { metric: 'battery_pct', value: 80, at: '2023-05-24T06:18:30Z' },
        ],
        events: [{ event: 'sos', at: '2023-05-24T06:18:30Z' }],
      },
    },
    {
      name: 'heart rate first, then pressure, oxygen, sugar and temperature; empty places are nothing',
      payload: 'IWAPHP,60,130,85,95,90,36.5,,,,,,,#IWAPHP,,,,96,,,,,,,,,#',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'pulse_bpm', value: 60, at: '2026-03-01T00:00:00Z' },
          { metric: 'systolic_mmhg', value: 130, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 85, at: '2026-03-01T00:00:00Z' },
          { metric: 'spo2_pct', value: 95, at: '2026-03-01T00:00:00Z' },
          { metric: 'body_temperature_c', value: 36.5, at: '2026-03-01T00:00:00Z' },
          { metric: 'spo2_pct', value: 96, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a heartbeat with battery and steps, and a temperature',
      payload: 'IWAP03,06000908000102,5555,30#IWAP50,36.7,90#',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 80, at: '2026-03-01T00:00:00Z' },
          { metric: 'steps_count', value: 5555, at: '2026-03-01T00:00:00Z' },
          { metric: 'body_temperature_c', value: 36.7, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 90, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a temperature of a watch that does not tell its battery',
      payload: 'IWAP50,36.6,0#',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'body_temperature_c', value: 36.6, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a heartbeat of a TRV that is not on its charger',
      payload: 'TRVCP01,07800010010000602001206001120124',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'charging_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a login is only protocol',
      payload: 'IWAP00353456789012345#',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'the answer to a command that set numbers',
      payload: 'IWAP12,080835,+491773329827,+491773329826,+49306618438',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an alarm that cannot be read is an alarm',
      payload: 'IWAP10060424A4121.5167N06914.2867E000.0143052123001F0005,460,01,3A2B,1C4D,01,1,0,#',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
        rejections: ['malformed-payload'],
      },
    },
    {
      name: 'a place that is cut off',
      payload: 'IWAP01230524A2232.98',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
