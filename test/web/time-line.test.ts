import { expect, test } from 'vitest';
import type { CaseEntry } from '../../src/model/case.ts';
import { foldedTimeLine, mergedTimeLine } from '../../src/web/cases/time-line.ts';

const MINUTE = 60_000;
function entriesOf(...lines: readonly (readonly [CaseEntry['type'], string, string?])[]): CaseEntry[] {
  return lines.map(([type, text, by = 'system'], i) => ({
    n: i + 1,
    at: i * MINUTE,
    by,
    type,
    text: { zh: text, en: text },
  }));
}
const shown = (entries: readonly CaseEntry[]): string[] =>
  mergedTimeLine(entries).map(
    ({ entry, times, firstAt }) => `${entry.text.en} x${times} ${firstAt / MINUTE}-${entry.at / MINUTE}`,
  );

test('what nobody answered for hours is a few lines with their number, and what people did stands between', () => {
  const calls = (hours: number) =>
    Array.from({ length: hours }, (_, i) => [
      ['escalated', `nobody for ${i} h`] as const,
      ['notice', 'told: Zhang'] as const,
      ['notice', 'taken by the provider: Zhang'] as const,
    ]).flat();
  expect(
    shown(
      entriesOf(
        ['opened', 'opened'],
        ['notice', 'told: Zhang'],
        ...calls(3),
        ['note', 'I knock', 'Zhou'],
        ...calls(2),
      ),
    ),
  ).toEqual([
    'taken by the provider: Zhang x2 14-17',
    'told: Zhang x2 13-16',
    'nobody for 1 h x2 12-15',
    'I knock x1 11-11',
    'taken by the provider: Zhang x3 4-10',
    'told: Zhang x4 1-9',
    'nobody for 2 h x3 2-8',
    'opened x1 0-0',
  ]);
});

test('what people say twice they said twice', () => {
  const twice = entriesOf(['note', 'on my way', 'Zhou'], ['note', 'on my way', 'Zhou']);
  expect(mergedTimeLine(twice)).toHaveLength(2);
});

test('what providers took is one line that opens; what failed or was seen stays', () => {
  const lines = entriesOf(
    ['notice', 'told: Zhang, Li, Chen'],
    ['notice', 'taken: Zhang'],
    ['notice', 'taken: Li'],
    ['notice', 'failed: Chen'],
    ['notice', 'taken: Wu'],
  );
  const ids = [undefined, 'zhang', 'li', 'chen', 'wu'];
  const entries = lines.map((one, i) => ({ ...one, ...(ids[i] ? { notice: ids[i] } : {}) }));
  const notices = [
    { id: 'zhang', state: 'accepted' },
    { id: 'li', state: 'delivered' },
    { id: 'chen', state: 'failed' },
    { id: 'wu', state: 'seen' },
  ] as const;
  const words = foldedTimeLine(mergedTimeLine(entries), notices).map((one) =>
    'taken' in one ? one.taken.map(({ entry }) => entry.text.en) : one.entry.text.en,
  );
  expect(words).toEqual([
    'taken: Wu',
    'failed: Chen',
    ['taken: Li', 'taken: Zhang'],
    'told: Zhang, Li, Chen',
  ]);
});
