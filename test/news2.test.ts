import { describe, expect, test } from 'vitest';
import { news2 } from '../src/model/news2.ts';

const well = {
  respiration_per_min: 16,
  spo2_pct: 97,
  systolic_mmhg: 125,
  pulse_bpm: 72,
  body_temperature_c: 36.6,
};
const usual = { scale2: false, oxygen: false };
const scoreOf = (values: Partial<typeof well>, options = usual): number | undefined => {
  const result = news2({ ...well, ...values }, options);
  return 'score' in result ? result.score : undefined;
};

describe('the early warning score', () => {
  test('is 0 for somebody who is well', () => {
    expect(news2(well, usual)).toMatchObject({ score: 0, single3: false });
  });

  test('names the parts that are missing and tells no score without them', () => {
    const { systolic_mmhg: _, body_temperature_c: __, ...rest } = well;
    expect(news2(rest, usual)).toEqual({ missing: ['systolic_mmhg', 'body_temperature_c'] });
  });

  test.each([
    ['respiration_per_min', [8, 3], [9, 1], [11, 1], [12, 0], [20, 0], [21, 2], [24, 2], [25, 3]],
    ['spo2_pct', [91, 3], [92, 2], [93, 2], [94, 1], [95, 1], [96, 0]],
    ['systolic_mmhg', [90, 3], [91, 2], [100, 2], [101, 1], [110, 1], [111, 0], [219, 0], [220, 3]],
    [
      'pulse_bpm',
      [40, 3],
      [41, 1],
      [50, 1],
      [51, 0],
      [90, 0],
      [91, 1],
      [110, 1],
      [111, 2],
      [130, 2],
      [131, 3],
    ],
    ['body_temperature_c', [35, 3], [35.1, 1], [36, 1], [36.1, 0], [38, 0], [38.1, 1], [39, 1], [39.1, 2]],
  ] as const)('scores %s as the chart of the Royal College does', (metric, ...rows) => {
    for (const [value, points] of rows) expect(scoreOf({ [metric]: value }), `${value}`).toBe(points);
  });

  test('uses the other scale for people whose oxygen is meant to be low', () => {
    const scale2 = { scale2: true, oxygen: false };
    expect([83, 85, 87, 88, 92, 97].map((spo2_pct) => scoreOf({ spo2_pct }, scale2))).toEqual([
      3, 2, 1, 0, 0, 0,
    ]);
    const onOxygen = { scale2: true, oxygen: true };
    expect([90, 93, 95, 97].map((spo2_pct) => scoreOf({ spo2_pct }, onOxygen))).toEqual([2, 3, 4, 5]);
  });
});
