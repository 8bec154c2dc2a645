import { defineDevice } from '../src/devices/define.ts';
import { isObject, type JsonObject, jsonObject, numberIn, textIn } from '../src/devices/json-object.ts';
import {
  countSettings,
  refuseOtherThanWater,
  takeCount,
  takeR900Flags,
  volumeOf,
} from '../src/devices/radio/consumption.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const COUNTS = ['Consumption', 'LastConsumptionCount', 'LastConsumption'];

/** As rtlamr writes it: a count, and nobody says of what. */
function takeMessage(type: string, message: JsonObject, take: Take): void {
  if (!type.startsWith('R900'))
    refuseOtherThanWater(take, message['EndpointType'] ?? message['ERTType'] ?? message['Type']);
  const count = numberIn(message, COUNTS, take);
  if (count === undefined) take.refuse('not-supported', `${type.slice(0, 20)}: no register`);
  takeCount(take, count);
  if (type.startsWith('R900'))
    takeR900Flags(take, numberIn(message, ['LeakNow'], take), numberIn(message, ['BackFlow'], take));
}

/** As metermon hands it on: with a unit in words. */
function takeWithUnit(fields: JsonObject, take: Take): void {
  const [kind, unit] = [textIn(fields, 'Type'), textIn(fields, 'Unit') ?? ''];
  if (kind !== undefined && kind !== 'Water')
    take.refuse('not-supported', `no water meter: ${kind.slice(0, 40)}`);
  const value = numberIn(fields, ['Consumption'], take);
  if (value === undefined) return;
  const volume = volumeOf(value, unit);
  if (volume === undefined)
    take.refuse('not-supported', `a unit that is none of volume: ${unit.slice(0, 20)}`);
  take.reading('water_index_m3', volume);
}

export default defineDevice({
  model: 'rtlamr-water',
  title: { zh: 'rtlamr 接收的水表', en: 'Water meter heard by rtlamr' },
  summary: {
    zh: 'Neptune R900 与 Itron ERT（SCM、SCM+、IDM）水表。计数的单位须在设置里写明，否则只作脉冲数；metermon 带单位的读数直接换算。',
    en: 'Neptune R900 and Itron ERT (SCM, SCM+, IDM). What a count is worth needs the settings, else it stays pulses; a reading of metermon has its unit.',
  },
  connect: {
    zh: '用 rtlamr 信封；address 写 radio:r900-编号 或 radio:ert-编号。',
    en: 'In the rtlamr envelope; its address is radio:r900- or radio:ert- and the number.',
  },
  faults: [
    {
      zh: '有的表只传整百立方英尺（CCF，2.83 m³）：看不出有没有人用水。',
      en: 'Some meters send whole hundreds of cubic feet (CCF, 2.83 m³): too coarse to see anybody live.',
    },
  ],
  sources: [
    'https://github.com/bemasher/rtlamr/wiki/Protocol',
    'https://github.com/bemasher/rtlamr/wiki/Compatible-Meters',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count'],
  events: ['leak', 'reverse', 'leak_cleared', 'reverse_cleared'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 6 * HOUR,
  // R900: 27 bits of tenths of a gallon.
  counters: {
    water_index_m3: { max: 2 ** 27 * 0.0003785411784, resolution: 0.0003785411784 },
    pulse_count: { max: 2 ** 27, resolution: 1 },
  },
  settings: countSettings,
  decode: decoderOf((payload, take) => {
    const fields = jsonObject(payload, take);
    const message = fields['Message'];
    if (isObject(message)) takeMessage(textIn(fields, 'Type') ?? '', message, take);
    else if ('Protocol' in fields) takeWithUnit(fields, take);
    else take.refuse('malformed-payload', 'neither a message of rtlamr nor of metermon');
  }),
  examples: [
    {
      name: 'R900 in tenths of a gallon',
      payload: {
        Time: '2026-03-01T08:00:00Z',
        Type: 'R900',
        Message: {
          ID: 1563476986,
          Unkn1: 163,
          NoUse: 32,
          BackFlow: 0,
          Consumption: 111051,
          Leak: 1,
          LeakNow: 0,
        },
      },
      settings: { unit: 'gal_us', step: 0.1 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 42.037376, at: '2026-03-01T08:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'a count without settings stays a count',
      payload: {
        Type: 'SCM',
        Message: {
          ID: 31500996,
          Type: 13,
          TamperPhy: 0,
          TamperEnc: 0,
          Consumption: 44805,
          ChecksumVal: 58702,
        },
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'pulse_count', value: 44805, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'SCM+ of a water meter (endpoint type 0xbb), in cubic feet',
      payload: {
        Type: 'SCM+',
        Message: {
          FrameSync: 5795,
          ProtocolID: 30,
          EndpointType: 187,
          EndpointID: 101100604,
          Consumption: 1000,
        },
      },
      settings: { unit: 'ft3' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 28.316847, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'a unit in words',
      payload: { Protocol: 'SCM', Type: 'Water', ID: '31500996', Consumption: 448.05, Unit: 'gal' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 1.696054, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'a meter of gas',
      payload: {
        Type: 'SCM+',
        Message: {
          FrameSync: 5795,
          ProtocolID: 30,
          EndpointType: 156,
          EndpointID: 76324406,
          Consumption: 88604,
        },
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'neither of both forms',
      payload: { reading: '12.3' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
