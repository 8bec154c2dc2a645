import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { takeBracketFrames } from '../src/devices/watches/bracket.ts';
import { watchSettings } from '../src/devices/watches/fields.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar WatchProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'watch-3g',
  maker: 'SeTracker, Beesure, Wonlex, ReachFar and others',
  title: {
    zh: '定位健康手表（[3G*、[SG*、[ZJ*、[CS* 协议）',
    en: 'Watch of the [3G* family ([SG*, [ZJ*, [CS*)',
  },
  summary: {
    zh: '最常见的 4G 老人手表：紧急呼叫、跌倒、摘下、心率、血压、血氧、体温、步数、电量、定位。血压只作提示。',
    en: 'The commonest 4G watches for older people: SOS, fall, removed, pulse, blood pressure, oxygen, temperature, steps, battery, position. Its pressure is a hint.',
  },
  connect: {
    zh: '手表直连守望的手表端口（service.yaml 的 watches）；address 写 watch:加手表 10 位编号，或 imei:加 15 位 IMEI。也可由网桥把原始帧发到 MQTT。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is watch: and its 10 digits, or imei: and 15 digits. A bridge may publish the raw frames over MQTT instead.',
  },
  faults: [
    {
      zh: '三分之一的公开报文中长度字段是错的，不据此拒收；无定位（V）时的经纬度是旧值，不采用。',
      en: 'The length field is wrong in a third of the published frames and refuses none; what stands as place in a frame without a fix (V) is old and is not taken.',
    },
    {
      zh: 'heart,0 表示未测到，不是心跳停止。体温由腕部推算。',
      en: 'heart,0 means that nothing was measured, not that a heart stopped. Its temperature is worked out from the wrist.',
    },
  ],
  sources: [
    'https://github.com/traccar/traccar WatchProtocolDecoder.java, WatchProtocolEncoder.java',
    'https://www.4p-touch.com/beesure-gps-setracker-server-protocol.html',
    'https://www.4p-touch.com/server-portal-configuration-guide.html',
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
    'latitude_deg',
    'longitude_deg',
  ],
  events: ['sos', 'fall', 'removed', 'general_alarm', 'low_battery', 'low_battery_cleared'],
  expectedIntervalMs: 10 * MINUTE,
  // It charges for hours and is taken off at night, as any band.
  silenceGraceMs: 24 * HOUR,
  counters: {},
  bloodPressure: 'hint',
  settings: watchSettings,
  decode: decoderOf(takeBracketFrames),
  examples: [
    {
      name: 'an alarm of two kinds: SOS, and the battery is low; both are told',
      payload:
        '[3G*8800000015*0120*AL_LTE,310120,184251,V,0.0,N,0.0,E,22.0,0,-1,0,100,11,0,0,00010001,1,1,334,020,13011,23152151,100,0,0.0]',
      source: 'https://www.4p-touch.com/server-portal-configuration-guide.html',
      receivedAt: '2020-01-31T18:42:55Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 11, at: '2020-01-31T18:42:51Z' },
          { metric: 'steps_count', value: 0, at: '2020-01-31T18:42:51Z' },
        ],
        events: [{ event: 'sos', at: '2020-01-31T18:42:51Z' }],
        flags: ['low_battery'],
      },
    },
    {
      name: 'a fall, with its place',
      payload:
        '[3G*8800000015*0080*AL,230817,095346,A,47.100000,N,15.5000000,E,7.60,273.8,0.0,4,15,44,0,0,00200010,2,255,232,1,7605,42530,118,7605,58036,119,0,65.8]',
      source: TRACCAR,
      receivedAt: '2017-08-23T09:53:50Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 47.1, at: '2017-08-23T09:53:46Z' },
          { metric: 'longitude_deg', value: 15.5, at: '2017-08-23T09:53:46Z' },
          { metric: 'battery_pct', value: 44, at: '2017-08-23T09:53:46Z' },
          { metric: 'steps_count', value: 0, at: '2017-08-23T09:53:46Z' },
        ],
        events: [{ event: 'fall', at: '2017-08-23T09:53:46Z' }],
        flags: [],
      },
    },
    {
      name: 'an alarm that does not say which; without a fix there is no place',
      payload:
        '[SG*8800000015*0067*AL,240123,181628,V,54.400000,N,6.400000,W,0.00,0,0,0,19,90,0,0,00000000,1,1,234,10,55C0,A1B2C3,132,,10]',
      source: TRACCAR,
      receivedAt: '2023-01-24T18:16:30Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 90, at: '2023-01-24T18:16:28Z' },
          { metric: 'steps_count', value: 0, at: '2023-01-24T18:16:28Z' },
        ],
        events: [{ event: 'general_alarm', at: '2023-01-24T18:16:28Z' }],
        flags: [],
      },
    },
    {
      name: 'history from while it had no network bears its own time; west of Greenwich',
      payload:
        '[SG*8800000015*006b*UD2,240123,162011,A,54.400000,N,6.400000,W,0.00,0,0,8,19,88,0,0,00000000,1,1,FFFF,FFFF,FFFE,A1B2C3,132,,00]',
      source: TRACCAR,
      receivedAt: '2023-01-24T18:00:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 54.4, at: '2023-01-24T16:20:11Z' },
          { metric: 'longitude_deg', value: -6.4, at: '2023-01-24T16:20:11Z' },
          { metric: 'battery_pct', value: 88, at: '2023-01-24T16:20:11Z' },
          { metric: 'steps_count', value: 0, at: '2023-01-24T16:20:11Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'a watch that tells local time, as its setting says',
      payload:
        '[ZJ*353456789012345*0075*0064*AL,040418,052156,V,22.500000,N,113.900000,E,0,0,0,5,100,82,1000,50,00100000,1,255,460,0,9340,3663,35]',
      settings: { clock: 'local' },
      timeZone: 'Asia/Shanghai',
      source: TRACCAR,
      receivedAt: '2018-04-03T21:22:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 82, at: '2018-04-03T21:21:56Z' },
          { metric: 'steps_count', value: 1000, at: '2018-04-03T21:21:56Z' },
        ],
        events: [{ event: 'removed', at: '2018-04-03T21:21:56Z' }],
        flags: [],
      },
    },
    {
      name: 'several frames in one message; those without a time were measured now',
      payload:
        '[3G*8800000015*000B*LK,0,10,100][3G*8800000015*0013*bphrt,120,79,73,,,,][3G*8800000015*000B*oxygen,0,98]\r\n[3G*8800000015*000E*btemp2,1,35.29]',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'steps_count', value: 0, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'systolic_mmhg', value: 120, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 79, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_bpm', value: 73, at: '2026-03-01T00:00:00Z' },
          { metric: 'spo2_pct', value: 98, at: '2026-03-01T00:00:00Z' },
          { metric: 'body_temperature_c', value: 35.29, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'an SOS between two broken frames is heard',
      payload:
        '[3G*8800000015*00C0*UD,27][3G*8800000015*00C0*AL,271219,094744,V,00.000000,N, 0.0000000,E,0.00,0.0,0.0,0,100,81,0,0,00010000,0,0][3G*88000',
      receivedAt: '2019-12-27T09:47:50Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 81, at: '2019-12-27T09:47:44Z' },
          { metric: 'steps_count', value: 0, at: '2019-12-27T09:47:44Z' },
        ],
        events: [{ event: 'sos', at: '2019-12-27T09:47:44Z' }],
        rejections: ['malformed-payload', 'malformed-payload'],
      },
    },
    {
      name: 'no heart stopped: it measured nothing',
      payload: '[3G*8800000015*0007*heart,0]',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], flags: [] },
    },
    {
      name: 'a question for the time is only protocol',
      payload: '[3G*8800000015*0003*TKQ]',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'something that is no frame',
      payload: 'GET / HTTP/1.1',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
