import { expect, test } from 'vitest';
import type { Alert } from '../../src/model/alert.ts';
import { subjectsOf } from '../../src/web/chart/subjects.ts';

const reading = (metric: string, value: number) => ({ device: 'wb-1', metric, value, at: 1, receivedAt: 1 });
const alert = (values: Record<string, number | string>, ...readings: unknown[]): Alert =>
  ({ evidence: { values, readings } }) as unknown as Alert;

test('of a blood pressure both thresholds are drawn, each in the words of what it limits', () => {
  const high = alert(
    { limitSystolic: 180, limitDiastolic: 110, confirmedBy: 'band', count: 2 },
    reading('systolic_mmhg', 192),
    reading('diastolic_mmhg', 112),
  );
  expect(subjectsOf([high], undefined)).toEqual([
    {
      device: 'wb-1',
      metrics: ['systolic_mmhg', 'diastolic_mmhg'],
      thresholds: [
        { metric: 'systolic_mmhg', value: 180 },
        { metric: 'diastolic_mmhg', value: 110 },
      ],
    },
  ]);
  const low = alert({ limitSystolic: 90 }, reading('systolic_mmhg', 85));
  expect(subjectsOf([low], undefined)[0]?.thresholds).toEqual([{ metric: 'systolic_mmhg', value: 90 }]);
});

test('the threshold of another metric is drawn as it was', () => {
  const fast = alert({ limit: 120, measured: 134, count: 2 }, reading('pulse_bpm', 134));
  expect(subjectsOf([fast], undefined)[0]?.thresholds).toEqual([{ metric: 'pulse_bpm', value: 120 }]);
});
