import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { zonedInstant } from '../src/devices/local-instant.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { scaled } from '../src/devices/mbus/quantities.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/actility/device-catalog/tree/main/vendors/maddalena/drivers/arrowwan2';

const EPOCH_2000 = Date.UTC(2000, 0, 1);
const DAY_BYTES = 37;
const WEEK_BYTES = 29;
const ALARM_BYTES = 11;
const SUPPLY_POINT_BYTES = 20;
const INFORMATION_BYTES = [47, 48, 49];
/** The second frame of a day, from noon to eleven at night; the first one ends at eleven in the morning. */
const LATE_PORT = 2;

interface Head {
  readonly now: number;
  readonly take: (count: number, at: number) => void;
}

/** Time since 2000, error flags, unit of M-Bus. */
function headOf(frame: ByteReader, take: Take): Head {
  const now = take.deviceTime(EPOCH_2000 + frame.u32le() * 1000);
  const errors = frame.u16le();
  take.flag('tamper', (errors & 0x0003) !== 0, now);
  take.flag('leak', (errors & 0x0004) !== 0, now);
  take.flag('reverse', (errors & 0x0010) !== 0, now);
  take.flag('no_flow', (errors & 0x0020) !== 0, now);
  take.flag('fault', (errors & 0x4040) !== 0, now);
  take.flag('low_battery', (errors & 0x0c00) !== 0, now);
  const unit = frame.u8();
  if (unit < 0x10 || unit > 0x17) take.refuse('not-supported', `the unit code 0x${unit.toString(16)}`);
  const scale = { exponent: unit - 0x16 };
  return { now, take: (count, at) => take.reading('water_index_m3', scaled(count, scale), at) };
}

/** The maker's home, for whoever tries a payload without a community. */
const HOME_ZONE = 'Europe/Rome';

/** The last midnight of the meter, which knows no summer time: its clock is UTC, its day that of the winter. */
function midnightBefore({ context }: Take, now: number): number {
  const winter = Date.UTC(new Date(now).getUTCFullYear(), 0, 1);
  const local = zonedInstant(context.timeZone ?? HOME_ZONE, new Date(now).getUTCFullYear(), 1, 1) ?? winter;
  const offset = winter - local;
  return Math.floor((now + offset) / DAY) * DAY - offset;
}

/** Twelve hours of the day before, and what the meter showed when that ended. */
function takeDay(frame: ByteReader, take: Take): void {
  const head = headOf(frame, take);
  const midnight = midnightBefore(take, head.now);
  head.take(frame.i32le(), midnight);
  const newest = midnight - DAY + (take.fPort === LATE_PORT ? 23 : 11) * HOUR;
  let count = frame.i32le();
  head.take(count, newest);
  for (let hour = 1; frame.left >= 2; hour++) {
    count -= frame.i16le();
    head.take(count, newest - hour * HOUR);
  }
}

/** Seven days, each under the date on which it began. */
function takeWeek(frame: ByteReader, take: Take): void {
  const head = headOf(frame, take);
  const newest = midnightBefore(take, head.now) - DAY;
  let count = frame.i32le();
  head.take(count, newest);
  for (let day = 1; frame.left >= 3; day++) {
    const delta = frame.u24le();
    count -= delta >= 0x80_0000 ? delta - 0x100_0000 : delta;
    head.take(count, newest - day * DAY);
  }
}

export default defineDevice({
  model: 'maddalena-arrowwan2',
  maker: 'Maddalena',
  title: { zh: 'Maddalena ArrowWAN2 水表模块', en: 'Maddalena ArrowWAN2 module' },
  summary: {
    zh: 'LoRaWAN 水表模块，每天两帧各带前一天 12 小时的逐时读数，另有周报和告警。',
    en: 'LoRaWAN module for water meters: two frames a day with twelve hours of the day before each, besides weeks and alarms.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '逐时值总是前一天的：当天用水要到次日才知道。',
      en: 'Its hours are always those of the day before: today is known tomorrow.',
    },
  ],
  sources: [SOURCE],
  topics: [],
  metrics: ['water_index_m3', 'battery_pct'],
  events: flagEvents('tamper', 'leak', 'reverse', 'no_flow', 'fault', 'low_battery'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    if (payload.length === DAY_BYTES) takeDay(frame, take);
    else if (payload.length === WEEK_BYTES) takeWeek(frame, take);
    else if (payload.length === ALARM_BYTES) {
      const head = headOf(frame, take);
      head.take(frame.i32le(), head.now);
    } else if (INFORMATION_BYTES.includes(payload.length)) {
      const now = take.deviceTime(EPOCH_2000 + frame.u32le() * 1000);
      // Serial number and firmware are longer in some versions; the name of the supply point ends them all.
      take.reading('battery_pct', payload.at(-1 - SUPPLY_POINT_BYTES), now);
    } else take.refuse('not-supported', `${payload.length} bytes on port ${take.fPort}`);
  }),
  examples: [
    {
      name: 'an alarm with the index',
      fPort: 9,
      hex: 'f693302a010013cd020000',
      source: SOURCE,
      receivedAt: '2022-06-06T11:32:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0.717, at: '2022-06-06T10:31:18Z' }],
        flags: ['tamper'],
      },
    },
    {
      name: 'the morning of the day before, hour by hour, by a day that knows no summer time',
      fPort: 1,
      hex: 'd22e112a040013583e030059a20200860c630c2a0c1e0c2e0c2d0c3b0c3b0c310c280c2b0c',
      source: SOURCE,
      receivedAt: '2022-05-13T16:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 212.568, at: '2022-05-12T23:00:00Z' },
          ...[
            172633, 169427, 166256, 163142, 160040, 156922, 153805, 150674, 147543, 144422, 141310, 138195,
          ].map((litres, hour) => ({
            metric: 'water_index_m3' as const,
            value: litres / 1000,
            at: new Date(Date.UTC(2022, 4, 12, 10 - hour)).toISOString(),
          })),
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'a week, with a day on which water ran back',
      fPort: 5,
      hex: '74a14b2a010013a40600007f01006b0000d7ffff000000330000b00400',
      source: SOURCE,
      receivedAt: '2022-06-27T00:01:00Z',
      expect: {
        readings: [1700, 1317, 1210, 1251, 1251, 1200, 0].map((litres, day) => ({
          metric: 'water_index_m3' as const,
          value: litres / 1000,
          at: new Date(Date.UTC(2022, 5, 25 - day, 23)).toISOString(),
        })),
        flags: ['tamper'],
      },
    },
    {
      name: 'its battery',
      fPort: 8,
      hex: '81b83d2a303132323132333435363738390000000000000000010000634954203030312045203132333435363738000000',
      source: SOURCE,
      receivedAt: '2022-06-16T10:47:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 99, at: '2022-06-16T09:46:41Z' }] },
    },
    {
      name: 'a frame that was cut',
      fPort: 9,
      hex: 'f693302a0100',
      receivedAt: '2022-06-06T11:32:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
