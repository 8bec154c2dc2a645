import { z } from 'zod';
import { defineDevice } from '../src/devices/define.ts';
import { isObject, jsonObject } from '../src/devices/json-object.ts';
import { decimal, instantOf, type Property, propertiesOf } from '../src/devices/properties.ts';
import { decoderOf, type Take } from '../src/devices/take.ts';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import { LIMITS } from '../src/model/limits.ts';
import { clearedName, type FlagName } from '../src/model/metrics.ts';

const M3_OF = { m3: 1, L: 0.001, '10L': 0.01, '100L': 0.1 } as const;
type Unit = keyof typeof M3_OF;

const name = z.string().min(1).max(100);
const settings = z.object({
  total: name.optional().meta({ title: 'Property with the total', description: 'absent: the usual names' }),
  unit: z
    .enum(Object.keys(M3_OF) as [Unit, ...Unit[]])
    .default('m3')
    .meta({ title: 'Unit of all volumes', description: '10L and 100L: tens and hundreds of litres' }),
  reverse: name.optional().meta({ title: 'Property with the reverse total' }),
  flow: name.optional().meta({ title: 'Property with the flow, in m³/h' }),
  time: name.optional().meta({ title: 'Property with the time of the total' }),
  valve: name.optional().meta({ title: 'Property with the state of the valve' }),
  valve_open: z.string().max(40).optional().meta({ title: 'Its value while the valve is open' }),
  history: name
    .optional()
    .meta({ title: 'Property with the frozen totals', description: 'absent: the usual names' }),
  history_minutes: z
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(60)
    .meta({ title: 'Time between frozen totals that have none of their own', unit: 'min' }),
  history_first: name.optional().meta({ title: 'Property with the time of the first frozen total' }),
});
type Settings = z.output<typeof settings>;
const PRESET = settings.parse({});

/** Names of the models of things that meters are usually described with, in lower case. */
const TOTAL = [
  'cumulativeflow',
  'cumulative_flow',
  'currentreading',
  'current_reading',
  'meterreading',
  'meter_reading',
  'totalflow',
  'total_flow',
  'totalwater',
  'totalvolume',
  'total_volume',
  'positivecumulativeflow',
  'forwardflow',
  'forward_flow',
  'accumulatedflow',
  'waterconsumption',
  'water_consumption',
  'waterflow',
  'water_flow',
  'total',
  'reading',
];
const REVERSE = [
  'reversecumulativeflow',
  'reverse_cumulative_flow',
  'reverseflow',
  'reverse_flow',
  'negativecumulativeflow',
];
const FLOW = ['instantaneousflow', 'instantaneous_flow', 'instantflow', 'flowrate', 'flow_rate'];
const TIME = [
  'readtime',
  'read_time',
  'metertime',
  'meter_time',
  'reporttime',
  'collecttime',
  'datetime',
  'currenttime',
];
const BATTERY = [
  'batterylevel',
  'battery_level',
  'batteryvalue',
  'battery_value',
  'battery',
  'electricquantity',
];
const VOLTAGE = ['batteryvoltage', 'battery_voltage', 'voltage'];
const SIGNAL = ['rsrp', 'rssi', 'signalpower', 'signal_power'];
const TEMPERATURE = ['watertemperature', 'water_temperature'];
const HISTORY = [
  'history',
  'historydata',
  'freezedata',
  'frozendata',
  'dayfreeze',
  'hourfreeze',
  'datalist',
  'readings',
];
const HISTORY_FIRST = ['historystart', 'freezestart', 'starttime', 'freezetime', 'frozentime'];

const FLAGS: Partial<Record<FlagName, readonly string[]>> = {
  leak: ['leakalarm', 'leak_alarm', 'leakage', 'leakagealarm'],
  burst: ['burstalarm', 'burst_alarm', 'pipeburst'],
  reverse: ['reversealarm', 'reverse_alarm', 'reverseflowalarm', 'backflowalarm'],
  dry: ['emptypipe', 'empty_pipe', 'emptypipealarm'],
  tamper: ['magneticalarm', 'magnetic_alarm', 'magneticattack', 'tamperalarm', 'disassemblyalarm'],
  low_battery: ['lowbattery', 'low_battery', 'batteryalarm', 'battery_alarm', 'lowvoltagealarm'],
};
const flagNames = Object.keys(FLAGS) as FlagName[];

type Properties = ReadonlyMap<string, Property>;

/** The property that the settings name, or the first of the usual names that is there. */
function find(
  properties: Properties,
  named: string | undefined,
  usual: readonly string[],
): [string, Property] | undefined {
  for (const each of named === undefined ? usual : [named.toLowerCase()]) {
    const property = properties.get(each);
    if (property) return [each, property];
  }
  return undefined;
}

/** The first of these properties that holds a number; a list or an object under a usual name is something else. */
function number(properties: Properties, named: string | undefined, usual: readonly string[], take: Take) {
  const found = find(properties, named, usual);
  if (!found || typeof found[1].value === 'object') return undefined;
  const value = decimal(found[0], found[1].value, take);
  return value === undefined ? undefined : { value, at: found[1].at };
}

function takeNow(properties: Properties, set: Settings, take: Take): void {
  const m3 = M3_OF[set.unit];
  const told = instantOf(find(properties, set.time, TIME)?.[1].value, take);
  const now = told === undefined ? take.at : take.deviceTime(told);
  const total = number(properties, set.total, TOTAL, take);
  if (total) take.reading('water_index_m3', total.value * m3, timeOf(total.at, now, take));
  const reverse = number(properties, set.reverse, REVERSE, take);
  if (reverse) take.reading('water_reverse_m3', reverse.value * m3, timeOf(reverse.at, now, take));
  const flow = number(properties, set.flow, FLOW, take);
  if (flow) take.reading('flow_m3_h', flow.value, timeOf(flow.at, now, take));
  const warmth = number(properties, undefined, TEMPERATURE, take);
  if (warmth) take.reading('water_temperature_c', warmth.value, timeOf(warmth.at, now, take));
  takeStates(properties, set, take, now);
}

const timeOf = (at: number | undefined, now: number, take: Take): number =>
  at === undefined ? now : take.deviceTime(at);

function takeStates(properties: Properties, set: Settings, take: Take, now: number): void {
  const level = number(properties, undefined, BATTERY, take);
  if (level) take.reading('battery_pct', level.value, timeOf(level.at, now, take));
  const voltage = number(properties, undefined, VOLTAGE, take);
  // Volts and millivolts stand under the same name; no battery has a hundred volts.
  if (voltage) take.reading('battery_v', voltage.value > 100 ? voltage.value / 1000 : voltage.value, now);
  const signal = number(properties, undefined, SIGNAL, take);
  if (signal && signal.value < 0) take.reading('signal_dbm', signal.value, now);
  const valve = set.valve === undefined ? undefined : properties.get(set.valve.toLowerCase());
  if (valve && set.valve_open !== undefined)
    take.reading('valve_open_bool', String(valve.value) === set.valve_open, now);
  for (const flag of flagNames) takeFlag(flag, find(properties, undefined, FLAGS[flag] ?? []), take, now);
}

function takeFlag(flag: FlagName, found: [string, Property] | undefined, take: Take, now: number): void {
  if (!found) return;
  const { value } = found[1];
  if (value === true || value === 1 || value === '1' || value === 'true') take.flag(flag, true, now);
  else if (value === false || value === 0 || value === '0' || value === 'false') take.flag(flag, false, now);
  else
    take.reject('not-a-number', `${found[0]}: ${JSON.stringify(value)?.slice(0, 40)} is neither on nor off`);
}

/** Totals that the meter froze: each with its time, or a row of them from a time on. */
function takeHistory(properties: Properties, set: Settings, take: Take): void {
  const found = find(properties, set.history, HISTORY);
  if (!found) return;
  const rows = listOf(found[1].value);
  if (!rows) {
    take.reject('malformed-payload', `${found[0]} is no list`);
    return;
  }
  const beyond = rows.length - LIMITS.readingsPerMessageMax;
  if (beyond > 0) take.reject('batch-too-long', `${beyond} of ${rows.length} frozen totals`);
  const first = instantOf(find(properties, set.history_first, HISTORY_FIRST)?.[1].value, take);
  rows.slice(0, LIMITS.readingsPerMessageMax).forEach((row, i) => {
    const own = isObject(row) ? entryOf(row, set, take) : undefined;
    const at = own ? own.at : first === undefined ? undefined : first + i * set.history_minutes * MINUTE;
    const value = own ? own.value : decimal(`${found[0]}[${i}]`, row, take);
    if (value === undefined) return;
    if (at === undefined) take.reject('clock-malformed', `${found[0]}[${i}] does not say when it was`);
    else take.reading('water_index_m3', value * M3_OF[set.unit], take.deviceTime(at));
  });
}

/** A list, also as text: platforms know no lists of numbers and send them so. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return undefined;
  if (/^[\d.,\s-]+$/.test(value)) return value.split(',').map((part) => part.trim());
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(row: Record<string, unknown>, set: Settings, take: Take) {
  const properties = propertiesOf(
    Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'value')),
    take,
  );
  const at = instantOf(
    row['time'] ?? row['timestamp'] ?? row['ts'] ?? find(properties, set.time, TIME)?.[1].value,
    take,
  );
  const value =
    row['value'] === undefined
      ? number(properties, set.total, TOTAL, take)?.value
      : decimal('value', row['value'], take);
  return { at, value };
}

export default defineDevice({
  model: 'nb-iot-water',
  title: { zh: 'NB-IoT 水表（平台物模型）', en: 'NB-IoT water meter, as properties of a platform' },
  summary: {
    zh: 'CTWing、OneNET、华为云、阿里云等平台以 JSON 属性推送的水表：累计量、冻结值（一次 24 至 48 个）、电量与告警。属性名和单位可在设置里指定。',
    en: 'A meter that CTWing, OneNET, Huawei or Alibaba push as JSON properties: total, frozen totals (24 to 48 at once), battery and alarms. Names and units are settings.',
  },
  connect: {
    zh: '经平台推送：address 写 imei: 或 platform:；单位不是立方米时设 unit，属性名不在常用之列时设 total。',
    en: 'Through the push of a platform; its address is imei: or platform:. Set `unit` where it is not m³, and `total` where its name is not a usual one.',
  },
  faults: [
    {
      zh: '各厂家物模型不同，单位不在报文里：先用一条真实报文试解码。阀门状态的取值含义不一，须设 valve 和 valve_open。',
      en: 'Each maker has his own model of things, and no message says the unit: try a real one first. What the values of a valve mean differs: set valve and valve_open.',
    },
    {
      zh: '冻结值若既无自带时间、又无起始时间，则不采用。',
      en: 'Frozen totals that have no time and no first time are not taken.',
    },
  ],
  sources: [
    'https://support.huaweicloud.com/intl/en-us/usermanual-iothub/iot_01_0001.html',
    'https://help.aliyun.com/document_detail/129706.html',
  ],
  topics: [],
  metrics: [
    'water_index_m3',
    'water_reverse_m3',
    'flow_m3_h',
    'water_temperature_c',
    'battery_pct',
    'battery_v',
    'signal_dbm',
    'valve_open_bool',
  ],
  events: [...flagNames, ...flagNames.map(clearedName)],
  expectedIntervalMs: DAY,
  silenceGraceMs: 6 * HOUR,
  counters: { water_index_m3: { max: 1_000_000, resolution: 0.001 } },
  settings,
  decode: decoderOf((payload, take) => {
    const parsed = settings.safeParse(take.context.settings ?? {});
    const set = parsed.success ? parsed.data : PRESET;
    const properties = propertiesOf(jsonObject(payload, take), take);
    takeHistory(properties, set, take);
    takeNow(properties, set, take);
  }),
  examples: [
    {
      name: 'a total in text, battery and an alarm',
      payload: { currentReading: '123.456', batteryLevel: 98, leakAlarm: 1, RSRP: -97, valveStatus: 1 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 123.456, at: '2026-03-01T08:00:00Z' },
          { metric: 'battery_pct', value: 98, at: '2026-03-01T08:00:00Z' },
          { metric: 'signal_dbm', value: -97, at: '2026-03-01T08:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'properties with times of their own, in litres, and the valve',
      payload: {
        CumulativeFlow: { value: 58900, time: 1772348400000 },
        valve: { value: 'OPEN', time: 1772348400000 },
        batteryVoltage: { value: 3612, time: 1772348400000 },
      },
      settings: { unit: 'L', valve: 'valve', valve_open: 'OPEN' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 58.9, at: '2026-03-01T07:00:00Z' },
          { metric: 'battery_v', value: 3.612, at: '2026-03-01T08:00:00Z' },
          { metric: 'valve_open_bool', value: 1, at: '2026-03-01T08:00:00Z' },
        ],
      },
    },
    {
      name: 'frozen totals with local times, and the one of now',
      payload: {
        freezeData: [
          { time: '2026-03-01 00:00:00', value: 10.5 },
          { time: '2026-03-01 01:00:00', value: 10.512 },
        ],
        total: 10.6,
        readTime: '20260301160000',
      },
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T08:00:05Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 10.5, at: '2026-02-28T16:00:00Z' },
          { metric: 'water_index_m3', value: 10.512, at: '2026-02-28T17:00:00Z' },
          { metric: 'water_index_m3', value: 10.6, at: '2026-03-01T08:00:00Z' },
        ],
      },
    },
    {
      name: 'a row of frozen totals from a time on, half an hour apart, as text',
      payload: { history: '1.0,1.002,1.002', historyStart: 1772323200 },
      settings: { history_minutes: 30 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_index_m3', value: 1.002, at: '2026-03-01T00:30:00Z' },
          { metric: 'water_index_m3', value: 1.002, at: '2026-03-01T01:00:00Z' },
        ],
      },
    },
    {
      name: 'frozen totals that do not say when they were',
      payload: { history: [1, 1.002] },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'clock-malformed' },
    },
    {
      name: 'a blank is no number',
      payload: { total: '' },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'not-a-number' },
    },
    {
      name: 'nothing of water',
      payload: { TData: 30, SNR: 1 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'empty-message' },
    },
  ],
});
