import { METRICS, type MetricName } from '../../model/metrics.ts';
import type { Take } from '../take.ts';
import { metricOf, type Property, valueIn } from './properties.ts';

/** What any self-describing source may turn out to measure. */
export const DESCRIBED_METRICS = [
  'battery_pct',
  'water_leak_bool',
  'motion_bool',
  'door_open_bool',
  'water_index_m3',
  'flow_m3_h',
  'water_temperature_c',
  'ambient_temperature_c',
  'humidity_pct',
  'energy_index_kwh',
  'power_w',
] as const satisfies readonly MetricName[];
export const DESCRIBED_EVENTS = ['leak', 'leak_cleared'] as const;

/** A property with its value: one of many in a message, or the only one. */
export interface Told extends Property {
  readonly value: unknown;
  readonly at: number;
  /** Whether an announcement stands behind its name and unit. */
  readonly described: boolean;
}

/** Takes a property, if settings or its description say what it measures. Gives back whether it is of any use. */
export function takeProperty(take: Take, { value, at, described, ...property }: Told): boolean {
  const { settings } = take.context;
  const metric = metricOf(property.path, described ? property : undefined, settings, DESCRIBED_METRICS);
  if (metric === undefined) return false;
  // Null is what a device says that does not know.
  if (value === undefined || value === null || value === '') return true;
  const own = valueIn(metric, value, property.unit);
  if (own === undefined) {
    const unit = property.unit ?? '';
    const numeric = valueIn(metric, value, undefined) !== undefined;
    const what = `${property.path} as ${METRICS[metric].name}: ${JSON.stringify(value).slice(0, 40)} ${unit}`;
    take.reject(numeric ? 'unknown-unit' : 'not-a-number', what);
    return true;
  }
  take.reading(metric, own, at);
  if (metric === 'water_leak_bool') take.flag('leak', own !== 0, at);
  return true;
}
