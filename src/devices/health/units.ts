import type { MetricName } from '../../model/metrics.ts';

type Convert = (value: number) => number;
const same: Convert = (value) => value;
/** A millimetre of mercury in kilopascal (NIST SP 811). */
const KPA_PER_MMHG = 0.133_322_387_415;

const PRESSURE: Readonly<Record<string, Convert>> = {
  'mm[Hg]': same,
  mmHg: same,
  kPa: (value) => value / KPA_PER_MMHG,
};
const TEMPERATURE: Readonly<Record<string, Convert>> = {
  Cel: same,
  C: same,
  degC: same,
  '°C': same,
  K: (value) => value - 273.15,
  '[degF]': (value) => ((value - 32) * 5) / 9,
  F: (value) => ((value - 32) * 5) / 9,
  degF: (value) => ((value - 32) * 5) / 9,
  '°F': (value) => ((value - 32) * 5) / 9,
};
const RATE: Readonly<Record<string, Convert>> = {
  '/min': same,
  '1/min': same,
  '{beats}/min': same,
  '{Beats}/min': same,
  '{breaths}/min': same,
  'beats/min': same,
  'beats/minute': same,
  'beats per minute': same,
  bpm: same,
  'breaths/min': same,
  'breaths/minute': same,
  '/s': (value) => value * 60,
  Hz: (value) => value * 60,
};
const SHARE: Readonly<Record<string, Convert>> = { '%': same };
const COUNT: Readonly<Record<string, Convert>> = {
  '{steps}': same,
  steps: same,
  '{#}': same,
  '1': same,
  '/d': same,
  '{steps}/d': same,
};

/** In which units documents give a vital sign: UCUM codes, and the words that people write instead. */
export const UNITS = {
  systolic_mmhg: PRESSURE,
  diastolic_mmhg: PRESSURE,
  pulse_bpm: RATE,
  respiration_per_min: RATE,
  spo2_pct: SHARE,
  body_temperature_c: TEMPERATURE,
  skin_temperature_c: TEMPERATURE,
  steps_count: COUNT,
} as const satisfies Partial<Record<MetricName, Readonly<Record<string, Convert>>>>;

export type VitalMetric = keyof typeof UNITS;

/** The value in the metric's own unit; undefined: nobody can tell what this unit means here. */
export function inOwnUnit(metric: VitalMetric, value: number, unit: string | undefined): number | undefined {
  const units: Readonly<Record<string, Convert>> = UNITS[metric];
  if (unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  return units[unit]?.(value);
}
