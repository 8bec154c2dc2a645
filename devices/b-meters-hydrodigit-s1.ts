import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE = 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/b-meters';

const APPLICATIONS = [0x45, 0x50];
const LONG_BYTES_MIN = 46;
const LOGGED = 14;
const EPOCH_2000 = Date.UTC(2000, 0, 1);

function takeAlarms(take: Take, bits: number, at: number): void {
  take.flag('leak', (bits & 0x01) !== 0, at);
  take.flag('fault', (bits & 0x02) !== 0, at);
  take.flag('burst', (bits & 0x08) !== 0, at);
  take.flag('reverse', (bits & 0x10) !== 0, at);
  take.flag('low_battery', (bits & 0x20) !== 0, at);
}

function takeTemperature(frame: ByteReader, take: Take, at: number): void {
  if (frame.left >= 2) take.reading('ambient_temperature_c', frame.i16be() / 10, at);
}

/** Two counters of 28 bits, whose upper halves share a byte. */
function takeShort(frame: ByteReader, take: Take): void {
  const forward = frame.u24le();
  const upper = frame.u8();
  const reverse = frame.u24le();
  takeAlarms(take, frame.u8(), take.at);
  take.reading('water_index_m3', (forward + (upper >> 4) * 2 ** 24) / 1000);
  take.reading('water_reverse_m3', (reverse + (upper & 0x0f) * 2 ** 24) / 1000);
  takeTemperature(frame, take, take.at);
}

/** Index and time; index and time of the last full hour; what passed in each hour before, which may be negative. */
function takeLong(frame: ByteReader, take: Take): void {
  const litres = frame.u32le();
  const now = take.deviceTime(EPOCH_2000 + frame.u32le() * 1000);
  let logged = frame.u32le();
  const start = EPOCH_2000 + frame.u32le() * 1000;
  take.reading('water_index_m3', litres / 1000, now);
  if (start > now || start < now - 2 * HOUR) {
    take.reject('clock-malformed', `the log begins at ${start} ms`);
    frame.skip(2 * LOGGED);
  } else {
    if (start < now) take.reading('water_index_m3', logged / 1000, start);
    for (let hour = 1; hour <= LOGGED; hour++) {
      logged -= frame.i16le();
      take.reading('water_index_m3', logged / 1000, start - hour * HOUR);
    }
  }
  takeAlarms(take, frame.u8(), now);
  takeTemperature(frame, take, now);
}

export default defineDevice({
  model: 'b-meters-hydrodigit-s1',
  maker: 'B METERS',
  title: { zh: 'B METERS HYDRODIGIT-S1 水表', en: 'B METERS HYDRODIGIT-S1 water meter' },
  summary: {
    zh: 'LoRaWAN 电子水表，长报文带最近 14 小时的逐时用量。',
    en: 'Electronic LoRaWAN water meter; its long message carries the last 14 hours.',
  },
  connect: LORAWAN_CONNECT,
  sources: [SOURCE],
  topics: [],
  metrics: ['water_index_m3', 'water_reverse_m3', 'ambient_temperature_c'],
  events: flagEvents('leak', 'fault', 'burst', 'reverse', 'low_battery'),
  expectedIntervalMs: 12 * HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 268_435.456, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const application = frame.u8();
    if (!APPLICATIONS.includes(application) || take.fPort > 1)
      take.refuse('not-supported', `the application 0x${application.toString(16)} on port ${take.fPort}`);
    if (payload.length < LONG_BYTES_MIN) takeShort(frame, take);
    else takeLong(frame, take);
  }),
  examples: [
    {
      name: 'the short form: wrongly installed, a burst, and the temperature',
      fPort: 1,
      hex: '452a2f00008600000a00cd',
      source: SOURCE,
      receivedAt: '2026-06-01T08:10:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 12.074, at: '2026-06-01T08:10:00Z' },
          { metric: 'water_reverse_m3', value: 0.134, at: '2026-06-01T08:10:00Z' },
          { metric: 'ambient_temperature_c', value: 20.5, at: '2026-06-01T08:10:00Z' },
        ],
        flags: ['fault', 'burst'],
      },
    },
    {
      name: 'the long form: an hour in which water ran back is negative',
      fPort: 1,
      hex: '50ba07000020faaf31ba07000080f8af31000076000000000000000000000000000200100000000500c8ff1f000a00cd',
      source: SOURCE,
      receivedAt: '2026-06-01T08:10:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 1.978, at: '2026-06-01T08:06:56Z' },
          ...[1978, 1978, 1860, 1860, 1860, 1860, 1860, 1860, 1860, 1858, 1842, 1842, 1837, 1893, 1862].map(
            (litres, hour) => ({
              metric: 'water_index_m3' as const,
              value: litres / 1000,
              at: new Date(Date.UTC(2026, 5, 1, 8 - hour)).toISOString(),
            }),
          ),
          { metric: 'ambient_temperature_c', value: 20.5, at: '2026-06-01T08:06:56Z' },
        ],
        flags: ['fault', 'burst'],
      },
    },
    {
      name: 'an application that is not known',
      fPort: 1,
      hex: '442a2f00008600000a',
      receivedAt: '2026-06-01T08:10:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that was cut',
      fPort: 1,
      hex: '452a2f00',
      receivedAt: '2026-06-01T08:10:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
