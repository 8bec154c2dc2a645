import { EVENTS, isEvent, isMetric } from '../../model/metrics.ts';
import { number, type PlainKey, pick, t } from '../text/translate.ts';
import { titleOf } from './measure.ts';

/**
 * The named numbers of a rule in words. A rule kind may name what it likes: what is not known here is shown under its
 * own name rather than left out.
 */
const NAMES: Record<string, PlainKey> = {
  windowHours: 'evidence.windowHours',
  belowLitres: 'evidence.belowLitres',
  usedLitres: 'evidence.usedLitres',
  leakLitres: 'evidence.leakLitres',
  silentHours: 'evidence.silentHours',
  event: 'evidence.event',
  address: 'evidence.address',
  metric: 'evidence.metric',
  limit: 'evidence.limit',
  limitSystolic: 'evidence.limitSystolic',
  limitDiastolic: 'evidence.limitDiastolic',
  above: 'evidence.above',
  below: 'evidence.below',
  measured: 'evidence.value',
  count: 'evidence.readings',
};

const UNITS: readonly (readonly [end: string, unit: string])[] = [
  ['Hours', 'h'],
  ['Minutes', 'min'],
  ['Seconds', 's'],
  ['Litres', 'L'],
  ['Pct', '%'],
  ['Systolic', 'mmHg'],
  ['Diastolic', 'mmHg'],
];

export function evidenceValue(name: string, value: number | string): { title: string; value: string } {
  const key = NAMES[name];
  const title = key ? t(key) : isMetric(name) ? titleOf(name) : name;
  if (typeof value === 'string') return { title, value: word(value) };
  const unit = UNITS.find(([end]) => name.endsWith(end))?.[1];
  return { title, value: unit ? `${number(value)}\u00a0${unit}` : number(value) };
}

function word(value: string): string {
  if (isEvent(value)) return pick(EVENTS[value].title);
  if (isMetric(value)) return titleOf(value);
  return value === 'never' ? t('device.never') : value;
}
