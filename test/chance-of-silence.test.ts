import { expect, test } from 'vitest';
import { DAY, HOUR } from '../src/lib/clock.ts';
import { daysUntilByChance, withoutSilences, withSilences } from '../src/rules/chance-of-silence.ts';
import { T0 } from './core.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Each of them was silent on each of so many days. */
function silentDaily(ids: readonly string[], days: number) {
  let known = withSilences({ since: T0, of: {} }, []);
  for (let day = 0; day < days; day++)
    for (const id of ids) known = withSilences(known, [{ id, last: T0 + day * DAY }]);
  return known;
}
const at = T0 + 60 * DAY;
const stopped = (...ids: string[]) => ids.map((id) => ({ id, last: at - 3 * HOUR, due: at }));
const chance = (ids: string[], known = silentDaily([], 0), of = 6): number =>
  daysUntilByChance(known, stopped(...ids), of, 1.25 * HOUR, at);

test('three of six that never fall silent do so together once in many years, three that do daily within weeks', () => {
  expect(chance(['a', 'b', 'c'])).toBeGreaterThan(100 * 365);
  const often = chance(['a', 'b', 'c'], silentDaily(names, 60));
  expect(often).toBeGreaterThan(10);
  expect(often).toBeLessThan(100);
});

test('one more that stops makes it rarer, a larger building more frequent', () => {
  const known = silentDaily(names, 60);
  expect(chance(['a', 'b', 'c', 'd'], known)).toBeGreaterThan(3 * chance(['a', 'b', 'c'], known));
  expect(chance(['a', 'b', 'c'], known, 30)).toBeLessThan(chance(['a', 'b', 'c'], known, 6) / 100);
});

test('the silence that is asked about does not count against itself, and one with a cause in common against none', () => {
  const known = silentDaily(['a'], 3);
  const now = stopped('a', 'b', 'c');
  const counted = withSilences(known, now);
  const [before, after] = [known, counted].map((each) => daysUntilByChance(each, now, 6, HOUR, at));
  expect((after as number) / (before as number)).toBeCloseTo(1, 1);
  const later = now.map(({ id, last, due }) => ({ id, last: last + DAY, due: due + DAY }));
  const forgotten = withoutSilences(counted, now);
  expect(daysUntilByChance(forgotten, later, 6, HOUR, at + DAY)).toBeGreaterThan(
    5 * daysUntilByChance(counted, later, 6, HOUR, at + DAY),
  );
});

test('the longer they stay silent, the less it is chance', () => {
  const known = silentDaily(names, 60);
  const long = stopped('a', 'b', 'c').map(({ id, last }) => ({
    id,
    last: last - 9 * HOUR,
    due: last - 6 * HOUR,
  }));
  const days = daysUntilByChance(known, long, 6, 1.25 * HOUR, at);
  expect(days).toBeGreaterThan(100 * chance(['a', 'b', 'c'], known));
});

test('what is counted once is not counted twice', () => {
  const once = withSilences(silentDaily([], 0), stopped('a'));
  expect(withSilences(once, stopped('a'))).toBe(once);
});
