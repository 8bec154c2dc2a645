import { HOUR } from '../../lib/clock.ts';
import { ByteReader } from '../byte-reader.ts';
import type { DeviceDefinition, DeviceExample } from '../define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../lorawan.ts';
import { decoderOf, type Take } from '../take.ts';

/** Application codes of the maker's manual; their counters are BCD. */
const BCD_APPLICATIONS = [0x44, 0x45];
/**
 * No manual knows this code, but the only example in a public catalogue bears it, and the codec there reads plain
 * integers, and units from 0x0d on.
 */
const BINARY_APPLICATION = 0x2c;

/** Litres a count by the unit code of M-Bus. */
const LITRES: Readonly<Record<number, number>> = { 19: 1, 20: 10, 21: 100, 22: 1000 };
/** The weight of a pulse at the register, on top of that. */
const WEIGHTS = [1, 10, 100];

function takeFrame(frame: ByteReader, take: Take): void {
  const application = frame.u8();
  const binary = application === BINARY_APPLICATION;
  if (!binary && !BCD_APPLICATIONS.includes(application))
    take.refuse('not-supported', `the application 0x${application.toString(16)}`);
  const counter = (): number | undefined => (binary ? frame.u32le() : frame.bcdLe(4));
  const [forward, reverse] = [counter(), counter()];
  const weight = WEIGHTS[frame.u8()];
  frame.skip(1);
  const unit = frame.u8();
  const litres = LITRES[binary ? unit + 6 : unit];
  const alarms = frame.u8();
  take.flag('tamper', (alarms & 0x07) !== 0);
  take.flag('leak', (alarms & 0x08) !== 0);
  take.flag('reverse', (alarms & 0x10) !== 0);
  take.flag('low_battery', (alarms & 0x20) !== 0);
  if (weight === undefined || litres === undefined)
    take.reject('not-supported', `the unit code 0x${unit.toString(16)}`);
  else {
    const cubicMetres = (count: number | undefined): number | undefined =>
      count && (count * weight * litres) / 1000;
    take.reading('water_index_m3', cubicMetres(forward));
    take.reading('water_reverse_m3', cubicMetres(reverse));
  }
  if (frame.left >= 2) take.reading('ambient_temperature_c', frame.i16be() / 10);
}

const EXAMPLES: readonly DeviceExample[] = [
  {
    name: 'litres in BCD',
    fPort: 1,
    hex: '44975101000000000000001300',
    source: 'https://github.com/actility/device-catalog/tree/main/vendors/b-meters/drivers/iwm-lrx',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: {
      readings: [
        { metric: 'water_index_m3', value: 15.197, at: '2026-03-01T08:00:00Z' },
        { metric: 'water_reverse_m3', value: 0, at: '2026-03-01T08:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'tens of litres with a leak, a magnet and a temperature below freezing',
    fPort: 1,
    hex: '44742001003401000000001409ff33',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: {
      readings: [
        { metric: 'water_index_m3', value: 120.74, at: '2026-03-01T08:00:00Z' },
        { metric: 'water_reverse_m3', value: 1.34, at: '2026-03-01T08:00:00Z' },
        { metric: 'ambient_temperature_c', value: -20.5, at: '2026-03-01T08:00:00Z' },
      ],
      flags: ['tamper', 'leak'],
    },
  },
  {
    name: 'an application that is not known',
    fPort: 1,
    hex: '99975101000000000000001300',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a frame that was cut',
    fPort: 1,
    hex: '449751010000',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** What the IWM modules of B METERS have in common. */
export const IWM = {
  maker: 'B METERS',
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '计数为 BCD；公开目录里的例子自相矛盾，解码器把它当二进制读。',
      en: 'Its counters are BCD; the example in a public catalogue contradicts itself, and the codec there reads them as integers.',
    },
  ],
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/b-meters',
    'https://github.com/actility/device-catalog/tree/main/vendors/b-meters/drivers/iwm-lrx',
  ],
  topics: [],
  metrics: ['water_index_m3', 'water_reverse_m3', 'ambient_temperature_c'],
  events: flagEvents('tamper', 'leak', 'reverse', 'low_battery'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    if (take.fPort !== 1 && take.fPort !== 0) take.refuse('not-supported', `port ${take.fPort}`);
    takeFrame(new ByteReader(payload), take);
  }),
  examples: EXAMPLES,
} as const satisfies Partial<DeviceDefinition>;
