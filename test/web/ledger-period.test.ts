import { expect, test } from 'vitest';
import { before, monthTo } from '../../src/web/pages/ledger-period.ts';

test('the month before a whole month is that month, however many days it has', () => {
  expect(before({ first: '2026-03-01', last: '2026-03-31' })).toEqual({
    first: '2026-02-01',
    last: '2026-02-28',
  });
  expect(before({ first: '2026-01-01', last: '2026-01-31' })).toEqual({
    first: '2025-12-01',
    last: '2025-12-31',
  });
});

test('before a quarter comes a quarter, and before some days as many', () => {
  expect(before({ first: '2026-04-01', last: '2026-06-30' })).toEqual({
    first: '2026-01-01',
    last: '2026-03-31',
  });
  expect(before({ first: '2026-03-01', last: '2026-03-12' })).toEqual({
    first: '2026-02-17',
    last: '2026-02-28',
  });
  expect(before({ first: '2026-03-12', last: '2026-03-01' })).toBeUndefined();
  expect(before({ first: '', last: '2026-03-01' })).toBeUndefined();
});

test('last month ends with its last day, this month today', () => {
  expect(monthTo('2026-03-12')).toEqual({ first: '2026-03-01', last: '2026-03-12' });
  expect(monthTo('2026-03-31', 1)).toEqual({ first: '2026-02-01', last: '2026-02-28' });
  expect(monthTo('2026-01-05', 1)).toEqual({ first: '2025-12-01', last: '2025-12-31' });
});
