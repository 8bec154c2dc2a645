import type { MetricName } from '../model/metrics.ts';

/**
 * Units in which devices tell what we keep in one unit a kind. Gallons and feet by definition (NIST Handbook 44,
 * appendix C); kPa of blood pressure by 1 mmHg = 0.133322387415 kPa (ISO 80000-4).
 */
const UNITS = {
  m3: { kind: 'volume', factor: 1, offset: 0 },
  L: { kind: 'volume', factor: 0.001, offset: 0 },
  mL: { kind: 'volume', factor: 0.000001, offset: 0 },
  hL: { kind: 'volume', factor: 0.1, offset: 0 },
  gal_us: { kind: 'volume', factor: 0.003785411784, offset: 0 },
  gal_imp: { kind: 'volume', factor: 0.00454609, offset: 0 },
  ft3: { kind: 'volume', factor: 0.028316846592, offset: 0 },
  CCF: { kind: 'volume', factor: 2.8316846592, offset: 0 },
  'm3/h': { kind: 'flow', factor: 1, offset: 0 },
  'L/h': { kind: 'flow', factor: 0.001, offset: 0 },
  'L/min': { kind: 'flow', factor: 0.06, offset: 0 },
  'L/s': { kind: 'flow', factor: 3.6, offset: 0 },
  'gal_us/min': { kind: 'flow', factor: 0.22712470704, offset: 0 },
  Cel: { kind: 'temperature', factor: 1, offset: 0 },
  degF: { kind: 'temperature', factor: 5 / 9, offset: -160 / 9 },
  K: { kind: 'temperature', factor: 1, offset: -273.15 },
  'mm[Hg]': { kind: 'pressure', factor: 1, offset: 0 },
  kPa: { kind: 'pressure', factor: 1 / 0.133322387415, offset: 0 },
  '%': { kind: 'share', factor: 1, offset: 0 },
  ratio: { kind: 'share', factor: 100, offset: 0 },
  V: { kind: 'voltage', factor: 1, offset: 0 },
  mV: { kind: 'voltage', factor: 0.001, offset: 0 },
  kWh: { kind: 'energy', factor: 1, offset: 0 },
  Wh: { kind: 'energy', factor: 0.001, offset: 0 },
  W: { kind: 'power', factor: 1, offset: 0 },
  kW: { kind: 'power', factor: 1000, offset: 0 },
} as const;
export type Unit = keyof typeof UNITS;
export const UNIT_NAMES = Object.keys(UNITS) as [Unit, ...Unit[]];

/** The kind of a metric by the unit that its name ends in. */
const KIND_OF_SUFFIX: Readonly<Record<string, string>> = {
  m3: 'volume',
  m3_h: 'flow',
  c: 'temperature',
  mmhg: 'pressure',
  pct: 'share',
  v: 'voltage',
  kwh: 'energy',
  w: 'power',
};

/** May this metric be told in this unit: a volume in litres, but not in volts? */
export function fitsUnit(metric: MetricName, unit: Unit): boolean {
  const suffix = metric.endsWith('_m3_h') ? 'm3_h' : (metric.split('_').at(-1) ?? '');
  return KIND_OF_SUFFIX[suffix] === UNITS[unit].kind;
}

/** A value in the metric's own unit. */
export function fromUnit(value: number, unit: Unit): number {
  const { factor, offset } = UNITS[unit];
  return value * factor + offset;
}
