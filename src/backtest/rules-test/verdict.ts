import { MINUTE } from '../../lib/clock.ts';
import type { Alert } from '../../model/alert.ts';
import type { Text } from '../../model/text.ts';
import type { LoadedTest } from './load.ts';
import type { Played } from './play.ts';
import type { ExpectedAlert } from './schema.ts';
import type { TestTimes } from './times.ts';

/** Times of an expectation are written to the minute. */
const TOLERANCE_MS = MINUTE;

export interface Verdict {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly passed: boolean;
  /** Lines of the difference: `-` was expected and did not come, `+` came and was not expected, ` ` is right. */
  readonly diff: readonly Text[];
  /** What makes it prove little, though it pass. */
  readonly notes: readonly Text[];
}

/** Compares what came with what should have come. */
export function verdictOf(loaded: LoadedTest, { alerts, notes }: Played): Verdict {
  const { test, times, file, line } = loaded;
  const { pairs, left } = pairUp(test.expect, alerts, times);
  const diff: { at: number; lines: Text[] }[] = [];
  let passed = left.length === 0;
  for (const [expected, alert] of pairs) {
    const at = times.instant(expected.raised) ?? 0;
    const wrong = alert ? mistakes(alert, expected, times) : [];
    if (alert && wrong.length === 0) diff.push({ at, lines: [marked('  ', shown(alert, expected, times))] });
    else {
      passed = false;
      const why = alert ? [marked('+ ', shown(alert, expected, times)), marked('    ', together(wrong))] : [];
      diff.push({ at, lines: [marked('- ', wanted(expected, times)), ...why] });
    }
  }
  for (const alert of left) {
    const lines = [marked('+ ', shown(alert, undefined, times)), marked('    ', alert.evidence.text)];
    diff.push({ at: alert.raisedAt, lines });
  }
  diff.sort((a, b) => a.at - b.at);
  return { file, line, name: test.name, passed, diff: diff.flatMap(({ lines }) => lines), notes };
}

const marked = (mark: string, { zh, en }: Text): Text => ({ zh: `${mark}${zh}`, en: `${mark}${en}` });

const together = (texts: readonly Text[]): Text => ({
  zh: texts.map(({ zh }) => zh).join('；'),
  en: texts.map(({ en }) => en).join('; '),
});

type Pair = readonly [ExpectedAlert, Alert | undefined];

/**
 * Which alert is meant by which expectation, whatever order they are written in: first those that are right in all, then
 * those of the home and device that are named, and then whatever else the rule raised, so that the difference can be said.
 */
function pairUp(expectations: readonly ExpectedAlert[], alerts: readonly Alert[], times: TestTimes) {
  const left = [...alerts];
  const found = new Map<ExpectedAlert, Alert>();
  const likely: ((alert: Alert, expected: ExpectedAlert) => boolean)[] = [
    (alert, expected) => mistakes(alert, expected, times).length === 0,
    (alert, { home = alert.home, device = alert.device }) => alert.home === home && alert.device === device,
    (alert, { home = alert.home }) => alert.home === home,
    () => true,
  ];
  for (const alike of likely)
    for (const expected of expectations) {
      if (found.has(expected)) continue;
      const at = times.instant(expected.raised) ?? 0;
      const distance = ({ raisedAt }: Alert): number => Math.abs(raisedAt - at);
      const [nearest] = left
        .filter((alert) => alert.rule === expected.rule && alike(alert, expected))
        .sort((a, b) => distance(a) - distance(b));
      if (!nearest) continue;
      found.set(expected, nearest);
      left.splice(left.indexOf(nearest), 1);
    }
  const pairs = expectations.map((expected): Pair => [expected, found.get(expected)]);
  return { pairs, left };
}

const RAISED: Text = { zh: '告警', en: 'raised' };
const CLEARED: Text = { zh: '解除', en: 'cleared' };
const SINCE: Text = { zh: '起始', en: 'since' };
const OPEN: Text = { zh: '结束时仍未解除', en: 'open at the end' };

/** What is compared where it is written, beside times, by the words under which it is written. */
const FIELDS = ['priority', 'about', 'home', 'device', 'count'] as const;

/** In words; none: it is as it should be. */
function mistakes(alert: Alert, expected: ExpectedAlert, times: TestTimes): Text[] {
  const wrong: Text[] = [];
  const time = (name: Text, is: number | undefined, time: number | string | undefined): void => {
    const at = time === undefined ? undefined : times.instant(time);
    const found = timeMistake(name, is, at, times);
    if (found) wrong.push(found);
  };
  time(RAISED, alert.raisedAt, expected.raised);
  time(CLEARED, alert.clearedAt, expected.cleared);
  if (expected.since !== undefined) time(SINCE, alert.since, expected.since);
  const differs = (key: string, is: unknown, wanted: unknown): void => {
    if (wanted === undefined || wanted === is) return;
    const none = is === undefined || is === '';
    wrong.push({
      zh: `${key} 为 ${none ? '空' : is}，应为 ${wanted}`,
      en: `${key} is ${none ? 'empty' : is}, expected ${wanted}`,
    });
  };
  for (const key of FIELDS) differs(key, alert[key], expected[key]);
  // Where it is still open, that was said above.
  if (alert.clearReason !== undefined) differs('reason', alert.clearReason, expected.reason);
  return wrong;
}

function timeMistake(
  name: Text,
  is: number | undefined,
  at: number | undefined,
  times: TestTimes,
): Text | undefined {
  if (is === undefined)
    return at === undefined
      ? undefined
      : {
          zh: `应在 ${times.shown(at)} ${name.zh}，但仍未解除`,
          en: `${name.en} at ${times.shown(at)} expected, but it is still open`,
        };
  if (at === undefined)
    return {
      zh: `在 ${times.shown(is)} ${name.zh}，应仍未解除`,
      en: `${name.en} at ${times.shown(is)}, expected to be open still`,
    };
  return Math.abs(is - at) > TOLERANCE_MS ? away(name, is - at) : undefined;
}

function away(name: Text, ms: number): Text {
  const minutes = Math.round(Math.abs(ms) / MINUTE);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const zh = [hours > 0 ? `${hours} 小时` : '', rest > 0 || hours === 0 ? `${rest} 分钟` : ''];
  const en = [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''];
  return {
    zh: `${name.zh}比应有时间${ms < 0 ? '早' : '晚'} ${zh.filter(Boolean).join(' ')}`,
    en: `${name.en} ${en.filter(Boolean).join(' ')} ${ms < 0 ? 'earlier' : 'later'} than expected`,
  };
}

const at = (name: Text, time: number, times: TestTimes): Text => ({
  zh: `${times.shown(time)} ${name.zh}`,
  en: `${name.en} ${times.shown(time)}`,
});

const word = (text: string | number): Text => ({ zh: `${text}`, en: `${text}` });

/** All that the expectation says. */
function wanted(expected: ExpectedAlert, times: TestTimes): Text {
  const { raised, cleared, since } = expected;
  const when = (time: number | string): number => times.instant(time) ?? 0;
  return line(expected.rule, [
    at(RAISED, when(raised), times),
    cleared === undefined ? OPEN : at(CLEARED, when(cleared), times),
    ...(since === undefined ? [] : [at(SINCE, when(since), times)]),
    ...(expected.reason === undefined ? [] : [word(expected.reason)]),
    ...FIELDS.flatMap((key) => fieldOf(key, expected[key])),
  ]);
}

/** Only what the expectation speaks of, and always when; without one, what tells it from others. */
function shown(alert: Alert, expected: ExpectedAlert | undefined, times: TestTimes): Text {
  const { raisedAt, clearedAt, since, clearReason } = alert;
  const named = (key: (typeof FIELDS)[number]): boolean =>
    expected ? expected[key] !== undefined : key === 'priority';
  const withReason = clearReason !== undefined && (!expected || expected.reason !== undefined);
  return line(alert.rule, [
    at(RAISED, raisedAt, times),
    clearedAt === undefined ? OPEN : at(CLEARED, clearedAt, times),
    ...(expected?.since === undefined ? [] : [at(SINCE, since, times)]),
    ...(withReason ? [word(clearReason)] : []),
    ...FIELDS.flatMap((key) => (named(key) ? fieldOf(key, alert[key]) : [])),
  ]);
}

/** A priority speaks for itself; of other words nobody could tell what they are. */
function fieldOf(key: (typeof FIELDS)[number], value: string | number | undefined): Text[] {
  if (value === undefined || value === '') return [];
  return [word(key === 'priority' ? value : `${key} ${value}`)];
}

function line(rule: string, parts: readonly Text[]): Text {
  const zh = parts.map((part) => part.zh).join('，');
  const en = parts.map((part) => part.en).join(', ');
  return { zh: `${rule} ${zh}`, en: `${rule} ${en}` };
}
