import type { Text } from './text.ts';

/**
 * The vocabulary of measured values. A metric's name ends in its unit. The id is what is written to disk: it is never
 * reused and never changed.
 */
export interface Metric {
  readonly id: number;
  readonly name: string;
  readonly title: Text;
  /** UCUM code, https://ucum.org. */
  readonly ucum: string;
  /** LOINC code where one exists, https://loinc.org. */
  readonly loinc?: string;
  /** What can be true of a living person or a domestic installation; a value outside is rejected, not clipped. */
  readonly min: number;
  readonly max: number;
  readonly decimals: number;
  /** A counter only grows but for reset, roll-over and exchange; an instant stands for itself; a state holds until the next. */
  readonly semantics: 'counter' | 'instant' | 'state';
}

const metric = (
  id: number,
  name: string,
  zh: string,
  en: string,
  ucum: string,
  [min, max]: [number, number],
  decimals: number,
  semantics: Metric['semantics'],
  loinc?: string,
): Metric => ({
  id,
  name,
  title: { zh, en },
  ucum,
  min,
  max,
  decimals,
  semantics,
  ...(loinc ? { loinc } : {}),
});

export const METRICS = {
  water_index_m3: metric(
    1,
    'water_index_m3',
    '水表读数',
    'Water meter index',
    'm3',
    [0, 10_000_000],
    4,
    'counter',
  ),
  battery_pct: metric(2, 'battery_pct', '电量', 'Battery', '%', [0, 100], 0, 'instant'),
  systolic_mmhg: metric(
    3,
    'systolic_mmhg',
    '收缩压',
    'Systolic blood pressure',
    'mm[Hg]',
    [40, 300],
    0,
    'instant',
    '8480-6',
  ),
  diastolic_mmhg: metric(
    4,
    'diastolic_mmhg',
    '舒张压',
    'Diastolic blood pressure',
    'mm[Hg]',
    [20, 200],
    0,
    'instant',
    '8462-4',
  ),
  pulse_bpm: metric(5, 'pulse_bpm', '脉搏', 'Pulse', '/min', [20, 300], 0, 'instant', '8867-4'),
  spo2_pct: metric(6, 'spo2_pct', '血氧', 'Oxygen saturation', '%', [40, 100], 0, 'instant', '59408-5'),
  skin_temperature_c: metric(
    7,
    'skin_temperature_c',
    '皮肤温度',
    'Skin temperature',
    'Cel',
    [10, 45],
    1,
    'instant',
    '61008-9',
  ),
  steps_count: metric(8, 'steps_count', '步数', 'Steps', '{steps}', [0, 10_000_000], 0, 'counter', '55423-8'),
  worn_bool: metric(9, 'worn_bool', '佩戴', 'Worn', '1', [0, 1], 0, 'state'),
  latitude_deg: metric(10, 'latitude_deg', '纬度', 'Latitude', 'deg', [-90, 90], 6, 'instant'),
  longitude_deg: metric(11, 'longitude_deg', '经度', 'Longitude', 'deg', [-180, 180], 6, 'instant'),
  flow_m3_h: metric(12, 'flow_m3_h', '瞬时流量', 'Flow', 'm3/h', [-100, 1000], 4, 'instant'),
  signal_dbm: metric(13, 'signal_dbm', '信号', 'Signal strength', 'dB[mW]', [-150, 20], 0, 'instant'),
  door_open_bool: metric(14, 'door_open_bool', '门开', 'Door open', '1', [0, 1], 0, 'state'),
  motion_bool: metric(15, 'motion_bool', '有人活动', 'Motion', '1', [0, 1], 0, 'state'),
  energy_index_kwh: metric(
    16,
    'energy_index_kwh',
    '电表读数',
    'Electricity meter index',
    'kW.h',
    [0, 10_000_000],
    3,
    'counter',
  ),
  power_w: metric(17, 'power_w', '功率', 'Power', 'W', [-100_000, 100_000], 0, 'instant'),
  mains_power_bool: metric(18, 'mains_power_bool', '供电', 'Mains power', '1', [0, 1], 0, 'state'),
  body_temperature_c: metric(
    20,
    'body_temperature_c',
    '体温',
    'Body temperature',
    'Cel',
    [25, 45],
    1,
    'instant',
    '8310-5',
  ),
  respiration_per_min: metric(
    21,
    'respiration_per_min',
    '呼吸频率',
    'Respiratory rate',
    '/min',
    [2, 80],
    0,
    'instant',
    '9279-1',
  ),
  water_reverse_m3: metric(
    19,
    'water_reverse_m3',
    '倒流累计',
    'Reverse volume index',
    'm3',
    [0, 10_000_000],
    4,
    'counter',
  ),
  charging_bool: metric(22, 'charging_bool', '充电中', 'Charging', '1', [0, 1], 0, 'state'),
  /** For counters whose pulse has no known weight: pulses are not litres. */
  pulse_count: metric(23, 'pulse_count', '脉冲数', 'Pulses', '{pulses}', [0, 4_294_967_295], 0, 'counter'),
  water_temperature_c: metric(
    24,
    'water_temperature_c',
    '水温',
    'Water temperature',
    'Cel',
    [-20, 120],
    1,
    'instant',
  ),
  ambient_temperature_c: metric(
    25,
    'ambient_temperature_c',
    '环境温度',
    'Ambient temperature',
    'Cel',
    [-60, 90],
    1,
    'instant',
  ),
  water_leak_bool: metric(26, 'water_leak_bool', '有积水', 'Water on the floor', '1', [0, 1], 0, 'state'),
  battery_v: metric(27, 'battery_v', '电池电压', 'Battery voltage', 'V', [0, 30], 3, 'instant'),
  valve_open_bool: metric(28, 'valve_open_bool', '阀门开', 'Valve open', '1', [0, 1], 0, 'state'),
  humidity_pct: metric(29, 'humidity_pct', '湿度', 'Humidity', '%', [0, 100], 0, 'instant'),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

const byId: (MetricName | undefined)[] = [];
for (const name of METRIC_NAMES) byId[METRICS[name].id] = name;

/** @throws Error for an id that no version of this vocabulary ever wrote. */
export function metricById(id: number): MetricName {
  const name = byId[id];
  if (name === undefined) throw new Error(`no metric has the id ${id}`);
  return name;
}

export const isMetric = (name: string): name is MetricName => Object.hasOwn(METRICS, name);

/**
 * What a device is there to measure, as bits: the counters of meters, and what wearables and cuffs measure on a body. The rest
 * is beside it (a battery, a signal, whether it is worn), or comes only when something happens (a door, a movement).
 */
export const COUNTED = bitsOf(['water_index_m3', 'energy_index_kwh', 'pulse_count']);
export const PRESSURES = bitsOf(['systolic_mmhg', 'diastolic_mmhg']);
export const VITALS =
  PRESSURES | bitsOf(['pulse_bpm', 'spo2_pct', 'body_temperature_c', 'respiration_per_min']);
export const MEASURES = COUNTED | VITALS;
/** What comes when something happens: that it does not come says nothing. */
export const SENSES = bitsOf([
  'door_open_bool',
  'motion_bool',
  'water_leak_bool',
  'mains_power_bool',
  'power_w',
]);

/** Ids are below 31, so that a set of metrics is one small number. */
export function bitsOf(metrics: readonly MetricName[]): number {
  let bits = 0;
  for (const name of metrics) bits |= 1 << METRICS[name].id;
  return bits;
}

/**
 * Whether a device of this model that is heard must count, or it watches over nobody. `always`: it is a meter, and each of
 * its reports has the counter in it. `once-counted`: it can hang elsewhere as well, and must where it has counted before.
 * `on-change`: it says a value only when that has changed, so that none for long may be a home that uses nothing.
 */
export type Counting = 'always' | 'once-counted' | 'on-change';

/** What a device reports as having happened, as opposed to a value that it measured. Ids as for metrics. */
export const EVENTS = {
  sos: { id: 1, title: { zh: '紧急呼叫', en: 'SOS' } },
  fall: { id: 2, title: { zh: '跌倒', en: 'Fall' } },
  fall_cancelled: { id: 3, title: { zh: '跌倒取消', en: 'Fall cancelled' } },
  removed: { id: 4, title: { zh: '手环摘下', en: 'Removed from wrist' } },
  leak: { id: 5, title: { zh: '漏水标志', en: 'Leak flag' } },
  burst: { id: 6, title: { zh: '爆管标志', en: 'Burst flag' } },
  reverse: { id: 7, title: { zh: '倒流标志', en: 'Reverse flow flag' } },
  dry: { id: 8, title: { zh: '空管标志', en: 'Dry flag' } },
  tamper: { id: 9, title: { zh: '拆动标志', en: 'Tamper flag' } },
  leak_cleared: { id: 10, title: { zh: '漏水解除', en: 'Leak flag cleared' } },
  burst_cleared: { id: 11, title: { zh: '爆管解除', en: 'Burst flag cleared' } },
  reverse_cleared: { id: 12, title: { zh: '倒流解除', en: 'Reverse flow flag cleared' } },
  dry_cleared: { id: 13, title: { zh: '空管解除', en: 'Dry flag cleared' } },
  tamper_cleared: { id: 14, title: { zh: '拆动解除', en: 'Tamper flag cleared' } },
  boot: { id: 15, title: { zh: '重新启动', en: 'Restarted' } },
  put_on: { id: 16, title: { zh: '手环戴上', en: 'Put on the wrist' } },
  smoke: { id: 17, title: { zh: '烟雾报警', en: 'Smoke' } },
  carbon_monoxide: { id: 18, title: { zh: '一氧化碳报警', en: 'Carbon monoxide' } },
  gas: { id: 19, title: { zh: '燃气报警', en: 'Gas' } },
  alarm_cleared: { id: 20, title: { zh: '报警解除', en: 'Detector back to normal' } },
  alarm_test: { id: 21, title: { zh: '报警自检', en: 'Detector tested' } },
  low_battery: { id: 22, title: { zh: '电量低标志', en: 'Low battery flag' } },
  low_battery_cleared: { id: 23, title: { zh: '电量低解除', en: 'Low battery flag cleared' } },
  fault: { id: 24, title: { zh: '设备故障标志', en: 'Fault flag' } },
  fault_cleared: { id: 25, title: { zh: '设备故障解除', en: 'Fault flag cleared' } },
  freeze: { id: 26, title: { zh: '冰冻标志', en: 'Frost flag' } },
  freeze_cleared: { id: 27, title: { zh: '冰冻解除', en: 'Frost flag cleared' } },
  no_flow: { id: 28, title: { zh: '长期无流量标志', en: 'No-flow flag' } },
  no_flow_cleared: { id: 29, title: { zh: '长期无流量解除', en: 'No-flow flag cleared' } },
  /** What a device calls an alarm without saying which, or which we have no name for. */
  general_alarm: { id: 30, title: { zh: '一般报警', en: 'General alarm' } },
} as const satisfies Record<string, { id: number; title: Text }>;

export type EventName = keyof typeof EVENTS;
/** Fire and gas, told each time that a detector says so. */
const ALARMS = ['smoke', 'carbon_monoxide', 'gas'] as const satisfies readonly EventName[];
export const isAlarm = (name: string): name is (typeof ALARMS)[number] =>
  (ALARMS as readonly string[]).includes(name);
/** `alarm_cleared` says no name: it ends all of these. */
const ENDED_TOGETHER = [...ALARMS, 'general_alarm'] as const;
type EndedTogether = (typeof ENDED_TOGETHER)[number];
const isEndedTogether = (name: string): name is EndedTogether =>
  (ENDED_TOGETHER as readonly string[]).includes(name);

/** Events that stand until their twin is said. */
export type FlagName =
  | {
      [Name in EventName]: `${Name}_cleared` extends EventName ? Name : never;
    }[EventName]
  | EndedTogether;

/** The event that says that a flag no longer stands. */
export const clearedName = (flag: FlagName): EventName =>
  isEndedTogether(flag) ? 'alarm_cleared' : `${flag}_cleared`;

/** The flags that an event raises, or clears; undefined: it does neither. */
export function flagsOf(event: EventName): { flags: readonly FlagName[]; raised: boolean } | undefined {
  if (isEndedTogether(event)) return { flags: [event], raised: true };
  if (event === 'alarm_cleared') return { flags: ENDED_TOGETHER, raised: false };
  if (event.endsWith('_cleared'))
    return { flags: [event.slice(0, -'_cleared'.length) as FlagName], raised: false };
  return `${event}_cleared` in EVENTS ? { flags: [event as FlagName], raised: true } : undefined;
}
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];
export const isEvent = (name: string): name is EventName => Object.hasOwn(EVENTS, name);

const eventNameById: (EventName | undefined)[] = [];
for (const name of EVENT_NAMES) eventNameById[EVENTS[name].id] = name;

/** @throws Error for an id that no version of this vocabulary ever wrote. */
export function eventById(id: number): EventName {
  const name = eventNameById[id];
  if (name === undefined) throw new Error(`no event has the id ${id}`);
  return name;
}
