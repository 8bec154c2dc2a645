import { expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import type { AwayPeriod } from '../../src/model/registry.ts';
import { awayAt } from '../../src/web/homes/away-now.ts';

const period = (from: number, until: number, kind: AwayPeriod['kind']): AwayPeriod =>
  ({ from, until, kind, note: '' }) as AwayPeriod;

test('a case shows the absence of its home that counts now: not one that is over, or is to come', () => {
  const all = [
    period(0, DAY, 'travel'),
    period(2 * DAY, 9 * DAY, 'hospital'),
    period(DAY, 4 * DAY, 'travel'),
  ];
  expect(awayAt(all, 3 * DAY)?.kind).toBe('hospital');
  expect(awayAt(all, 1.5 * DAY)?.until).toBe(4 * DAY);
  expect(awayAt(all, 9 * DAY)).toBeUndefined();
  expect(awayAt(undefined, 0)).toBeUndefined();
});
