import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { takeMiniFinder2Frames } from '../src/devices/watches/minifinder2.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const TRACCAR =
  'https://github.com/traccar/traccar Minifinder2ProtocolDecoderTest.java (Apache-2.0; numbers and places masked)';

export default defineDevice({
  model: 'minifinder2',
  maker: 'Eview (EV04, EV07B), MiniFinder',
  title: {
    zh: '紧急呼叫挂坠 EV07B、MiniFinder 2（二进制协议）',
    en: 'EV07B and MiniFinder 2 pendants (binary protocol)',
  },
  summary: {
    zh: '挂坠：紧急呼叫、跌倒、电量低、开机、心率、血氧、步数、电量、充电、定位；离线期间的记录补传。',
    en: 'A pendant: SOS, fall, low battery, switched on, pulse, oxygen, steps, battery, charging, position; sends later what it kept while offline.',
  },
  connect: {
    zh: '直连守望的手表端口（service.yaml 的 watches）；address 写 imei:加 15 位 IMEI。',
    en: 'Straight to the watch port of Shouwang (`watches` in service.yaml); its address is imei: and 15 digits.',
  },
  faults: [
    {
      zh: '倾倒报警和静止报警记为一般报警；电子围栏、超速、按键通话不算报警。',
      en: 'Tilt and no movement count as general alarms; fences, speed and call keys as none.',
    },
  ],
  sources: ['https://github.com/traccar/traccar Minifinder2ProtocolDecoder.java'],
  topics: ['shouwang/{device}/raw'],
  metrics: [
    'pulse_bpm',
    'spo2_pct',
    'steps_count',
    'battery_pct',
    'battery_v',
    'charging_bool',
    'latitude_deg',
    'longitude_deg',
  ],
  events: ['sos', 'fall', 'low_battery', 'boot', 'general_alarm'],
  expectedIntervalMs: 30 * MINUTE,
  silenceGraceMs: 24 * HOUR,
  counters: {},
  decode: decoderOf(takeMiniFinder2Frames),
  examples: [
    {
      name: 'steps, status and a place',
      hex: 'ab103f007e2533000110013335333435363738393031323334350930e09d245d210100000924b49e245d01025b201620c034381ec05f3b0400000000aa026d00c90e0000100110',
      source: TRACCAR,
      receivedAt: '2019-07-09T14:03:40Z',
      expect: {
        readings: [
          { metric: 'steps_count', value: 289, at: '2019-07-09T14:00:00Z' },
          { metric: 'battery_pct', value: 32, at: '2019-07-09T14:03:32Z' },
          { metric: 'charging_bool', value: 0, at: '2019-07-09T14:03:32Z' },
          { metric: 'latitude_deg', value: 50.7, at: '2019-07-09T14:03:32Z' },
          { metric: 'longitude_deg', value: 7.1, at: '2019-07-09T14:03:32Z' },
        ],
      },
    },
    {
      name: 'an SOS',
      hex: 'ab1845005d39370301100133353334353637383930313233343509245b92b55c84004b610502001000002221ca00050b010001000f010001000f010001000f010001000f010001000f01000100',
      source: TRACCAR,
      receivedAt: '2019-04-16T08:29:20Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 97, at: '2019-04-16T08:29:15Z' },
          { metric: 'charging_bool', value: 0, at: '2019-04-16T08:29:15Z' },
        ],
        events: [{ event: 'sos', at: '2019-04-16T08:29:15Z' }],
      },
    },
    {
      name: 'an answer to a command is only protocol',
      hex: 'ab00030008c700007f0100',
      source: TRACCAR,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame that breaks off within its second block',
      hex: 'ab103f007e2533000110013335333435363738393031323334350930e09d24',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
