import { z } from 'zod';
import { bitsSet, characteristicDecoder, dateTime } from '../src/devices/ble/characteristic.ts';
import { sfloat } from '../src/devices/ble/ieee11073.ts';
import type { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import type { Take } from '../src/devices/take.ts';
import { DAY } from '../src/lib/clock.ts';

const KPA = 0x01;
const WITH_TIME = 0x02;
const WITH_PULSE = 0x04;
const WITH_USER = 0x08;
const WITH_STATUS = 0x10;

/** A millimetre of mercury in kilopascal (NIST SP 811). */
const KPA_PER_MMHG = 0.133_322_387_415;
const UNKNOWN_USER = 255;

/** What the cuff says against its own result. An irregular pulse is a finding, not a mistake: it says nothing against it. */
const DOUBTS = [
  [0, 'the body moved'],
  [1, 'the cuff was too loose'],
  [5, 'the arm was not held right'],
] as const;

function takeMeasurement(frame: ByteReader, take: Take): void {
  const flags = frame.u8();
  const [systolic, diastolic] = [sfloat(frame), sfloat(frame)];
  frame.skip(2); // mean arterial pressure, which we do not keep
  const at = flags & WITH_TIME ? dateTime(frame, take) : take.at;
  const pulse = flags & WITH_PULSE ? sfloat(frame) : undefined;
  const user = flags & WITH_USER ? frame.u8() : UNKNOWN_USER;
  const status = flags & WITH_STATUS ? frame.u16le() : 0;
  const wearer = take.context.settings?.['user'];
  if (wearer !== undefined && user !== UNKNOWN_USER && user !== Number(wearer))
    take.refuse('other-person', `user ${user} of the cuff; the resident is user ${wearer}`);
  const mmHg = (pressure: number | undefined): number | undefined =>
    pressure !== undefined && flags & KPA ? pressure / KPA_PER_MMHG : pressure;
  take.reading('systolic_mmhg', mmHg(systolic), at);
  take.reading('diastolic_mmhg', mmHg(diastolic), at);
  take.reading('pulse_bpm', pulse, at);
  for (const doubt of bitsSet(status, DOUBTS)) take.reject('doubtful', `the cuff says: ${doubt}`);
}

export default defineDevice({
  model: 'ble-blood-pressure',
  title: { zh: '蓝牙血压计', en: 'Bluetooth blood pressure cuff' },
  summary: {
    zh: '遵循蓝牙血压规范（0x2A35）的袖带血压计，经蓝牙网关转发：收缩压、舒张压、脉搏。毫米汞柱与千帕均可。',
    en: 'A cuff that follows the Bluetooth blood pressure profile (0x2A35), forwarded by a gateway: systolic, diastolic, pulse; mmHg or kPa.',
  },
  connect: {
    zh: '网关以 shouwang/<网关>/ble 转发 {mac, characteristic, hex}；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2）。多人共用时在 settings 写 user。',
    en: 'The gateway forwards {mac, characteristic, hex} under shouwang/<gateway>/ble; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2). Where people share the cuff, settings name the user.',
  },
  faults: [
    {
      zh: '袖带过松、身体移动时血压计会自报测量可疑：读数照收，并记一条提示。',
      en: 'Where the cuff was loose or the body moved, the device says so: the values are taken, with a named doubt beside them.',
    },
    {
      zh: '充气过程中的压力（0x2A36）不是结果，不予接收。',
      en: 'The pressure while it inflates (0x2A36) is no result and is refused.',
    },
  ],
  sources: [
    'https://www.bluetooth.com/specifications/specs/blood-pressure-profile-1-1-1/',
    'https://github.com/NordicSemiconductor/Android-BLE-Common-Library',
  ],
  topics: [],
  metrics: ['systolic_mmhg', 'diastolic_mmhg', 'pulse_bpm', 'battery_pct'],
  events: [],
  expectedIntervalMs: DAY,
  // People forget to measure: silence says nothing for a month.
  silenceGraceMs: 30 * DAY,
  counters: {},
  bloodPressure: 'measured',
  settings: z.object({
    user: z.number().int().min(0).max(254).optional().meta({
      title: 'User',
      description: 'which user of a shared cuff the resident is; all are taken if absent',
    }),
  }),
  decode: characteristicDecoder('2a35', { '2a35': takeMeasurement }),
  examples: [
    {
      name: 'a measurement with time, pulse, user and status',
      hex: '1e7c0052006200ea0703010814004800010000',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T00:21:00Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 124, at: '2026-03-01T00:20:00Z' },
          { metric: 'diastolic_mmhg', value: 82, at: '2026-03-01T00:20:00Z' },
          { metric: 'pulse_bpm', value: 72, at: '2026-03-01T00:20:00Z' },
        ],
      },
    },
    {
      name: 'kilopascal: 16.0 over 10.7',
      hex: '01a0f06bf07df0',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 120.009852, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 80.256589, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'year 0: the cuff does not know the time; it moved, and its cuff was loose',
      hex: '12b40064008c00000003010814000300',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 180, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 100, at: '2026-03-01T00:00:00Z' },
        ],
        rejections: ['doubtful', 'doubtful'],
      },
    },
    {
      name: 'another user of a shared cuff',
      hex: '0878004e005c0002',
      settings: { user: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'other-person' },
    },
    {
      name: 'not a number, not at this resolution: no value is no pressure',
      hex: '00ff0700080108',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'a byte is missing',
      hex: '1e7c0052006200ea07030108140048000100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
