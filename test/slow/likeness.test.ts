import { expect, test } from 'vitest';
import { makeCommunity } from '../../simulators/community.ts';
import { type FleetMessage, fleet } from '../../simulators/fleet.ts';
import type { Entry } from '../../simulators/report.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';

const START = Date.parse('2026-03-01T00:00:00+08:00');
const entriesOf = ({ payload }: FleetMessage): Entry[] =>
  Array.isArray(payload) ? payload : [payload as Entry];

// Wide bounds on a fixed seed: what one person living alone uses (40 to 150 litres a day), and how long the longest gap of
// a day is (measured in real one-person homes: median 9 h, one day in ten above 13 h).
test('people use water like people', () => {
  const homes = 30;
  const days = 20;
  const community = makeCommunity({ seed: 2, homes, start: START });
  const readings = new Map<string, [at: number, litres: number][]>();
  for (const message of fleet({ community, seed: 2, start: START, days })) {
    for (const entry of entriesOf(message)) {
      const { water_index_m3: index } = entry;
      if (typeof index !== 'number') continue;
      const of = readings.get(message.device) ?? [];
      of.push([Date.parse(String(entry.at)), index * 1000]);
      readings.set(message.device, of);
    }
  }
  const daily = [...readings.values()].map(
    (of) => (of.at(-1)![1] - of[0]![1]) / ((of.at(-1)![0] - of[0]![0]) / DAY),
  );
  expect(daily.every((litres) => litres > 30 && litres < 160)).toBe(true);
  expect(quantile(daily, 0.5)).toBeGreaterThan(55);
  expect(quantile(daily, 0.5)).toBeLessThan(100);
  expect(quantile(daily, 0.9) / quantile(daily, 0.1)).toBeGreaterThan(1.4);
  const gaps = [...readings.values()].flatMap(longestGaps);
  expect(quantile(gaps, 0.5)).toBeGreaterThan(7);
  expect(quantile(gaps, 0.5)).toBeLessThan(10.5);
  expect(quantile(gaps, 0.9)).toBeGreaterThan(9.5);
  expect(quantile(gaps, 0.9)).toBeLessThan(14);
  expect(gaps.filter((gap) => gap > 24).length / gaps.length).toBeLessThan(0.01);
});

/** The longest time without a litre in each day, in hours. */
function longestGaps(readings: readonly [at: number, litres: number][]): number[] {
  const gaps: number[] = [];
  let usedAt = readings[0]![0];
  let longest = 0;
  for (let i = 1; i < readings.length; i++) {
    longest = Math.max(longest, readings[i]![0] - usedAt);
    if (readings[i]![1] - readings[i - 1]![1] > 0.99) usedAt = readings[i]![0];
    if (i % 24 === 0) {
      gaps.push(longest / HOUR);
      longest = 0;
    }
  }
  return gaps;
}

test('nobody has a crisis who was not given one', () => {
  const community = makeCommunity({ seed: 11, homes: 20, start: START });
  const seen = new Map<string, number[]>();
  for (const message of fleet({ community, seed: 11, start: START, days: 10 })) {
    for (const [name, value] of entriesOf(message).flatMap((entry) => Object.entries(entry))) {
      const values = seen.get(name) ?? [];
      if (typeof value === 'number') values.push(value);
      seen.set(name, values);
    }
  }
  const valuesOf = (name: string): number[] => seen.get(name) ?? [];
  const within = (name: string, min: number, max: number): void => {
    expect(quantile(valuesOf(name), 0), name).toBeGreaterThanOrEqual(min);
    expect(quantile(valuesOf(name), 1), name).toBeLessThanOrEqual(max);
  };
  within('systolic_mmhg', 95, 170);
  within('diastolic_mmhg', 50, 100);
  within('pulse_bpm', 51, 110);
  within('spo2_pct', 94, 100);
  within('skin_temperature_c', 28, 37.5);
  within('battery_pct', 1, 100);
  expect(quantile(valuesOf('systolic_mmhg'), 0.5)).toBeGreaterThan(115);
  expect(quantile(valuesOf('systolic_mmhg'), 0.5)).toBeLessThan(138);
  const worn = valuesOf('worn_bool');
  const share = worn.reduce((sum, value) => sum + value, 0) / worn.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.98);
  expect(valuesOf('systolic_mmhg').length).toBeGreaterThan(10 * 14 * 2);
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
