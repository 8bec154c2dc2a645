import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { ledgerFigures } from '../src/api/ledger.ts';
import { csvHead, csvRows } from '../src/api/ledger-csv.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { NumberedCase } from '../src/ports/records.ts';
import { type Setting, Story } from './scenarios/story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } }],
} satisfies Setting;

/** A call for help that 周敏 took at once and resolved within the hour, at nine in the morning. */
function resolved(): Story {
  const story = new Story(setting);
  story.until('day 2 09:00');
  story.home('h1').band.presses();
  expect(story.acknowledge('h1.c1')).toBe('ok');
  story.after(HOUR);
  expect(story.resolve('h1.c1')).toBe('ok');
  return story;
}
const numbered = (story: Story): NumberedCase => ({ ...story.case('h1.c1'), number: 1 });
async function* only(one: NumberedCase): AsyncGenerator<NumberedCase> {
  yield one;
}
const figures = (story: Story) => ledgerFigures(only(numbered(story)), story.now);
const callBacks = async (story: Story) => (await figures(story)).targets.P1.callBack;
const strikesOff = (story: Story) =>
  story.command({ type: 'case.strike-off', case: 'h1.c1', reason: '老人已去世' }, '李静').ok;
/** The rows of its rounds in the table, by the names of the columns. */
function rows(story: Story): Record<string, string>[] {
  const row = { locale: 'en', place: '', timeZone: 'Asia/Shanghai', now: story.now } as const;
  return parse(csvHead('en') + csvRows(numbered(story), row), { columns: true });
}

test('a call-back that was struck off in time is owed no more; one that was struck off late was late', async () => {
  const early = resolved();
  early.after(20 * HOUR);
  expect(strikesOff(early)).toBe(true);
  expect(await callBacks(early)).toMatchObject({ owed: 0, within: 0 });
  expect(rows(early)[0]).toMatchObject({ 'called back in time': '' });
  const late = resolved();
  late.after(30 * HOUR);
  expect(strikesOff(late)).toBe(true);
  expect(await callBacks(late)).toMatchObject({ owed: 1, within: 0, done: 0 });
  expect(rows(late)[0]).toMatchObject({ 'called back in time': 'no' });
});

test('each round of a case that was reopened is judged by what was promised of it', async () => {
  const story = resolved();
  story.after(HOUR);
  expect(story.callBack('h1.c1', 'not-satisfied', '李静')).toBe('ok');
  // Nobody takes it for half an hour now, and nobody calls back in time.
  story.after(30 * MINUTE);
  expect(story.acknowledge('h1.c1')).toBe('ok');
  story.after(HOUR);
  expect(story.resolve('h1.c1')).toBe('ok');
  expect(rows(story)).toMatchObject([
    { round: '1', 'taken in time': 'yes', 'resolved in time': 'yes', 'called back in time': 'yes' },
    { round: '2', 'taken in time': 'no', 'resolved in time': 'yes', 'called back in time': '' },
  ]);
  story.after(40 * HOUR);
  expect(rows(story)[1]).toMatchObject({ 'called back in time': 'no' });
  const { P1 } = (await figures(story)).targets;
  expect(P1.acknowledge).toMatchObject({ done: 2, owed: 2, within: 1 });
  expect(P1.callBack).toMatchObject({ done: 1, owed: 2, within: 1 });
});

test('the ledger says how many were satisfied of those who were called back, and about whom nobody was', async () => {
  const story = resolved();
  expect((await figures(story)).callBacks).toEqual({ satisfied: 0, 'not-satisfied': 0, none: 0 });
  story.after(HOUR);
  story.callBack('h1.c1', 'not-satisfied', '李静');
  story.acknowledge('h1.c1');
  story.after(MINUTE);
  story.resolve('h1.c1');
  expect((await figures(story)).callBacks).toEqual({ satisfied: 0, 'not-satisfied': 1, none: 0 });
  story.after(HOUR);
  story.callBack('h1.c1', 'satisfied', '李静');
  expect((await figures(story)).callBacks).toEqual({ satisfied: 1, 'not-satisfied': 1, none: 0 });
  const struck = resolved();
  struck.after(HOUR);
  strikesOff(struck);
  expect((await figures(struck)).callBacks).toEqual({ satisfied: 0, 'not-satisfied': 0, none: 1 });
});
