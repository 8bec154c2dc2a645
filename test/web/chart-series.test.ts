import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/ports/telemetry.ts';
import {
  clocksOf,
  dailyLitres,
  emptyHours,
  gapsOf,
  HOUR,
  hourlyLitres,
  joined,
  withGaps,
} from '../../src/web/chart/series.ts';

const bucket = (hour: number, litres: number): Bucket => ({
  from: hour * HOUR,
  count: 1,
  first: 0,
  last: 0,
  min: 0,
  max: 0,
  mean: 0,
  increase: litres / 1000,
});
const hours = (count: number, litres: number): Bucket[] =>
  Array.from({ length: count }, (_, hour) => bucket(hour, litres));

test('whose clocks stand behind the points is said once each, and not where it was not kept', () => {
  expect(clocksOf([{ at: 1, value: 1 }])).toEqual([]);
  const points = (['device', 'network', 'device'] as const).map((clock, at) => ({ at, value: 1, clock }));
  expect(clocksOf(points)).toEqual(['device', 'network']);
});

describe('water', () => {
  test('an hour without a reading is a gap, an hour without use is a zero', () => {
    const line = hourlyLitres([bucket(0, 5), bucket(1, 0), bucket(3, 2)], 0, 4 * HOUR);
    expect(line.value).toEqual([5, 0, null, 2]);
    expect(emptyHours(line)).toEqual([{ from: 2 * HOUR, to: 3 * HOUR }]);
  });

  test('the sum of a day is not claimed before a day was seen, nor for an hour without a reading', () => {
    const buckets = hours(30, 1).filter((one) => one.from !== 26 * HOUR);
    const daily = dailyLitres(hourlyLitres(buckets, 0, 30 * HOUR));
    expect(daily.value.slice(0, 23).every((value) => value === null)).toBe(true);
    expect(daily.value[23]).toBeCloseTo(24);
    expect(daily.value[26]).toBeNull();
    expect(daily.at[23]).toBe(24 * HOUR);
  });

  test('what a counter gained over a gap is in the day that holds it', () => {
    const buckets = [...hours(20, 1), bucket(25, 12), bucket(26, 1)];
    const daily = dailyLitres(hourlyLitres(buckets, 0, 27 * HOUR));
    // The day of 03:00 to 27:00: seventeen single litres, the twelve that the counter held, and one.
    expect(daily.value[26]).toBeCloseTo(17 + 12 + 1);
  });
});

describe('points', () => {
  const points = [0, 10, 20, 30, 200, 210].map((minute) => ({ at: minute * 60_000, value: minute }));

  test('a line is broken where a reading is missing for three intervals', () => {
    const line = withGaps(points, 60_000);
    expect(line.value).toEqual([0, 10, 20, 30, null, 200, 210]);
    expect(gapsOf(line.at, 0, 230 * 60_000, 30 * 60_000)).toEqual([
      { from: 30 * 60_000 + 1, to: 200 * 60_000 },
    ]);
  });

  test('lines of different instants share one axis without inventing values', () => {
    const { at, values } = joined([
      { at: [1, 3], value: [10, 30] },
      { at: [2, 3], value: [20, null] },
    ]);
    expect(at).toEqual([1, 2, 3]);
    expect(values).toEqual([
      [10, undefined, 30],
      [undefined, 20, null],
    ]);
  });
});
