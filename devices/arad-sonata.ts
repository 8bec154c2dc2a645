import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/actility/device-catalog/tree/main/vendors/arad/drivers/sonata';

const DATA_LOG = 0x06;
const DAILY_LOG = 0x80;
const ALARM = 0x9b;
const STANDARD = 0x9d;

/** From here on a difference is an error: empty, overflow, meter not read, digits not read. */
const NO_DELTA = 0x8000;
const HOURS_LOGGED = 6;

function takeAlarms(take: Take, word: number, extended = 0, at = take.at): void {
  take.flag('tamper', (word & 0x0203) !== 0 || (extended & 0x10) !== 0, at);
  take.flag('reverse', (word & 0x0004) !== 0, at);
  take.flag('leak', (word & 0x0008) !== 0, at);
  take.flag('low_battery', (word & 0x2020) !== 0, at);
  take.flag('fault', (word & 0x4080) !== 0 || (extended & 0x08) !== 0, at);
  take.flag('freeze', (word & 0x0100) !== 0, at);
  take.flag('burst', (word & 0x0800) !== 0, at);
  take.flag('dry', (word & 0x1000) !== 0, at);
}

/** Litres, in a power of ten that the low half of a byte tells; 7 is one litre. */
const litres = (count: number, unit: number): number => {
  const exponent = (unit & 0x0f) - 7;
  return exponent < 0 ? count / 10 ** -exponent : count * 10 ** exponent;
};

/** Differences that run back from the newest value; what is older than an error is not known. */
function takeLog(
  frame: ByteReader,
  take: Take,
  log: { newest: number; unit: number; at: (entry: number) => number; entries: number },
): void {
  let index = log.newest;
  for (let entry = 0; entry < log.entries && frame.left >= 2; entry++) {
    const delta = frame.u16be();
    if (delta >= NO_DELTA) return;
    index -= litres(delta, log.unit);
    take.reading('water_index_m3', index / 1000, log.at(entry));
  }
}

function takeDataLog(frame: ByteReader, take: Take): void {
  frame.skip(3);
  const count = frame.u32be();
  const newest = litres(count, frame.u8());
  const readAt = take.at - frame.u16be() * MINUTE;
  const interval = frame.u16be() * MINUTE;
  takeAlarms(take, frame.u16be());
  take.reading('battery_v', frame.u16be() / 1000);
  take.reading('water_index_m3', newest / 1000, readAt);
  const unit = frame.u8();
  if (interval > 0)
    takeLog(frame, take, {
      newest,
      unit,
      at: (entry) => readAt - (entry + 1) * interval,
      entries: Number.POSITIVE_INFINITY,
    });
}

function takeStandard(frame: ByteReader, take: Take): void {
  frame.skip(1);
  takeAlarms(take, frame.u16be(), frame.u16be());
  const count = frame.u32be();
  take.reading('water_index_m3', litres(count, frame.u8()) / 1000);
}

/** Time, index, battery; what passed since the last full hour and in the five before. Weekly sums are no index. */
function takeDailyLog(frame: ByteReader, take: Take): void {
  frame.skip(4);
  const now = take.deviceTime(frame.u32be() * 1000);
  const count = frame.u32be();
  const unit = frame.u8();
  const newest = litres(count, unit);
  takeAlarms(take, frame.u16be(), 0, now);
  take.reading('battery_v', frame.u16be() / 1000, now);
  take.reading('water_index_m3', newest / 1000, now);
  const hour = Math.floor(now / HOUR) * HOUR;
  takeLog(frame, take, { newest, unit, at: (entry) => hour - entry * HOUR, entries: HOURS_LOGGED });
}

export default defineDevice({
  model: 'arad-sonata',
  maker: 'Arad',
  title: { zh: 'Arad Sonata 超声水表', en: 'Arad Sonata water meter' },
  summary: {
    zh: 'LoRaWAN 超声水表（及同系列外挂模块），报文带累计量、用量历史和告警位。',
    en: 'Ultrasonic LoRaWAN water meter (and the modules of its family), with index, log and alarm bits.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '数据日志报文没有时间，由收到时间按间隔倒推。',
      en: 'The data log has no clock: its times are counted back from when it was sent.',
    },
  ],
  sources: [SOURCE],
  topics: [],
  metrics: ['water_index_m3', 'battery_v'],
  events: flagEvents('tamper', 'reverse', 'leak', 'low_battery', 'fault', 'freeze', 'burst', 'dry'),
  expectedIntervalMs: 12 * HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 4_294_967.295, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const type = frame.u8();
    if (type === DATA_LOG) takeDataLog(frame, take);
    else if (type === STANDARD || type === ALARM) takeStandard(frame, take);
    else if (type === DAILY_LOG) takeDailyLog(frame, take);
    else take.refuse('not-supported', `the message type 0x${type.toString(16)}`);
  }),
  examples: [
    {
      name: 'an index with three alarms',
      fPort: 1,
      hex: '9d590c880004001aa94607',
      source: SOURCE,
      receivedAt: '2024-11-12T18:51:44Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 1747.27, at: '2024-11-12T18:51:44Z' }],
        flags: ['leak', 'fault', 'burst'],
      },
    },
    {
      name: 'a log by the minute; nothing is known beyond the record that is empty',
      fPort: 1,
      hex: '0600005910daadf1060000000104080cde060341034280000341',
      source: SOURCE,
      receivedAt: '2024-11-12T18:51:44Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.294, at: '2024-11-12T18:51:44Z' },
          { metric: 'water_index_m3', value: 28276.6833, at: '2024-11-12T18:51:44Z' },
          { metric: 'water_index_m3', value: 28276.6, at: '2024-11-12T18:50:44Z' },
          { metric: 'water_index_m3', value: 28276.5166, at: '2024-11-12T18:49:44Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'the last hours with a clock',
      fPort: 1,
      hex: '80594b58a9636af5d9000004200714400cd400df008700000000008d0035000003cc80000000800000008000000080000000',
      source: SOURCE,
      receivedAt: '2022-11-09T00:36:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.284, at: '2022-11-09T00:35:37Z' },
          { metric: 'water_index_m3', value: 1.056, at: '2022-11-09T00:35:37Z' },
          { metric: 'water_index_m3', value: 0.833, at: '2022-11-09T00:00:00Z' },
          { metric: 'water_index_m3', value: 0.698, at: '2022-11-08T23:00:00Z' },
          { metric: 'water_index_m3', value: 0.698, at: '2022-11-08T22:00:00Z' },
          { metric: 'water_index_m3', value: 0.698, at: '2022-11-08T21:00:00Z' },
          { metric: 'water_index_m3', value: 0.557, at: '2022-11-08T20:00:00Z' },
          { metric: 'water_index_m3', value: 0.504, at: '2022-11-08T19:00:00Z' },
        ],
        flags: ['dry'],
      },
    },
    {
      name: 'a type that is not known',
      fPort: 1,
      hex: '90590302b26166fcaf',
      receivedAt: '2024-11-12T18:51:44Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that was cut',
      fPort: 1,
      hex: '9d590c88',
      receivedAt: '2024-11-12T18:51:44Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
