import { expect, test } from 'vitest';
import { unplannedOn, weekOf } from '../../src/web/duty/week-days.ts';

const ZONE = 'Asia/Shanghai';
const at = (local: string): number => Date.parse(`${local}+08:00`);
const { days, until } = weekOf(at('2026-11-26T15:00'), ZONE);
const nobody = {
  from: at('2026-11-28T08:00'),
  until: at('2026-11-30T08:00'),
  reason: 'nobody-planned',
} as const;
const of = (day: number, gap: { from: number; until: number; reason: string } = nobody) => {
  const one = days[day];
  if (!one) throw new Error('no such day');
  return unplannedOn(one, days[day + 1]?.from ?? until, [gap]).map((part) => [part.from, part.until]);
};

test('a day on which nobody is planned says so, and from when', () => {
  expect(of(4)).toEqual([]);
  expect(of(5)).toEqual([[nobody.from, at('2026-11-29T00:00')]]);
  expect(of(6)).toEqual([[at('2026-11-29T00:00'), until]]);
});

test('a shift whose people cannot be called says that itself', () => {
  expect(of(5, { ...nobody, reason: 'no-way' })).toEqual([]);
});
