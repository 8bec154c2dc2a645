import { METRICS, type MetricName } from './metrics.ts';

/** UCUM codes are for machines; this is how people write the units. */
const WORDS: Readonly<Record<string, string>> = {
  m3: 'm³',
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  '1': '',
  deg: '°',
  'm3/h': 'm³/h',
  'dB[mW]': 'dBm',
  'kW.h': 'kWh',
};

/** The unit of a metric as people read it; empty where its title says what is counted. */
export function unitWord(metric: MetricName): string {
  const { ucum } = METRICS[metric];
  return WORDS[ucum] ?? (ucum.startsWith('{') ? '' : ucum);
}

/** A value with its unit, in a sentence. */
export const amountOf = (metric: MetricName, value: number): string =>
  `${value} ${unitWord(metric)}`.trimEnd();
