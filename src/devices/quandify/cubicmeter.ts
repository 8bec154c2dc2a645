import { HOUR } from '../../lib/clock.ts';
import { ByteReader } from '../byte-reader.ts';
import type { DeviceDefinition, DeviceExample } from '../define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../lorawan.ts';
import { decoderOf, type Take } from '../take.ts';

const STATUS_PORT = 1;
const RESPONSE_PORT = 6;
const STATUS_REPORT = 1;
const STATUS_BYTES = 28;

/** The top bit says that the sensor does not feel water; below it stands a number, of which one is known. */
const NOT_SENSING = 0x8000;
const REVERSE_FLOW = 384;
/** 3: medium, 4: large. Smaller ones are told by the maker's own platform alone. */
const LEAK_MIN = 3;
const LOW_BATTERY_MV = 3100;

function takeStatus(report: Uint8Array, take: Take): void {
  if (report.length !== STATUS_BYTES)
    take.refuse('malformed-payload', `a status report of ${report.length} bytes instead of ${STATUS_BYTES}`);
  const frame = new ByteReader(report, 4);
  const error = frame.u16le();
  take.reading('water_index_m3', frame.u32le() / 1000);
  frame.skip(12);
  take.flag('leak', frame.u8() >= LEAK_MIN);
  take.flag('fault', (error & NOT_SENSING) !== 0);
  take.flag('reverse', (error & 0x7fff) === REVERSE_FLOW);
  frame.skip(1);
  const millivolts = 1800 + frame.u8() * 8;
  take.flag('low_battery', millivolts <= LOW_BATTERY_MV);
  take.reading('battery_v', millivolts / 1000);
  // The lowest and the highest since the last report: where they agree, it is the temperature.
  const lowest = frame.u8();
  if (lowest === frame.u8()) take.reading('water_temperature_c', lowest / 2 - 20);
  take.reading('ambient_temperature_c', frame.u8() / 2 - 20);
}

const EXAMPLES: readonly DeviceExample[] = [
  {
    name: 'a status report: litres, not cubic metres',
    fPort: 1,
    hex: '49fbdf010000de1400000000000046eddf0106fc8b0702e2e6535455',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/quandify',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: {
      readings: [
        { metric: 'water_index_m3', value: 5.342, at: '2026-03-01T08:00:00Z' },
        { metric: 'battery_v', value: 3.64, at: '2026-03-01T08:00:00Z' },
        { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T08:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'a status report that was asked for',
    fPort: 6,
    hex: '3700019f42d701000077830000f3000000000000000000000000e1e43e3e3a',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/quandify',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: {
      readings: [
        { metric: 'water_index_m3', value: 33.655, at: '2026-03-01T08:00:00Z' },
        { metric: 'battery_v', value: 3.624, at: '2026-03-01T08:00:00Z' },
        { metric: 'water_temperature_c', value: 11, at: '2026-03-01T08:00:00Z' },
        { metric: 'ambient_temperature_c', value: 9, at: '2026-03-01T08:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'a large leak, reverse flow and a battery that is low',
    fPort: 1,
    hex: '49fbdf018001de1400000000000046eddf0106fc8b0704e202535455',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: {
      readings: [
        { metric: 'water_index_m3', value: 5.342, at: '2026-03-01T08:00:00Z' },
        { metric: 'battery_v', value: 1.816, at: '2026-03-01T08:00:00Z' },
        { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T08:00:00Z' },
      ],
      flags: ['leak', 'reverse', 'low_battery'],
    },
  },
  {
    name: 'a response about its hardware holds no reading',
    fPort: 6,
    hex: '0400021000001602053f0100000300e3ddcbb1bd758732000001000000000000010000000000',
    source: 'https://github.com/akenza-io/device-type-library/tree/main/types/quandify',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: { rejection: 'not-supported' },
  },
  {
    name: 'a report that was cut',
    fPort: 1,
    hex: '49fbdf010000de14',
    receivedAt: '2026-03-01T08:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** What all CubicMeters have in common, under whatever name they are sold. */
export const CUBICMETER = {
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '累计量以升计；有的公开解码器把同一字段标成立方米。',
      en: 'The total is in litres; one public codec labels the same field as cubic metres.',
    },
  ],
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/quandify',
    'https://github.com/akenza-io/device-type-library/tree/main/types/quandify',
  ],
  topics: [],
  metrics: ['water_index_m3', 'water_temperature_c', 'ambient_temperature_c', 'battery_v'],
  events: flagEvents('leak', 'fault', 'reverse', 'low_battery'),
  expectedIntervalMs: HOUR,
  silenceGraceMs: 3 * HOUR,
  counters: { water_index_m3: { max: 4_294_967.295, resolution: 0.001 } },
  decode: decoderOf((payload, take) => {
    if (take.fPort === STATUS_PORT) takeStatus(payload, take);
    else if (take.fPort === RESPONSE_PORT) {
      const frame = new ByteReader(payload);
      const [, status, type] = frame.take(3);
      if (status !== 0 || type !== STATUS_REPORT)
        take.refuse('not-supported', `a response of type ${type} with the status ${status}: no reading`);
      takeStatus(frame.rest(), take);
    } else take.refuse('not-supported', `port ${take.fPort}`);
  }),
  examples: EXAMPLES,
} as const satisfies Partial<DeviceDefinition>;
