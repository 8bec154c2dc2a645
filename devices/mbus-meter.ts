import { defineDevice } from '../src/devices/define.ts';
import { flagEvents } from '../src/devices/lorawan.ts';
import { takeFixed } from '../src/devices/mbus/fixed.ts';
import { applicationOf, wiredContent } from '../src/devices/mbus/frame.ts';
import { WITH_KEY } from '../src/devices/mbus/settings.ts';
import { refuseOtherMedia, takeHeaderStatus, takeWater, WATER_METRICS } from '../src/devices/mbus/water.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/rscada/libmbus/tree/master/test';

/** Control information that may stand first where only the inside of a frame is forwarded. */
const HEADERS = [0x70, 0x72, 0x73, 0x78, 0x7a];

export default defineDevice({
  model: 'mbus-meter',
  title: { zh: 'M-Bus 有线水表', en: 'Water meter on a wired M-Bus' },
  summary: {
    zh: '任何厂家的 M-Bus（EN 13757）水表，由集中器转发整帧（68 … 16）或其中的数据记录。',
    en: 'A water meter of any maker on an M-Bus (EN 13757), whose whole frame (68 … 16), or the records in it, a concentrator forwards.',
  },
  connect: {
    zh: '集中器把帧以字节、十六进制或 Base64 发布或推送；address 写 mbus:加表号。',
    en: 'The concentrator publishes or pushes the frame as bytes, hex or base64; its address is mbus: and the number on the meter.',
  },
  faults: [
    {
      zh: '结算日的历史值只带日期，不知是当日零点还是二十四点，旁有当前值时不取。',
      en: 'Due-date values tell a date alone, not at which end of the day; beside a current value they are left out.',
    },
  ],
  sources: [SOURCE, 'EN 13757-2, EN 13757-3:2018', 'https://m-bus.com/documentation'],
  topics: [],
  metrics: WATER_METRICS,
  events: flagEvents('low_battery', 'fault'),
  expectedIntervalMs: HOUR,
  silenceGraceMs: 3 * HOUR,
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.001 } },
  settings: WITH_KEY,
  decode: decoderOf((payload, take) => {
    const content = wiredContent(payload, take) ?? payload;
    // Records alone, without anything before them, are told by what stands first.
    if (!HEADERS.includes(content[0] ?? 0)) {
      takeWater(content, take);
      return;
    }
    const application = applicationOf(content, take);
    const { header } = application;
    if (application.form === 'fixed') takeFixed(application.counters, header.medium ?? 0, take);
    else {
      refuseOtherMedia(take, header);
      takeHeaderStatus(take, header, takeWater(application.records, take));
    }
  }),
  examples: [
    {
      name: 'a cold water meter',
      hex: '681b1b6808017207201800e61e35074c0000000c78072018000c16690200009616',
      source: `${SOURCE}/test-frames/GWF-MTKcoder.hex`,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 269, at: '2026-03-01T08:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'a clock of 2007 is not believed, and what was stored on due dates is left out',
      hex: '684a4a680801724523117093150a07020000000c1367452301046d3a0de602426ce1014c135169450042ec7e0111123b3917426c0111023bf9170f0e42200101010005085e01203d12083d120800c016',
      source: `${SOURCE}/test-frames/els_falcon.hex`,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 1234.567, at: '2026-03-01T08:00:00Z' },
          { metric: 'flow_m3_h', value: 6.137, at: '2026-03-01T08:00:00Z' },
        ],
        rejections: ['clock-malformed'],
        flags: [],
      },
    },
    {
      name: 'the older structure with two counters; the second is history without a date',
      hex: '68131368080573785634120a00e97e01000000350100003c16',
      source: `${SOURCE}/test-frames/manual_frame2.hex`,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 0.001, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'a wrong sum',
      hex: '681b1b6808017207201800e61e35074c0000000c78072018000c16690200009716',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'checksum' },
    },
    {
      name: 'a unit in text that is longer than the frame',
      hex: '682e2e680805723408005496153200f200000001fd1b0002fc0348522574d41122fc0348522574c81112fcf348522574b4163b16',
      source: `${SOURCE}/error-frames/too_long_var_vif.hex`,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'an error report of the meter',
      hex: '68040468080170047d16',
      source: `${SOURCE}/error-frames/premature_end_of_record.hex`,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
