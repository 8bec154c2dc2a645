import { GATE_TITLES } from '../../model/gates.ts';
import { EVENTS, isEvent, isMetric } from '../../model/metrics.ts';
import type { Text } from '../../model/text.ts';
import { MAJOR_CHANGE_TITLES, VISIT_CLASS_TITLES } from '../../model/visit-words.ts';
import { number, type PlainKey, pick, t } from '../text/translate.ts';
import { titleOf } from './measure.ts';
import { fullTime } from './time.ts';

/**
 * The named numbers of a rule in words. A rule kind may name what it likes: what is not known here is shown under its
 * own name rather than left out; of the kinds that come with the service none is.
 */
const NAMED = [
  ...['windowHours', 'measuredHours', 'belowLitres', 'usedLitres', 'leakLitres', 'silentHours', 'event'],
  ...['address', 'metric', 'limit', 'limitSystolic', 'limitDiastolic', 'above'],
  ...['below', 'expectedMinutes', 'hours', 'hoursWithoutDraw', 'gapHours', 'limitHours'],
  ...['usualHours', 'drawLitres', 'flowingHours', 'leakLitresPerHour', 'leakLitresPerDay', 'limitLitres'],
  ...[
    'limitLitresPerHour',
    'litresPerHour',
    'litres',
    'beforeLitresPerDay',
    'recentLitresPerDay',
    'graceHours',
  ],
  ...['devices', 'meters', 'minutes', 'withinHours', 'score', 'readings'],
  ...['count', 'usualLitres', 'unit', 'from', 'onceInDays', 'of'],
  ...['lastFrom', 'lastTo', 'confirmedBy', 'signals', 'atLeast', 'masksLowUse'],
  ...['part', 'percent', 'source', 'volts', 'shownM3', 'morningHours'],
  ...['learned', 'usedKwh', 'standbyKwh', 'factor', 'sensors', 'batteryPct'],
  ...['daysPerFalseAlarm', 'limitShare', 'class', 'days', 'change', 'changedAt'],
  ...['changes', 'systolic', 'diastolic', 'bpm', 'usual', 'inARow'],
  ...['waitedFrom', 'deviceLeft', 'device', 'call', 'topic', 'sent'],
  ...['rule', 'gate', 'bytes', 'bytesMax', 'messages', 'home'],
  ...['homes', 'cases', 'seconds', 'until', 'roster', 'planned'],
  ...['where', 'what', 'by', 'reason', 'channels', 'detail'],
  ...['node', 'waiting', 'trouble', 'free', 'total', 'models', 'rules'],
  ...['metrics', 'shownBy', 'found', 'accounts', 'gateways', 'lastSignAt'],
] as const;
type Named = (typeof NAMED)[number];
const isNamed = (name: string): name is Named => NAMED.some((one) => one === name);

/** The title of a figure; undefined: it has none here. */
export function evidenceTitle(name: string): string | undefined {
  if (name === 'measured') return t('evidence.value');
  if (isNamed(name)) return t(`evidence.${name}`);
  return isMetric(name) ? titleOf(name) : undefined;
}

/**
 * Parts of the sentence that stands above, one for each language, and what tells one finding of the service from the next:
 * nobody has to read them again.
 */
export const isPartOfText = (name: string): boolean =>
  /[a-z](?:Zh|En)$/.test(name) || name === 'key' || name === 'ends';

/** By the end of the name; the longer ones first. */
const UNITS: readonly (readonly [end: string, unit: PlainKey])[] = [
  ['litresPerHour', 'unit.litresPerHour'],
  ['litresPerDay', 'unit.litresPerDay'],
  ['hoursWithoutDraw', 'unit.hours'],
  ['minutes', 'unit.minutes'],
  ['seconds', 'unit.seconds'],
  ['litres', 'unit.litres'],
  ['pct', 'unit.percent'],
  ['percent', 'unit.percent'],
  ['systolic', 'unit.mmhg'],
  ['diastolic', 'unit.mmhg'],
  ['daysPerFalseAlarm', 'unit.days'],
  ['days', 'unit.days'],
  ['inARow', 'unit.days'],
  ['kwh', 'unit.kwh'],
  ['M3', 'unit.cubicMetres'],
  ['bpm', 'unit.bpm'],
  ['volts', 'unit.volts'],
];
/** An hour of the day, and not so many of them. */
const HOURS_OF_THE_DAY = 'morningHours';
const unitOf = (name: string): PlainKey | undefined => {
  if (name === HOURS_OF_THE_DAY) return undefined;
  const ended = name.toLowerCase();
  if (ended.endsWith('hours')) return 'unit.hours';
  return UNITS.find(([end]) => ended.endsWith(end.toLowerCase()))?.[1];
};

const INSTANTS: readonly string[] = ['from', 'lastFrom', 'lastTo', 'changedAt', 'waitedFrom', 'lastSignAt'];

/** A figure of the evidence of an alert, with the clocks of the zone where it stands. */
export function evidenceValue(
  name: string,
  value: number | string,
  zone: string,
): { title: string; value: string } {
  const title = evidenceTitle(name) ?? name;
  if (typeof value === 'string') return { title, value: word(name, value) };
  if (INSTANTS.includes(name)) return { title, value: fullTime(value, zone) };
  if (name.endsWith('Share')) return { title, value: `${number(value * 100)}%` };
  const unit = unitOf(name);
  return { title, value: unit ? `${number(value)}\u00a0${t(unit)}` : number(value) };
}

/** Words of the rules that stand among the figures. */
const WORDS = {
  part: ['day', 'night'],
  confirmedBy: ['band', 'cuff', 'nothing'],
  source: ['percent', 'volts', 'flag'],
  limit: ['wakingHours', 'nightHours', 'wakingHoursDry', 'nightHoursDry'],
  deviceLeft: ['moved', 'disabled', 'model', 'enrolled'],
} as const;
type Word = (typeof WORDS)[keyof typeof WORDS][number];
const TITLES: Readonly<Record<string, Readonly<Record<string, Text>>>> = {
  class: VISIT_CLASS_TITLES,
  change: MAJOR_CHANGE_TITLES,
  gate: GATE_TITLES,
};

function word(name: string, value: string): string {
  if (isEvent(value)) return pick(EVENTS[value].title);
  if (isMetric(value)) return titleOf(value);
  const title = TITLES[name]?.[value];
  if (title) return pick(title);
  const words: readonly Word[] = name in WORDS ? WORDS[name as keyof typeof WORDS] : [];
  const known = words.find((one) => one === value);
  if (known) return t(`evidence.word.${known}`);
  if (value === 'yes' || value === 'no') return t(`app.${value}`);
  return value === 'never' ? t('device.never') : value;
}
