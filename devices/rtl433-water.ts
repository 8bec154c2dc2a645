import { defineDevice } from '../src/devices/define.ts';
import { type JsonObject, jsonObject, numberIn, textIn } from '../src/devices/json-object.ts';
import {
  countSettings,
  namedVolume,
  refuseOtherThanWater,
  takeCount,
  takeR900Flags,
} from '../src/devices/radio/consumption.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

/** Registers without a unit: SCM, SCM+, IDM, R900, Orion endpoints. */
const COUNTS = ['consumption_data', 'Consumption', 'consumption', 'LastConsumptionCount', 'reading'];
/** Before its fields were renamed the decoder of Badger's ORION, which counts gallons, had this. */
const OLD_BADGER = ['Volume', 'volume'];

function takeRegister(fields: JsonObject, model: string, take: Take): void {
  const volume = namedVolume(fields, take);
  if (volume !== undefined) take.reading('water_index_m3', volume);
  else if (model === 'Badger-ORION' && numberIn(fields, OLD_BADGER, take) !== undefined)
    take.reading('water_index_m3', namedVolume({ volume_gal: numberIn(fields, OLD_BADGER, take) }, take));
  else {
    const count = numberIn(fields, COUNTS, take);
    if (count !== undefined) takeCount(take, count);
  }
}

/** Sensors that lie on the floor, in the words of their decoders. */
function takeWet(fields: JsonObject, model: string, take: Take): void {
  const wet = numberIn(fields, model === 'Bresser-Leakage' ? ['alarm'] : ['detect_wet', 'water_leak'], take);
  if (wet !== undefined) take.reading('water_leak_bool', wet > 0);
  if (textIn(fields, 'event') === 'Water Leak') take.reading('water_leak_bool', true);
}

function takeEvent(fields: JsonObject, take: Take): void {
  const model = textIn(fields, 'model') ?? '';
  refuseOtherThanWater(take, fields['ert_type'] ?? fields['EndpointType'] ?? fields['ERTType']);
  const kind = textIn(fields, 'MeterType') ?? textIn(fields, 'type_string');
  if (kind !== undefined && kind !== 'Water' && /^(Electric|Gas|Heat|Steam)/.test(kind))
    take.refuse('not-supported', `no water meter: ${kind.slice(0, 40)}`);
  takeRegister(fields, model, take);
  takeWet(fields, model, take);
  if (model.startsWith('Neptune-R900'))
    takeR900Flags(take, numberIn(fields, ['leaknow'], take), numberIn(fields, ['backflow'], take));
  const leaking = numberIn(fields, ['leaking'], take);
  if (leaking !== undefined) take.flag('leak', leaking > 0);
  const battery = numberIn(fields, ['battery_ok'], take);
  if (battery !== undefined) take.flag('low_battery', battery === 0);
  const alarm = model === 'Flowis' ? numberIn(fields, ['alarm'], take) : undefined;
  if (alarm !== undefined) take.flag('general_alarm', alarm !== 0);
  if (alarm) take.reject('unmapped-alarm', `the alarm byte is ${alarm}`);
  if (take.isEmpty)
    take.refuse(
      'not-supported',
      'data' in fields || 'codes' in fields
        ? `${model}: a frame that rtl_433 hands on undecoded`
        : `${model || 'no model'}: no register of water`,
    );
}

export default defineDevice({
  model: 'rtl433-water',
  title: { zh: 'rtl_433 接收的水表', en: 'Water meter heard by rtl_433' },
  summary: {
    zh: '北美及欧洲无线水表（Badger ORION、Neptune R900、Itron ERT、Flowis、Arad、Mueller、Apator ERM30）。字段名带单位的直接换算；没有单位的计数须在设置里写明，否则只作脉冲数。',
    en: 'Radio meters (Badger ORION, Neptune R900, Itron ERT, Flowis, Arad, Mueller, Apator ERM30). A unit in the name of the field counts; a count without one needs the setting, else it stays pulses.',
  },
  connect: {
    zh: '用 rtl_433 信封；address 写 radio:系列-编号。',
    en: 'In the rtl_433 envelope; its address is radio:, the series and the number.',
  },
  faults: [
    {
      zh: '同一字段在不同版本中改过名（Volume → volume_gal）。',
      en: 'Fields were renamed between versions (Volume became volume_gal).',
    },
    {
      zh: 'R900 的计数多为 0.1 加仑，但由水务公司决定：设置 unit=gal、step=0.1 后才换算。',
      en: 'R900 mostly counts tenths of a gallon, but the utility decides: set unit=gal and step=0.1.',
    },
    {
      zh: 'Wireless-MBus 事件只有未解码的字节，请改用 wmbusmeters；表内时钟（Flowis）不可信，以到达为准。',
      en: 'Events of Wireless-MBus hold undecoded bytes: use wmbusmeters. The clock of Flowis is not believed: arrival counts.',
    },
  ],
  sources: [
    'https://github.com/merbanan/rtl_433/tree/master/src/devices',
    'https://github.com/merbanan/rtl_433_tests',
    'https://github.com/bemasher/rtlamr/wiki/Compatible-Meters',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'water_leak_bool'],
  events: [
    'leak',
    'reverse',
    'low_battery',
    'general_alarm',
    'leak_cleared',
    'reverse_cleared',
    'low_battery_cleared',
    'alarm_cleared',
  ],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 6 * HOUR,
  // 24 bits of gallons: what Badger's ORION counts; others are wider or narrower by their unit.
  counters: {
    water_index_m3: { max: 16_777_216 * 0.003785411784, resolution: 0.003785411784 },
    pulse_count: { max: 16_777_216, resolution: 1 },
  },
  settings: countSettings,
  decode: decoderOf((payload, take) => takeEvent(jsonObject(payload, take), take)),
  examples: [
    {
      name: 'gallons by the name of the field',
      payload: { model: 'Badger-ORION', id: 1234567, flags_1: 0, volume_gal: 45678, flags_2: 0, mic: 'CRC' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 172.910039, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'cubic metres, with an alarm byte that nobody explains; its clock is not believed',
      payload: {
        model: 'Flowis',
        id: 240209846,
        msg_type: 1,
        volume_m3: 0.239,
        device_time: '2023-01-16T07:19:03',
        alarm: 69,
        backflow: 0,
        mic: 'CRC',
      },
      source: 'https://github.com/merbanan/rtl_433_tests/tree/master/tests/flowis/01',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0.239, at: '2026-03-01T08:00:00Z' }],
        flags: ['general_alarm'],
        rejections: ['unmapped-alarm'],
      },
    },
    {
      name: 'a meter of Apator, which tells a day that nobody needs',
      payload: {
        model: 'ApatorMetra-ERM30',
        id: 12345678,
        volume_m3: 123.456,
        date: '2026-02-28',
        mic: 'CRC',
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 123.456, at: '2026-03-01T08:00:00Z' }] },
    },
    {
      name: 'a count without a unit stays a count',
      payload: {
        model: 'Neptune-R900',
        id: 1545911110,
        nouse: 1,
        backflow: 0,
        consumption: 404986,
        leak: 0,
        leaknow: 0,
      },
      source: 'https://github.com/merbanan/rtl_433_tests/tree/master/tests/r900/01',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'pulse_count', value: 404986, at: '2026-03-01T08:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'the same, worth a tenth of a gallon; all bits of a leak set mean that it knows of none',
      payload: {
        model: 'Neptune-R900',
        id: 1545911110,
        backflow: 1,
        consumption: 404986,
        leak: 15,
        leaknow: 3,
      },
      settings: { unit: 'gal_us', step: 0.1 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 153.303878, at: '2026-03-01T08:00:00Z' }],
        flags: ['reverse'],
      },
    },
    {
      name: 'a meter of electricity',
      payload: { model: 'ERT-SCM', id: 22277181, physical_tamper: 1, ert_type: 7, consumption_data: 7329333 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'bytes that rtl_433 does not decode',
      payload: {
        model: 'Wireless-MBus',
        id: 84850129,
        type: 7,
        type_string: 'Water',
        data: '5344a5112901858476',
      },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'broken JSON',
      payload: '{"model":"Badger-ORION"',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
