import type { DeviceExample } from '../define.ts';

/** All pulse counters of Watteco are the same on the air. */
export const wattecoExamples: readonly DeviceExample[] = [
  {
    name: 'pulses of the first input',
    fPort: 125,
    hex: '110a000f04022300000792',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'pulse_count', value: 1938, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'of the second, weighed',
    fPort: 125,
    hex: '310a000f04022300000792',
    settings: { input: 2, litres_per_pulse: 10 },
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'water_index_m3', value: 19.38, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'its battery',
    fPort: 125,
    hex: '110a00500006410501040e10',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'the state of its input',
    fPort: 125,
    hex: '110a000f00551001',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'an answer',
    fPort: 125,
    hex: '1107000f000402',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 125,
    hex: '110a000f',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** Room sensors of Watteco. */
export const wattecoRoomExamples: readonly DeviceExample[] = [
  {
    name: 'somebody is there',
    fPort: 125,
    hex: '110a040600001801',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'nobody',
    fPort: 125,
    hex: '110a040600001800',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'temperature',
    fPort: 125,
    hex: '110a04020000290b89',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'ambient_temperature_c', value: 29.53, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'humidity',
    fPort: 125,
    hex: '110a04050000210e89',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'humidity_pct', value: 37.21, at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'light',
    fPort: 125,
    hex: '110a04000000210745',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'its case is open',
    fPort: 125,
    hex: '110a000f00551001',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [], flags: ['tamper'] },
  },
  {
    name: 'a batch',
    fPort: 125,
    hex: '30b200b6e7c7004d8887202fda75b914b4b28276cbf26e59bb5bd6ed96e5ddb2948076cb9200f6',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'ambient_temperature_c', value: 22.9, at: '2026-02-28T23:10:00Z' },
        { metric: 'ambient_temperature_c', value: 22.8, at: '2026-02-28T23:20:00Z' },
        { metric: 'humidity_pct', value: 53, at: '2026-03-01T00:00:00Z' },
      ],
    },
  },
  {
    name: 'a longer batch',
    fPort: 125,
    hex: '70060000e2760090cfc0015b028423fb03272919804c121c003ebc5bd6895f0040000b68b72c27a0ddb4dc8076db920c68b72c19605b04',
    source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/watteco',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'motion_bool', value: 0, at: '2026-02-28T23:39:44Z' },
        { metric: 'humidity_pct', value: 31, at: '2026-02-28T23:39:58Z' },
        { metric: 'ambient_temperature_c', value: 18.7, at: '2026-02-28T23:39:59Z' },
        { metric: 'ambient_temperature_c', value: 18.5, at: '2026-02-28T23:50:00Z' },
      ],
    },
  },
  {
    name: 'a batch that ends too early',
    fPort: 125,
    hex: '30b200b6e7c7004d',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
  {
    name: 'a frame that ends too early',
    fPort: 125,
    hex: '110a0406',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];
