import { EVENTS, isEvent, isMetric } from '../../model/metrics.ts';
import { number, type PlainKey, pick, t } from '../text/translate.ts';
import { titleOf } from './measure.ts';

/**
 * The named numbers of a rule in words. A rule kind may name what it likes: what is not known here is shown under its
 * own name rather than left out.
 */
const NAMES: Record<string, PlainKey> = {
  windowHours: 'evidence.windowHours',
  measuredHours: 'evidence.measuredHours',
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
  expectedMinutes: 'evidence.expectedMinutes',
  hours: 'evidence.hours',
  hoursWithoutDraw: 'evidence.hoursWithoutDraw',
  gapHours: 'evidence.gapHours',
  limitHours: 'evidence.limitHours',
  usualHours: 'evidence.usualHours',
  drawLitres: 'evidence.drawLitres',
  flowingHours: 'evidence.flowingHours',
  leakLitresPerHour: 'evidence.leakLitresPerHour',
  leakLitresPerDay: 'evidence.leakLitresPerDay',
  limitLitres: 'evidence.limitLitres',
  limitLitresPerHour: 'evidence.limitLitresPerHour',
  litresPerHour: 'evidence.litresPerHour',
  litres: 'evidence.litres',
  beforeLitresPerDay: 'evidence.beforeLitresPerDay',
  recentLitresPerDay: 'evidence.recentLitresPerDay',
  graceHours: 'evidence.graceHours',
  devices: 'evidence.devices',
  meters: 'evidence.meters',
  minutes: 'evidence.minutes',
  withinHours: 'evidence.withinHours',
  score: 'evidence.score',
};

/** By the end of the name; the longer ones first. */
const UNITS: readonly (readonly [end: string, unit: PlainKey])[] = [
  ['litresPerHour', 'unit.litresPerHour'],
  ['litresPerDay', 'unit.litresPerDay'],
  ['hours', 'unit.hours'],
  ['hoursWithoutDraw', 'unit.hours'],
  ['minutes', 'unit.minutes'],
  ['seconds', 'unit.seconds'],
  ['litres', 'unit.litres'],
  ['pct', 'unit.percent'],
  ['systolic', 'unit.mmhg'],
  ['diastolic', 'unit.mmhg'],
];

export function evidenceValue(name: string, value: number | string): { title: string; value: string } {
  const key = NAMES[name];
  const title = key ? t(key) : isMetric(name) ? titleOf(name) : name;
  if (typeof value === 'string') return { title, value: word(value) };
  const ended = name.toLowerCase();
  const unit = UNITS.find(([end]) => ended.endsWith(end.toLowerCase()))?.[1];
  return { title, value: unit ? `${number(value)}\u00a0${t(unit)}` : number(value) };
}

function word(value: string): string {
  if (isEvent(value)) return pick(EVENTS[value].title);
  if (isMetric(value)) return titleOf(value);
  return value === 'never' ? t('device.never') : value;
}
