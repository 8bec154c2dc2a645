import { expect, test } from 'vitest';
import { DIALS, dialOf, isHardlyOfFlat } from '../../src/web/onboarding/dial.ts';

const figures = (m3: number): string => Object.values(dialOf(m3)).join('.');

test('an index stands as on a dial: five figures of cubic metres, three of litres', () => {
  expect(figures(123.456)).toBe('00123.456');
  expect(figures(0)).toBe('00000.000');
  expect(figures(99_999.9996)).toBe('100000.000');
});

test('beside it stands what the dial would show if litres and cubic metres were mixed up', () => {
  expect(figures(123_456 * DIALS.less)).toBe('00123.456');
  expect(figures(0.123 * DIALS.more)).toBe('00123.000');
});

test('an index that no flat comes to is doubted before anybody has looked', () => {
  expect(isHardlyOfFlat(123_456)).toBe(true);
  expect(isHardlyOfFlat(4_800)).toBe(false);
});
