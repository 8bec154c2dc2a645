import { z } from 'zod';
import { ByteReader, LowBitReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';

const TTN = 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/axioma';
const ACTILITY = 'https://github.com/actility/device-catalog/tree/main/vendors/axioma/drivers/w1';
const DIWISE = 'https://github.com/diwise/iot-agent (internal/application/decoders/qalcosonic)';

const CONFIGURATION_PORT = 101;
const ALARM_PORT = 103;
const ALARM_BYTES = 5;
const SHORT_BYTES = 9;
/** Short form and log header; up to fifteen increases of two bytes follow, and perhaps a temperature or padding. */
const LOG_BYTES_MIN = 17;
const LOG_BYTES_MAX = 48;
const ENHANCED_BYTES = [51, 52];

/** Bit 4: a temporary error; which one, the three bits above it say. They are a number, not flags. */
const TEMPORARY_ERROR = 0x10;
const CODES = { leak: 1, reverse: 3, freeze: 4, burst: 5 } as const;

function takeStatus(take: Take, status: number, at: number): void {
  const code = status >> 5;
  take.flag('low_battery', (status & 0x04) !== 0, at);
  take.flag('fault', (status & 0x08) !== 0, at);
  take.flag('dry', code === 0 && (status & TEMPORARY_ERROR) !== 0, at);
  for (const name of ['leak', 'reverse', 'freeze', 'burst'] as const)
    take.flag(name, code === CODES[name], at);
}

/** Old firmware (payload description 1.7) has bits of its own in alarms; the lowest two of them tell it apart. */
const OLD_ALARMS = 0x03;

function takeAlarm(frame: ByteReader, take: Take): void {
  const now = take.deviceTime(frame.u32le() * 1000);
  const word = frame.u8();
  if ((word & OLD_ALARMS) === 0) takeStatus(take, word, now);
  else {
    take.flag('leak', (word & 0x01) !== 0, now);
    take.flag('burst', (word & 0x02) !== 0, now);
    take.flag('freeze', (word & 0x04) !== 0, now);
    take.flag('tamper', (word & 0x08) !== 0, now);
    take.flag('no_flow', (word & 0x10) !== 0, now);
    take.flag('reverse', (word & 0x20) !== 0, now);
  }
  // No error at all ends the alarms of either kind.
  if (word === 0) for (const name of ['tamper', 'no_flow'] as const) take.flag(name, false, now);
}

function takeLitres(take: Take, litres: number, at: number): void {
  // All ones: not read yet.
  if (litres !== 0xffff_ffff) take.reading('water_index_m3', litres / 1000, at);
}

/** Time, status, litres now; then a log that runs forward from a full hour, or from a later one of its interval. */
function takeBasic(frame: ByteReader, take: Take): void {
  const now = take.deviceTime(frame.u32le() * 1000);
  takeStatus(take, frame.u8(), now);
  const litresNow = frame.u32le();
  if (frame.left >= 8) {
    if (hasTemperature(frame, now)) take.reading('water_temperature_c', frame.i16le() / 100, now);
    takeLog(frame, take, now);
  }
  takeLitres(take, litresNow, now);
}

/** One version puts the temperature before the log. Only where that stands, the time of the log can be right. */
function hasTemperature({ bytes, at }: ByteReader, now: number): boolean {
  const timeAt = (place: number): number => new ByteReader(bytes, place).u32le() * 1000;
  return !isLogTime(timeAt(at), now) && bytes.length >= at + 10 && isLogTime(timeAt(at + 2), now);
}

const isLogTime = (time: number, now: number): boolean => time <= now && time > now - 2 * DAY;

function takeLog(frame: ByteReader, take: Take, now: number): void {
  const minutes = take.context.settings?.['log_interval_minutes'];
  const interval = (typeof minutes === 'number' && minutes > 0 ? minutes : 60) * MINUTE;
  const told = frame.u32le() * 1000;
  let litres = frame.u32le();
  if (!isLogTime(told, now)) {
    take.reject('clock-malformed', `the log begins at ${told} ms`);
    return;
  }
  const start = Math.floor(told / interval) * interval;
  takeLitres(take, litres, start);
  for (let entry = 1; frame.left >= 2; entry++) {
    const delta = frame.u16le();
    // All ones: there is no such entry, and nothing is known after it.
    if (delta === 0xffff || start + entry * interval > now) break;
    litres += delta;
    takeLitres(take, litres, start + entry * interval);
  }
}

/**
 * Version, time, status, litres at the start of the log, 23 hourly increases of 14 bits. The log is that of the day
 * before, from 01:00 to midnight by the meter's clock; nothing is said of today.
 */
function takeEnhanced(frame: ByteReader, take: Take): void {
  const version = frame.u8();
  if (version !== 1) take.refuse('not-supported', `version ${version} of the enhanced payload`);
  const now = take.deviceTime(frame.u32le() * 1000);
  takeStatus(take, frame.u8(), now);
  let litres = frame.u32le();
  const deltas = new LowBitReader(frame.rest());
  const start = Math.floor(now / DAY) * DAY - 23 * HOUR;
  takeLitres(take, litres, start);
  for (let hour = 1; hour <= 23; hour++) {
    const delta = deltas.bits(14);
    if (delta === 0x3fff) break;
    litres += delta;
    takeLitres(take, litres, start + hour * HOUR);
  }
}

export default defineDevice({
  model: 'axioma-qalcosonic-w1',
  maker: 'Axioma Metering',
  title: { zh: '阿克西玛 W1 超声水表', en: 'Axioma Qalcosonic W1 water meter' },
  summary: {
    zh: 'LoRaWAN 超声水表，分辨率 1 升，每次上报带最近 15 小时或前一天的逐时用量。',
    en: 'Ultrasonic LoRaWAN water meter, 1 litre resolution; each message carries the last 15 hourly values, or those of the day before.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '公开的解码器有的把升标成立方米。',
      en: 'Some public codecs label its litres as cubic metres.',
    },
    {
      zh: '“增强 24 小时”报文只有前一天的逐时值，当天用水要到次日才知道：适合漏水和长期规律，不宜用来判断当天有无活动。',
      en: 'The enhanced 24-hour payload holds the day before alone; today is known tomorrow. Good for leaks and routines, not for whether somebody is up today.',
    },
  ],
  sources: [
    TTN,
    ACTILITY,
    DIWISE,
    'https://github.com/ZennerIoT/element-parsers/blob/master/lib/axioma_qalcosonic.ex',
  ],
  topics: [],
  metrics: ['water_index_m3', 'water_temperature_c'],
  events: flagEvents(
    'leak',
    'burst',
    'reverse',
    'dry',
    'freeze',
    'low_battery',
    'fault',
    'tamper',
    'no_flow',
  ),
  expectedIntervalMs: 12 * HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 4_294_967.295, resolution: 0.001 } },
  settings: z.object({
    log_interval_minutes: z.number().int().min(1).max(1440).optional().meta({
      title: '历史间隔（分钟）',
      description: 'Minutes between two values of the log; 60 if absent',
    }),
  }),
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const { length } = payload;
    if (take.fPort === CONFIGURATION_PORT)
      take.refuse('not-supported', 'its configuration, which holds no reading');
    if (take.fPort === ALARM_PORT && length > ALARM_BYTES)
      take.refuse('not-supported', `an alarm of ${length} bytes`);
    if (take.fPort === ALARM_PORT || length === ALARM_BYTES) takeAlarm(frame, take);
    else if (ENHANCED_BYTES.includes(length)) takeEnhanced(frame, take);
    else if (length === SHORT_BYTES || (length >= LOG_BYTES_MIN && length <= LOG_BYTES_MAX))
      takeBasic(frame, take);
    else take.refuse('not-supported', `${length} bytes on port ${take.fPort}`);
  }),
  examples: [
    {
      name: 'the short form',
      fPort: 100,
      hex: 'aeac986a00a6170000',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 6.054, at: '2026-09-02T23:09:34Z' }],
        flags: [],
      },
    },
    {
      name: 'the last hours, forward from the start of the log',
      fPort: 100,
      hex: 'bfc7e7600028950100c0e8e660f79301001e0004000f00',
      source: ACTILITY,
      receivedAt: '2021-07-09T03:52:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 103.415, at: '2021-07-08T12:00:00Z' },
          { metric: 'water_index_m3', value: 103.445, at: '2021-07-08T13:00:00Z' },
          { metric: 'water_index_m3', value: 103.449, at: '2021-07-08T14:00:00Z' },
          { metric: 'water_index_m3', value: 103.464, at: '2021-07-08T15:00:00Z' },
          { metric: 'water_index_m3', value: 103.72, at: '2021-07-09T03:51:27Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'the version with a temperature, and three errors in one status byte',
      fPort: 100,
      hex: '55cb585f7cf29d0400120ae0fe575f8a570400cd04',
      source: DIWISE,
      receivedAt: '2020-09-09T12:33:00Z',
      expect: {
        readings: [
          { metric: 'water_temperature_c', value: 25.78, at: '2020-09-09T12:32:21Z' },
          { metric: 'water_index_m3', value: 284.554, at: '2020-09-08T22:00:00Z' },
          { metric: 'water_index_m3', value: 285.783, at: '2020-09-08T23:00:00Z' },
          { metric: 'water_index_m3', value: 302.578, at: '2020-09-09T12:32:21Z' },
        ],
        flags: ['low_battery', 'fault', 'reverse'],
      },
    },
    {
      name: 'the enhanced form: the day before, hour by hour',
      fPort: 100,
      hex: '01aeac986a003217000000000000000000008003800054000e4005100048000240020000200000000000000000000000000000',
      source: TTN,
      receivedAt: '2026-09-02T23:09:40Z',
      expect: {
        readings: [
          0, 0, 0, 0, 0, 0, 14, 22, 43, 57, 78, 79, 97, 99, 108, 108, 116, 116, 116, 116, 116, 116, 116, 116,
        ].map((litres, hour) => ({
          metric: 'water_index_m3' as const,
          value: (5938 + litres) / 1000,
          at: new Date(Date.UTC(2026, 8, 1, 1 + hour)).toISOString(),
        })),
        flags: [],
      },
    },
    {
      name: 'an alarm: burst, not a mixture of bits',
      fPort: 103,
      hex: 'aeac986ab0',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { readings: [], flags: ['burst'] },
    },
    {
      name: 'an alarm of old firmware: two bits',
      fPort: 103,
      hex: 'aeac986a21',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { readings: [], flags: ['leak', 'reverse'] },
    },
    {
      name: 'its configuration is no reading',
      fPort: 101,
      hex: '04ff891331fd17041344ff891344934d931e206201',
      source: ACTILITY,
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 103,
      hex: 'aeac98',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a length that no version of it has',
      fPort: 100,
      hex: 'aeac986a00a6170000ff',
      receivedAt: '2026-09-02T23:09:40Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
