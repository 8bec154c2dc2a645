import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { watchSettings } from '../src/devices/watches/fields.ts';
import { takeMiniFinderFrames } from '../src/devices/watches/minifinder.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar MiniFinderProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'minifinder',
  maker: 'MiniFinder, Eview (EV-07)',
  title: { zh: '紧急呼叫挂坠 MiniFinder（文本协议）', en: 'MiniFinder pendant (text protocol)' },
  summary: {
    zh: '挂坠：紧急呼叫、跌倒、电量低、故障、定位、充电。',
    en: 'A pendant: SOS, fall, low battery, fault, position, charging.',
  },
  connect: {
    zh: '直连守望的手表端口（service.yaml 的 watches）；address 写 imei:加 15 位 IMEI（登录时报）。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is imei: and the 15 digits with which it logs in.',
  },
  sources: ['https://github.com/traccar/traccar MiniFinderProtocolDecoder.java'],
  topics: ['shouwang/{device}/raw'],
  metrics: ['battery_pct', 'charging_bool', 'latitude_deg', 'longitude_deg'],
  events: ['sos', 'fall', 'low_battery', 'low_battery_cleared', 'fault', 'fault_cleared'],
  expectedIntervalMs: 30 * MINUTE,
  silenceGraceMs: 24 * HOUR,
  counters: {},
  settings: watchSettings,
  decode: decoderOf(takeMiniFinderFrames),
  examples: [
    {
      name: 'where it is, and how',
      payload: '!D,15/04/17,13:58:53,51.500000,-0.500000,60,180,140001,28.7,47,4,13,0',
      source: TRACCAR,
      receivedAt: '2017-04-15T13:59:00Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 51.5, at: '2017-04-15T13:58:53Z' },
          { metric: 'longitude_deg', value: -0.5, at: '2017-04-15T13:58:53Z' },
          { metric: 'battery_pct', value: 47, at: '2017-04-15T13:58:53Z' },
          { metric: 'charging_bool', value: 0, at: '2017-04-15T13:58:53Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'three alarms in one word, without a fix: SOS, fall, low battery',
      payload: '!D,15/04/17,13:58:53,51.500000,-0.500000,0,0,141140,28.7,8,0,0,0',
      receivedAt: '2017-04-15T13:59:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 8, at: '2017-04-15T13:58:53Z' },
          { metric: 'charging_bool', value: 0, at: '2017-04-15T13:58:53Z' },
        ],
        events: [
          { event: 'sos', at: '2017-04-15T13:58:53Z' },
          { event: 'fall', at: '2017-04-15T13:58:53Z' },
        ],
        flags: ['low_battery'],
      },
    },
    {
      name: 'a keep-alive with its battery',
      payload: '!5,26,V,98',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 98, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a login is only protocol',
      payload: '!1,353456789012345',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame that is cut off',
      payload: '!D,15/04/17,13:58:53,51.48',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
