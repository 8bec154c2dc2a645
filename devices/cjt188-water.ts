import { z } from 'zod';
import { framesIn } from '../src/devices/cjt188/frame.ts';
import { takeWaterFrame } from '../src/devices/cjt188/water.ts';
import { defineDevice } from '../src/devices/define.ts';
import { decoderOf } from '../src/devices/take.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const settings = z.object({
  status: z.enum(['standard', 'high_bits']).default('standard').meta({
    title: 'Place of valve and battery in the status',
    description: 'standard: bits 0 and 1 valve, bit 2 battery; high_bits: bits 6 and 7 valve, bit 5 battery',
  }),
  litre_decimals: z.number().int().min(0).max(2).default(0).meta({
    title: 'Decimals of values in litres (29H)',
    description: 'the standard says 2, meters that count litres send 0',
  }),
  meter: z
    .string()
    .regex(/^\d{14}$/)
    .optional()
    .meta({
      title: 'Address of the meter, 14 digits',
      description: 'where several meters share one line: frames of the others are refused',
    }),
});
const PRESET = settings.parse({});

export default defineDevice({
  model: 'cjt188-water',
  title: { zh: 'CJ/T 188 水表', en: 'CJ/T 188 water meter' },
  summary: {
    zh: '国标户用表协议（2004 版及 2018 版明文）：累计流量、时钟、阀门与电池状态；结算日流量不作读数。支持主动上报的 901F、921F、9097 和定时冻结；没有时刻的历史值（9097 的半小时增量、921F 的冻结值、结算日值）以 no-instant 拒收。',
    en: "China's protocol for household meters (2004, and 2018 unencrypted): total, clock, valve and battery. The total of the settlement day is no reading. Reports 901FH, 921FH, 9097H and frozen values are read; past values whose instant no frame says (the half-hourly increases of 9097H, the frozen totals of 921FH, settlement days) are refused as no-instant.",
  },
  connect: {
    zh: '透传模块把原始帧（字节、十六进制或 base64 文本）发布到 shouwang/{device}/raw；多表集中器用 cjt188 信封；或经 NB-IoT 平台推送，型号写 cjt188-water。',
    en: 'A transparent module publishes the raw frame (bytes, hex or base64) under shouwang/{device}/raw; collectors of many meters use the cjt188 envelope; platforms push it inside of theirs.',
  },
  faults: [
    {
      zh: '数据标识两字节顺序不一（1F 90 或 90 1F）；单位可在数值之前；时钟有正反两种字节序，全零表示从未校时；帧前可有 FE 和文本，帧后可有多余字节。以上均能读。',
      en: 'The data identifier comes in either order, the unit may stand before its value, the clock runs either way and all zeros mean that it was never set, FE and text may stand before the frame and bytes after it. All of that is read.',
    },
    {
      zh: '校验码不符一律拒收；网上流传最广的示例帧校验码就是错的。',
      en: 'A wrong checksum is always refused; the most copied example on the web has one.',
    },
    {
      zh: '单位 29H（升）多数表不带小数，标准为两位：用 litre_decimals 设定。有的厂家把阀门放在高位：用 status 设定。',
      en: 'Values in litres (29H) mostly have no decimals, the standard has two: litre_decimals. Some makers keep the valve in the high bits: status.',
    },
    {
      zh: 'DL/T 645 是电表帧，拒收并说明。',
      en: 'DL/T 645 is a frame of electricity meters and is refused as that.',
    },
  ],
  sources: [
    'https://www.chinesestandard.net/PDF.aspx/CJT188-2018',
    'https://www.cnblogs.com/yangykaifa/p/7010777.html',
    'https://hftangyu.com/563.html',
  ],
  topics: ['shouwang/{device}/raw'],
  metrics: [
    'water_index_m3',
    'water_reverse_m3',
    'flow_m3_h',
    'water_temperature_c',
    'signal_dbm',
    'valve_open_bool',
  ],
  events: [
    'low_battery',
    'fault',
    'dry',
    'reverse',
    'general_alarm',
    'low_battery_cleared',
    'fault_cleared',
    'dry_cleared',
    'reverse_cleared',
    'alarm_cleared',
  ],
  expectedIntervalMs: DAY,
  silenceGraceMs: 6 * HOUR,
  // Eight digits with two decimals.
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.01 } },
  settings,
  decode: decoderOf((payload, take) => {
    const parsed = settings.safeParse(take.context.settings ?? {});
    const chosen = parsed.success ? parsed.data : PRESET;
    const { frames, refused } = framesIn(payload);
    for (const { reason, detail } of refused) take.reject(reason, detail);
    for (const frame of frames)
      if (chosen.meter !== undefined && chosen.meter !== frame.address)
        take.reject('foreign-device', `a frame of the meter ${frame.address}`);
      else takeWaterFrame(take, frame, chosen);
  }),
  examples: [
    {
      name: 'as the standard has it (the example of the articles, with its checksum put right)',
      hex: 'fefefefe68104433221100337881161f9000007766552c007766552c3101221105152021841316',
      source: 'https://www.cnblogs.com/yangykaifa/p/7010777.html',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2015-05-11T14:02:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 556677, at: '2015-05-11T14:01:31Z' },
          { metric: 'valve_open_bool', value: 0, at: '2015-05-11T14:01:31Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'the same with the checksum that is printed everywhere',
      hex: 'fefefefe68104433221100337881161f9000007766552c007766552c3101221105152021840816',
      source: 'https://www.cnblogs.com/yangykaifa/p/7010777.html',
      receivedAt: '2015-05-11T14:02:00Z',
      expect: { rejection: 'checksum' },
    },
    {
      name: 'litres, the clock turned round, the data identifier too',
      hex: 'fefefefe6810437632510000008116901f0047700100295148010029202005282058240000a716',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2020-05-28T13:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 17.047, at: '2020-05-28T12:58:24Z' },
          { metric: 'valve_open_bool', value: 1, at: '2020-05-28T12:58:24Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'text before the preamble, and a clock that was never set',
      hex: '4354524c3a26323031373037303030303030393231fefefe6810210900001700028116901f00000200002c000000002c0000000000000000005b16',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 2, at: '2026-03-01T08:00:00Z' },
          { metric: 'valve_open_bool', value: 1, at: '2026-03-01T08:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'bytes after the frame; a valve that is out of order',
      hex: '68106900010717200081161f9002000000002c000000002c595416190817201301ef16524f',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2017-08-19T08:55:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0, at: '2017-08-19T08:54:59Z' }],
        flags: ['fault'],
      },
    },
    {
      name: 'a report with the units before their values, three decimals',
      hex: 'fefefe681001131219000000a11d901f012c560100002c04000000352501000056201817121920402200038816',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2019-12-17T10:21:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 0.156, at: '2019-12-17T10:20:56Z' },
          { metric: 'water_reverse_m3', value: 0.004, at: '2019-12-17T10:20:56Z' },
          { metric: 'flow_m3_h', value: 0.0125, at: '2019-12-17T10:20:56Z' },
        ],
      },
    },
    {
      name: 'the daily report of an ultrasonic NB-IoT meter, with an empty pipe',
      hex: '68107545000013082181ac9097002b606620002b308001002b000000000000000000350000000092270000000000461404260821200002ffb40012000b8986111925301747443008648230479880500104ffffff0060662000000000000000000000000000000000000000000000000000000000000000000000000000000000000f6e07941d1011621b9f09eb060e079e0d35048759ed00000d6f07760b7d0a0017fb0f6515c20d0b16450d0b068614d2079500b32cd8e616',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2021-08-25T20:15:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 206.66, at: '2021-08-25T20:14:46Z' },
          { metric: 'water_reverse_m3', value: 0, at: '2021-08-25T20:14:46Z' },
          { metric: 'flow_m3_h', value: 0, at: '2021-08-25T20:14:46Z' },
          { metric: 'water_temperature_c', value: 27.92, at: '2021-08-25T20:14:46Z' },
          { metric: 'valve_open_bool', value: 1, at: '2021-08-25T20:14:46Z' },
          { metric: 'signal_dbm', value: -76, at: '2021-08-25T20:14:46Z' },
        ],
        flags: ['dry'],
        rejections: ['no-instant'],
      },
    },
    {
      name: 'hex in text, with a battery that is low where this maker keeps it',
      payload:
        '68 10 50 54 77 11 18 00 00 81 16 1F 90 00 00 00 00 00 2C 00 00 00 00 2C 00 00 00 00 00 00 00 60 00 BA 16',
      settings: { status: 'high_bits' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 0, at: '2026-03-01T08:00:00Z' },
          { metric: 'valve_open_bool', value: 0, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['low_battery'],
      },
    },
    {
      name: 'a meter that has no value',
      hex: '6810454110051533788116901faaffffffff2cffffffff2cffffffffffffff00000c16',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'valve_open_bool', value: 1, at: '2026-03-01T08:00:00Z' }], flags: [] },
    },
    {
      name: 'the meter says that it cannot',
      hex: '681011223344556677c1030111224c16',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an electricity meter',
      hex: 'fefefefe6803000206182068910833333333574c34338216',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      hex: '68104433221100337881161f900000776655',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
