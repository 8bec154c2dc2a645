import { bitsSet, characteristicDecoder, dateTime } from '../src/devices/ble/characteristic.ts';
import { sfloat } from '../src/devices/ble/ieee11073.ts';
import type { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import type { Take } from '../src/devices/take.ts';
import { DAY } from '../src/lib/clock.ts';

/** Bits of the measurement status that make a value worthless, and those that cast a doubt on it. */
const STAGED = [
  [10, 'for demonstration'],
  [11, 'for testing'],
] as const;
const WORTHLESS = [
  [12, 'calibration is going on'],
  [13, 'the measurement is not available'],
  [15, 'an invalid measurement was detected'],
] as const;
const DOUBTS = [
  [6, 'an early estimate'],
  [14, 'a questionable measurement'],
] as const;

/** The same for the word on device and sensor. */
const SENSOR_WORTHLESS = [
  [11, 'the sensor is not connected'],
  [13, 'the sensor is displaced'],
  [14, 'the sensor does not work'],
  [15, 'the sensor is disconnected'],
] as const;
const SENSOR_DOUBTS = [
  [1, 'the equipment does not work'],
  [2, 'the signal is irregular'],
  [3, 'the signal is inadequate'],
  [4, 'the signal is poor'],
  [5, 'low perfusion'],
  [6, 'the signal is erratic'],
  [7, 'the signal has no pulse'],
  [8, 'the pulse is questionable'],
] as const;

interface Found {
  readonly spo2: number | undefined;
  readonly pulse: number | undefined;
  readonly at: number;
  readonly status: number;
  readonly sensor: number;
}

function takeValues(take: Take, { spo2, pulse, at, status, sensor }: Found): void {
  const [staged] = bitsSet(status, STAGED);
  if (staged) take.refuse('simulated', `values ${staged}`);
  const worthless = [...bitsSet(status, WORTHLESS), ...bitsSet(sensor, SENSOR_WORTHLESS)];
  if (worthless.length > 0) take.refuse('doubtful', worthless.join('; '));
  take.reading('spo2_pct', spo2, at);
  take.reading('pulse_bpm', pulse, at);
  for (const doubt of [...bitsSet(status, DOUBTS), ...bitsSet(sensor, SENSOR_DOUBTS)])
    take.reject('doubtful', `the oximeter says: ${doubt}`);
}

/** 0x2A5E: somebody put a finger in, and this is the result. */
function takeSpotCheck(frame: ByteReader, take: Take): void {
  const flags = frame.u8();
  const [spo2, pulse] = [sfloat(frame), sfloat(frame)];
  const clockNotSet = (flags & 0x10) !== 0;
  let at = take.at;
  if (flags & 0x01) {
    if (clockNotSet) frame.skip(7);
    else at = dateTime(frame, take);
  }
  const status = flags & 0x02 ? frame.u16le() : 0;
  const sensor = flags & 0x04 ? frame.u24le() : 0;
  if (flags & 0x08) frame.skip(2);
  takeValues(take, { spo2, pulse, at, status, sensor });
}

/** 0x2A5F: goes on while the finger is in. Beside the normal pair there may be a fast and a slow one. */
function takeContinuous(frame: ByteReader, take: Take): void {
  const flags = frame.u8();
  const [spo2, pulse] = [sfloat(frame), sfloat(frame)];
  if (flags & 0x01) frame.skip(4);
  if (flags & 0x02) frame.skip(4);
  const status = flags & 0x04 ? frame.u16le() : 0;
  const sensor = flags & 0x08 ? frame.u24le() : 0;
  if (flags & 0x10) frame.skip(2);
  takeValues(take, { spo2, pulse, at: take.at, status, sensor });
}

export default defineDevice({
  model: 'ble-pulse-oximeter',
  title: { zh: '蓝牙血氧仪', en: 'Bluetooth pulse oximeter' },
  summary: {
    zh: '遵循蓝牙血氧规范（0x2A5E 单次，0x2A5F 连续）的指夹血氧仪，经蓝牙网关转发：血氧、脉搏。',
    en: 'A fingertip oximeter that follows the Bluetooth profile (0x2A5E spot check, 0x2A5F continuous), forwarded by a gateway: oxygen saturation, pulse.',
  },
  connect: {
    zh: '网关以 shouwang/<网关>/ble 转发 {mac, characteristic, hex}；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2）。',
    en: 'The gateway forwards {mac, characteristic, hex} under shouwang/<gateway>/ble; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2).',
  },
  faults: [
    {
      zh: '信号弱、灌注低时仪器会自报可疑：读数照收，并记一条提示；传感器脱落、演示数据则不收。',
      en: 'Where the signal is poor the device says so: values are taken, with a named doubt. A displaced sensor and demonstration data are refused.',
    },
  ],
  sources: ['https://www.bluetooth.com/specifications/specs/pulse-oximeter-profile-1-0-1/'],
  topics: [],
  metrics: ['spo2_pct', 'pulse_bpm', 'battery_pct'],
  events: [],
  expectedIntervalMs: DAY,
  silenceGraceMs: 30 * DAY,
  counters: {},
  decode: characteristicDecoder('2a5e', { '2a5e': takeSpotCheck, '2a5f': takeContinuous }),
  examples: [
    {
      name: 'a spot check',
      hex: '0061004800',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'spo2_pct', value: 97, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_bpm', value: 72, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'its time, fully qualified, low perfusion',
      hex: '0759005a00ea0703010814000001200000',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T00:21:00Z',
      expect: {
        readings: [
          { metric: 'spo2_pct', value: 89, at: '2026-03-01T00:20:00Z' },
          { metric: 'pulse_bpm', value: 90, at: '2026-03-01T00:20:00Z' },
        ],
        rejections: ['doubtful'],
      },
    },
    {
      name: 'the finger slipped out',
      hex: '0461004800002000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'doubtful' },
    },
    {
      name: 'demonstration data',
      hex: '02610048000004',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'simulated' },
    },
    {
      name: 'too short for its flags',
      hex: '0261004800',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
