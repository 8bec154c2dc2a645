import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { watchSettings } from '../src/devices/watches/fields.ts';
import { takeH02Frames } from '../src/devices/watches/h02.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar H02ProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'watch-h02',
  title: { zh: '定位手表、定位器（H02 协议，*HQ）', en: 'Watch or tracker of the H02 protocol (*HQ)' },
  summary: {
    zh: '紧急呼叫、步数、电量、定位；文本帧或二进制帧。',
    en: 'SOS, steps, battery, position; frames of text or of bytes.',
  },
  connect: {
    zh: '直连守望的手表端口（service.yaml 的 watches）；address 写 watch:加 10 位编号，或 imei:加 15 位 IMEI。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is watch: and 10 digits, or imei: and 15 digits.',
  },
  faults: [
    {
      zh: '状态字是反码（位为 0 才是报警），厂家对各位的定义不同；这里只取紧急呼叫（位 1、位 18）。',
      en: 'Its status word counts down (a bit that is clear is an alarm), and vendors move its bits; only SOS (bits 1 and 18) is taken.',
    },
  ],
  sources: ['https://github.com/traccar/traccar H02ProtocolDecoder.java, H02FrameDecoder.java'],
  topics: ['shouwang/{device}/raw'],
  metrics: ['steps_count', 'battery_pct', 'latitude_deg', 'longitude_deg'],
  events: ['sos'],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: 24 * HOUR,
  counters: {},
  settings: watchSettings,
  decode: decoderOf(takeH02Frames),
  examples: [
    {
      name: 'an SOS with its place',
      payload:
        '*HQ,353456789012345,V1,075228,A,5230.0000,N,01030.0000,E,0.00,0,231023,FFFBFFFF,106,14, 201,2173#',
      source: TRACCAR,
      receivedAt: '2023-10-23T07:52:30Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 52.5, at: '2023-10-23T07:52:28Z' },
          { metric: 'longitude_deg', value: 10.5, at: '2023-10-23T07:52:28Z' },
        ],
        events: [{ event: 'sos', at: '2023-10-23T07:52:28Z' }],
      },
    },
    {
      name: 'an SOS from where no satellite is seen',
      payload: '*HQ,353456789012345,V1,,V,,N,,E,0.00,0,,FFFFF7FD,f0,a,11a0,c0c6#',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'bytes: SOS, battery, and a place in the south and west',
      hex: '24880000001521532131081504420000060740420006000000fffffbfdff0015060000002c02dc0c000000001f',
      source: TRACCAR,
      receivedAt: '2015-08-31T21:53:30Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 4.7, at: '2015-08-31T21:53:21Z' },
          { metric: 'longitude_deg', value: -74.07, at: '2015-08-31T21:53:21Z' },
          { metric: 'battery_pct', value: 100, at: '2015-08-31T21:53:21Z' },
        ],
        events: [{ event: 'sos', at: '2015-08-31T21:53:21Z' }],
      },
    },
    {
      name: 'battery and steps',
      payload: '*HQ,8800000015,LINK,180902,15,0,84,0,0,240517,FFFFFBFF#',
      source: TRACCAR,
      receivedAt: '2017-05-24T18:09:10Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 84, at: '2017-05-24T18:09:02Z' },
          { metric: 'steps_count', value: 0, at: '2017-05-24T18:09:02Z' },
        ],
      },
    },
    {
      name: 'cells are no position; it is there all the same',
      payload: '*HQ,8800000015,NBR,112315,724,10,2,2,215,2135,123,215,2131,121,011215,FFFFFFFF#',
      source: TRACCAR,
      receivedAt: '2015-12-01T11:23:20Z',
      expect: { readings: [], flags: [] },
    },
    {
      name: 'bytes without a fix, a level and an alarm: it is there all the same',
      hex: '2488000000160503162209022212000500113460574c014028fffffbffff0000',
      receivedAt: '2009-02-22T05:03:20Z',
      expect: { readings: [], flags: [] },
    },
    {
      name: 'bytes that end too early',
      hex: '248800000015215321310815',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
