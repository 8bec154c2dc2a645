import { METRICS, type MetricName } from '../../model/metrics.ts';
import { locale, number, pick, t } from '../text/translate.ts';

/** UCUM codes are for machines; this is how the units are written. */
const UNITS: Record<string, string> = {
  m3: 'm³',
  'mm[Hg]': 'mmHg',
  '/min': '/min',
  Cel: '°C',
  '{steps}': '',
  '1': '',
  deg: '°',
  'm3/h': 'm³/h',
  'dB[mW]': 'dBm',
  '{pulses}': '',
  'kW.h': 'kWh',
};

export const unitOf = (metric: MetricName): string => UNITS[METRICS[metric].ucum] ?? METRICS[metric].ucum;
export const titleOf = (metric: MetricName): string => pick(METRICS[metric].title);

/** A value with its unit: "123.456 m³", "96%", "182 mmHg". */
export function measure(metric: MetricName, value: number): string {
  if (metric.endsWith('_bool')) return t(value === 0 ? 'app.no' : 'app.yes');
  const unit = unitOf(metric);
  const text = number(value, locale.value, METRICS[metric].decimals);
  if (unit === '') return text;
  return unit === '%' || unit === '°' ? `${text}${unit}` : `${text}\u00a0${unit}`;
}
