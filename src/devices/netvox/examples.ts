import type { DeviceExample } from '../define.ts';

const byte = (value: number): string => value.toString(16).padStart(2, '0');

/** A leak sensor. */
export const leakExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'wet',
    fPort: 6,
    hex: `01${byte(type)}012401000000000000`,
    source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Netvox/R718WB',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['leak'],
    },
  },
  {
    name: 'dry, and the battery is low',
    fPort: 6,
    hex: `01${byte(type)}019f00000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['low_battery'],
    },
  },
];

/** A leak sensor with two probes. */
export const secondProbeExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'wet at the second place only',
    fPort: 6,
    hex: `01${byte(type)}012400010000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['leak'],
    },
  },
];

/** What every model of Netvox says or refuses beside its reports. */
export const netvoxStanding = (type: number): readonly DeviceExample[] => [
  {
    name: 'switched on',
    fPort: 6,
    hex: `01${byte(type)}006402202008110000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
  },
  {
    name: 'an answer to a configuration',
    fPort: 7,
    hex: `82${byte(type)}038407080100000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'no-device-data' },
  },
  {
    name: 'a report of another model',
    fPort: 6,
    hex: '01ff012400000000000000',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
  {
    name: 'a report that ends too early',
    fPort: 6,
    hex: `01${byte(type)}0124`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { rejection: 'malformed-payload' },
  },
];

/** A leak sensor that says where. */
export const leakLocationExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'water at 1.2 m',
    fPort: 6,
    hex: `01${byte(type)}0124000c0000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['leak'],
    },
  },
  {
    name: 'dry',
    fPort: 6,
    hex: `01${byte(type)}012400000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
];

/** A door contact. */
export const doorExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'open',
    fPort: 6,
    hex: `01${byte(type)}011c01000000000000`,
    source: 'https://github.com/thingsboard/data-converters/tree/master/VENDORS/Netvox/R311A',
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
        { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'closed, and the battery is low',
    fPort: 6,
    hex: `01${byte(type)}019c00000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
        { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['low_battery'],
    },
  },
];

/** An occupancy sensor. */
export const occupancyExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'somebody is there',
    fPort: 6,
    hex: `01${byte(type)}01240a280020010000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 26, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'below zero, nobody, taken down',
    fPort: 6,
    hex: `01${byte(type)}0124ff9c0020000100`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: -1, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: ['tamper'],
    },
  },
];

/** A sensor of movement. */
export const movementExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'moved',
    fPort: 6,
    hex: `01${byte(type)}011c01000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'still',
    fPort: 6,
    hex: `01${byte(type)}011c00000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 2.8, at: '2026-03-01T00:00:00Z' },
        { metric: 'motion_bool', value: 0, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
];

/** A pulse counter. */
export const counterExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'pulses',
    fPort: 6,
    hex: `01${byte(type)}012401020304000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'pulse_count', value: 258, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'weighed',
    fPort: 6,
    hex: `01${byte(type)}012401020304000000`,
    settings: { litres_per_pulse: 10 },
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'water_index_m3', value: 2.58, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
];

/** A pulse counter with two inputs. */
export const secondInputExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'the second input',
    fPort: 6,
    hex: `01${byte(type)}012401020304000000`,
    settings: { input: 2 },
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'pulse_count', value: 772, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
];

/** An activity counter. */
export const activityExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'used 258 times',
    fPort: 6,
    hex: `01${byte(type)}012400000102000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' },
        { metric: 'pulse_count', value: 258, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
];

/** A button. */
export const buttonExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'pressed',
    fPort: 6,
    hex: `01${byte(type)}012401000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }],
      events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      flags: [],
    },
  },
  {
    name: 'a heartbeat',
    fPort: 6,
    hex: `01${byte(type)}012400000000000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: { readings: [{ metric: 'battery_v', value: 3.6, at: '2026-03-01T00:00:00Z' }], flags: [] },
  },
];

/** A thermometer. */
export const climateExamples = (type: number): readonly DeviceExample[] => [
  {
    name: 'climate',
    fPort: 6,
    hex: `01${byte(type)}0123087711f7000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.5, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: 21.67, at: '2026-03-01T00:00:00Z' },
        { metric: 'humidity_pct', value: 45.99, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
  {
    name: 'below zero',
    fPort: 6,
    hex: `01${byte(type)}0123fe7711f7000000`,
    receivedAt: '2026-03-01T00:00:00Z',
    expect: {
      readings: [
        { metric: 'battery_v', value: 3.5, at: '2026-03-01T00:00:00Z' },
        { metric: 'ambient_temperature_c', value: -3.93, at: '2026-03-01T00:00:00Z' },
        { metric: 'humidity_pct', value: 45.99, at: '2026-03-01T00:00:00Z' },
      ],
      flags: [],
    },
  },
];
