import type { Text } from './text.ts';

/**
 * The vocabulary of measured values; to add one see docs/devices.md. A metric's name ends in its unit.
 */
export interface Metric {
  /** What is written to disk: never reused, never changed, and at most ID_MAX (vocabulary.ts). */
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
