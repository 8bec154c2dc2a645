import type { Alert } from '../../model/alert.ts';
import { METRICS, type MetricName } from '../../model/metrics.ts';
import type { HomeDetail } from '../state/answers.ts';

/** What is drawn for a case: the metrics that its alerts rest on, or else what the device concerned measures. */
export interface Subject {
  readonly device: string;
  readonly metrics: readonly MetricName[];
  readonly thresholds: readonly { readonly metric: MetricName; readonly value: number }[];
}

/** Blood pressure, pulse and the like: not what a meter counts. */
export const isOfBody = ({ metrics }: Pick<Subject, 'metrics'>): boolean =>
  metrics.some((metric) => 'loinc' in METRICS[metric]);

const SUBJECTS_MAX = 3;
const BLOOD_PRESSURE: readonly MetricName[] = ['systolic_mmhg', 'diastolic_mmhg'];
const PRESSURE_LIMITS: readonly (readonly [name: string, metric: MetricName])[] = [
  ['limitSystolic', 'systolic_mmhg'],
  ['limitDiastolic', 'diastolic_mmhg'],
];
/** What says most about a person, where an alert names no reading. */
const TELLING: readonly MetricName[] = ['water_index_m3', 'pulse_bpm', 'systolic_mmhg', 'spo2_pct'];

export function subjectsOf(alerts: readonly Alert[], home: HomeDetail | undefined): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const alert of alerts) {
    for (const { device, metrics } of measuredBy(alert, home)) {
      const key = `${device} ${metrics.join()}`;
      const before = subjects.get(key)?.thresholds ?? [];
      const added = thresholdsOf(alert, metrics).filter(
        (one) => !before.some((known) => known.metric === one.metric && known.value === one.value),
      );
      subjects.set(key, { device, metrics, thresholds: [...before, ...added] });
    }
  }
  return [...subjects.values()].slice(0, SUBJECTS_MAX);
}

interface Measured {
  readonly device: string;
  readonly metrics: readonly MetricName[];
}

function measuredBy(alert: Alert, home: HomeDetail | undefined): Measured[] {
  const named = alert.evidence.readings.map((one) => ({ device: one.device, metrics: family(one.metric) }));
  if (named.length > 0) return named;
  const device = home?.devices.find((one) => one.device.id === alert.device) ?? home?.devices[0];
  const metric = TELLING.find((name) => device?.status.last[name] !== undefined);
  return device && metric ? [{ device: device.device.id, metrics: family(metric) }] : [];
}

const family = (metric: MetricName): readonly MetricName[] =>
  BLOOD_PRESSURE.includes(metric) ? BLOOD_PRESSURE : [metric];

/** Rule kinds name their limits in their own words; those that are known can be drawn. */
function thresholdsOf(
  { evidence: { values, readings } }: Alert,
  metrics: readonly MetricName[],
): Subject['thresholds'] {
  const [first] = metrics;
  if (first === 'water_index_m3') {
    return typeof values['belowLitres'] === 'number' ? [{ metric: first, value: values['belowLitres'] }] : [];
  }
  // A blood pressure has two of them, each on a line of its own.
  const pressures = PRESSURE_LIMITS.flatMap(([name, metric]) => {
    const value = values[name];
    return metrics.includes(metric) && typeof value === 'number' ? [{ metric, value }] : [];
  });
  if (pressures.length > 0) return pressures;
  const named = metrics.find((name) => name === readings[0]?.metric) ?? first;
  return ['limit', 'above', 'below'].flatMap((name) => {
    const value = values[name];
    return named && typeof value === 'number' ? [{ metric: named, value }] : [];
  });
}
