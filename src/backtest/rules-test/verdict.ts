import { MINUTE } from '../../lib/clock.ts';
import type { Alert } from '../../model/alert.ts';
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
  readonly diff: readonly string[];
  /** What makes it prove little, though it pass. */
  readonly notes: readonly string[];
}

/** Compares what came with what should have come. */
export function verdictOf(loaded: LoadedTest, { alerts, unable }: Played): Verdict {
  const { test, times, file, line } = loaded;
  const left = [...alerts];
  const diff: { at: number; lines: string[] }[] = [];
  let passed = true;
  for (const expected of test.expect) {
    const index = nearest(left, expected, times);
    const alert = index < 0 ? undefined : left.splice(index, 1)[0];
    const at = times.instant(expected.raised) ?? 0;
    const wrong = alert ? mistakes(alert, expected, times) : [];
    if (alert && wrong.length === 0) diff.push({ at, lines: [`  ${shown(alert, expected, times)}`] });
    else {
      passed = false;
      const why = alert ? [`+ ${shown(alert, expected, times)}`, `    ${wrong.join('; ')}`] : [];
      diff.push({ at, lines: [`- ${wanted(expected, times)}`, ...why] });
    }
  }
  for (const alert of left) {
    passed = false;
    const words = [
      `+ ${shown(alert, undefined, times)}`,
      `    ${alert.evidence.text.zh} / ${alert.evidence.text.en}`,
    ];
    diff.push({ at: alert.raisedAt, lines: words });
  }
  diff.sort((a, b) => a.at - b.at);
  return { file, line, name: test.name, passed, diff: diff.flatMap(({ lines }) => lines), notes: unable };
}

/** The alert of this rule that was raised nearest to when it should have been. */
function nearest(alerts: readonly Alert[], expected: ExpectedAlert, times: TestTimes): number {
  const at = times.instant(expected.raised) ?? 0;
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  alerts.forEach((alert, index) => {
    const away = Math.abs(alert.raisedAt - at);
    const here = expected.home === undefined || alert.home === expected.home;
    if (alert.rule === expected.rule && here && away < distance) [best, distance] = [index, away];
  });
  return best;
}

/** In words; none: it is as it should be. */
function mistakes(alert: Alert, expected: ExpectedAlert, times: TestTimes): string[] {
  const wrong: string[] = [];
  const time = (name: string, is: number | undefined, time: number | string | undefined): void => {
    const at = time === undefined ? undefined : times.instant(time);
    if (is === undefined && at === undefined) return;
    if (is === undefined) wrong.push(`${name} at ${times.shown(at ?? 0)} expected, but it is still open`);
    else if (at === undefined) wrong.push(`${name} at ${times.shown(is)}, expected to be open still`);
    else if (Math.abs(is - at) > TOLERANCE_MS) wrong.push(`${name} ${away(is - at)} than expected`);
  };
  time('raised', alert.raisedAt, expected.raised);
  time('cleared', alert.clearedAt, expected.cleared);
  if (expected.since !== undefined) time('since', alert.since, expected.since);
  for (const key of ['priority', 'about', 'device', 'count'] as const)
    if (expected[key] !== undefined && expected[key] !== alert[key])
      wrong.push(`${key} is ${alert[key]}, expected ${expected[key]}`);
  // Where it is still open, that was said above.
  if (
    expected.reason !== undefined &&
    alert.clearReason !== undefined &&
    expected.reason !== alert.clearReason
  )
    wrong.push(`reason is ${alert.clearReason}, expected ${expected.reason}`);
  return wrong;
}

function away(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / MINUTE);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const length = hours === 0 ? `${rest} min` : rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${length} ${ms < 0 ? 'earlier' : 'later'}`;
}

function wanted(expected: ExpectedAlert, times: TestTimes): string {
  const at = (time: number | string): string => times.shown(times.instant(time) ?? 0);
  const end = expected.cleared === undefined ? 'open at the end' : `cleared ${at(expected.cleared)}`;
  const more = [expected.priority, expected.about, expected.reason].filter((word) => word !== undefined);
  return [`${expected.rule} raised ${at(expected.raised)}`, end, ...more].join(', ');
}

/** Only what the expectation speaks of, and always when. */
function shown(alert: Alert, expected: ExpectedAlert | undefined, times: TestTimes): string {
  const end = alert.clearedAt === undefined ? 'open at the end' : `cleared ${times.shown(alert.clearedAt)}`;
  const more = [
    expected && expected.priority === undefined ? undefined : alert.priority,
    expected?.about === undefined ? undefined : alert.about,
    expected && expected.reason === undefined ? undefined : alert.clearReason,
  ].filter((word) => word !== undefined);
  return [`${alert.rule} raised ${times.shown(alert.raisedAt)}`, end, ...more].join(', ');
}
