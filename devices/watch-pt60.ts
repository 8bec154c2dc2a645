import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { watchSettings } from '../src/devices/watches/fields.ts';
import { takePt60Frames } from '../src/devices/watches/pt60.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar Pt60ProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'watch-pt60',
  title: { zh: '定位手表（PT60 协议，@G#@、@B#@）', en: 'Watch of the PT60 protocol (@G#@, @B#@)' },
  summary: {
    zh: '心率、步数、电量、定位。公开资料中没有报警帧。',
    en: 'Pulse, steps, battery, position. No alarm frame of it is published.',
  },
  connect: {
    zh: '手表直连守望的手表端口（service.yaml 的 watches）；address 写 imei:加 15 位 IMEI。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is imei: and 15 digits.',
  },
  faults: [
    {
      zh: '未知帧型只作协议帧处理：没有看到报警，不等于它不会报警。',
      en: 'Kinds of frames that nobody published count as protocol: that no alarm is known does not mean that it has none.',
    },
  ],
  sources: ['https://github.com/traccar/traccar Pt60ProtocolDecoder.java'],
  topics: ['shouwang/{device}/raw'],
  metrics: ['pulse_bpm', 'steps_count', 'battery_pct', 'latitude_deg', 'longitude_deg'],
  events: [],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: 24 * HOUR,
  counters: {},
  settings: watchSettings,
  decode: decoderOf(takePt60Frames),
  examples: [
    {
      name: 'pulse and battery; the clock is that of the community',
      payload: '@G#@,V01,14,353456789012345,460000000000000,20180419165604,101,26,@R#@',
      timeZone: 'Asia/Shanghai',
      source: TRACCAR,
      receivedAt: '2018-04-19T08:56:10Z',
      expect: {
        readings: [
          { metric: 'pulse_bpm', value: 101, at: '2018-04-19T08:56:04Z' },
          { metric: 'battery_pct', value: 26, at: '2018-04-19T08:56:04Z' },
        ],
      },
    },
    {
      name: 'steps',
      payload: '@G#@,V01,13,353456789012345,460000000000000,20180419112656,1180,',
      source: TRACCAR,
      receivedAt: '2018-04-19T11:27:00Z',
      expect: { readings: [{ metric: 'steps_count', value: 1180, at: '2018-04-19T11:26:56Z' }] },
    },
    {
      name: 'a position by satellite',
      payload: '@B#@|01|001|353456789012345|460000000000000|1|45|20181127122717|32.700000|35.500000|1|',
      source: TRACCAR,
      receivedAt: '2018-11-27T12:27:20Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 45, at: '2018-11-27T12:27:17Z' },
          { metric: 'latitude_deg', value: 32.7, at: '2018-11-27T12:27:17Z' },
          { metric: 'longitude_deg', value: 35.5, at: '2018-11-27T12:27:17Z' },
        ],
      },
    },
    {
      name: 'cells are no position',
      payload: '@B#@|01|001|353456789012345|460000000000000|1|84|20181205161005|40412,10461,1,425,10|2|',
      source: TRACCAR,
      receivedAt: '2018-12-05T16:10:10Z',
      expect: { readings: [{ metric: 'battery_pct', value: 84, at: '2018-12-05T16:10:05Z' }] },
    },
    {
      name: 'a login is only protocol',
      payload: '@G#@,V01,1,353456789012345,460000000000000,',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'something that is no frame',
      payload: '@G#@,V01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
