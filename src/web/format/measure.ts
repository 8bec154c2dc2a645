import { METRICS, type MetricName } from '../../model/metrics.ts';
import { unitWord } from '../../model/unit-words.ts';
import { locale, number, pick, t } from '../text/translate.ts';

export const titleOf = (metric: MetricName): string => pick(METRICS[metric].title);

/** A value with its unit: "123.456 m³", "96%", "182 mmHg". */
export function measure(metric: MetricName, value: number): string {
  if (metric.endsWith('_bool')) return t(value === 0 ? 'app.no' : 'app.yes');
  const unit = unitWord(metric);
  const text = number(value, locale.value, METRICS[metric].decimals);
  if (unit === '') return text;
  return unit === '%' || unit === '°' ? `${text}${unit}` : `${text}\u00a0${unit}`;
}
