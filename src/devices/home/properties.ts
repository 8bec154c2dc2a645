import type { MetricName } from '../../model/metrics.ts';
import type { DeviceSettings } from '../../model/registry.ts';
import { strictNumber } from '../strict-number.ts';
import { fitsUnit, fromUnit, type Unit } from '../units.ts';
import { truthOf } from './words.ts';

/** Units as self-describing devices write them. */
const UNIT_OF: Readonly<Record<string, Unit>> = {
  '°C': 'Cel',
  C: 'Cel',
  degC: 'Cel',
  Celsius: 'Cel',
  '°F': 'degF',
  F: 'degF',
  degF: 'degF',
  K: 'K',
  '%': '%',
  '%RH': '%',
  V: 'V',
  mV: 'mV',
  W: 'W',
  kW: 'kW',
  kWh: 'kWh',
  Wh: 'Wh',
  'm³': 'm3',
  m3: 'm3',
  L: 'L',
  l: 'L',
  mL: 'mL',
  gal: 'gal_us',
  'ft³': 'ft3',
  'm³/h': 'm3/h',
  'm3/h': 'm3/h',
  'L/min': 'L/min',
  'l/min': 'L/min',
};

const unitNamed = (unit: string | undefined): Unit | undefined =>
  unit !== undefined && Object.hasOwn(UNIT_OF, unit) ? UNIT_OF[unit] : undefined;

/** A property as its device describes it. */
export interface Property {
  /** Its path within the device: `engine/temperature`. */
  readonly path: string;
  readonly unit?: string;
}

/** Names that say by themselves what they are, where the unit agrees. The last word of the path decides. */
const GUESSES: readonly (readonly [RegExp, MetricName])[] = [
  [/battery(_?(level|percent(age)?|pct))?$/i, 'battery_pct'],
  [/(^|[^a-z])(water_?(leak|alarm)|leak|flood)(ed|age)?$/i, 'water_leak_bool'],
  [/(motion|occupancy|presence)(_?detected)?$/i, 'motion_bool'],
  [/(door|window|contact)(_?open)?$/i, 'door_open_bool'],
  [/water_?(temperature|temp)$/i, 'water_temperature_c'],
  [/(^|[^a-z])(ambient_?|room_?|air_?)?(temperature|temp)$/i, 'ambient_temperature_c'],
  [/humidity$/i, 'humidity_pct'],
  [/(water_?(index|volume|total|meter)|volume_?total|total_?volume)$/i, 'water_index_m3'],
  [/(flow|flow_?rate)$/i, 'flow_m3_h'],
  [/(energy|energy_?total|total_?energy)$/i, 'energy_index_kwh'],
  [/(^|[^a-z])(active_?)?power$/i, 'power_w'],
];

/** What a property measures, by its name and unit; undefined: nobody can tell. An operator may always say it. */
export function guessedMetric({ path, unit }: Property): MetricName | undefined {
  const name = (path.split('/').at(-1) ?? '').trim().replace(/[\s.-]+/g, '_');
  const found = GUESSES.find(([pattern]) => pattern.test(name))?.[1];
  if (found === undefined || found.endsWith('_bool')) return found;
  const known = unitNamed(unit);
  return known !== undefined && fitsUnit(found, known) ? found : undefined;
}

/** Which metric a property is: as settings say (`ambient_temperature_c: engine/temperature`), or by its description. */
export function metricOf(
  path: string,
  described: Property | undefined,
  settings: DeviceSettings | undefined,
  metrics: readonly MetricName[],
): MetricName | undefined {
  const mapped = metrics.filter((metric) => settings?.[metric] !== undefined);
  if (mapped.length > 0) return mapped.find((metric) => settings?.[metric] === path);
  const guess = described && guessedMetric(described);
  return guess !== undefined && metrics.includes(guess) ? guess : undefined;
}

/** The value in the metric's own unit; undefined: it is no such value. Without a unit it is in the metric's own. */
export function valueIn(metric: MetricName, value: unknown, unit: string | undefined): number | undefined {
  if (metric.endsWith('_bool')) {
    const truth = truthOf(value);
    return truth === undefined ? undefined : Number(truth);
  }
  const number = strictNumber(value);
  if (number === undefined || unit === undefined || unit === '') return number;
  const known = unitNamed(unit);
  return known !== undefined && fitsUnit(metric, known) ? fromUnit(number, known) : undefined;
}
