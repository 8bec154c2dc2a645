import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import { loadIncidents } from './incident.ts';
import type { PlannedIncident } from './incident-plan.ts';
import { Doors } from './staff/door.ts';

const START = Date.parse('2026-03-01T00:00:00Z');

test('not every call for help ends the same way: some press by mistake, and some who fell are in hospital; whoever asks again hears the same', async () => {
  const incidents = await loadIncidents();
  const planned: PlannedIncident[] = [];
  for (const kind of ['sos', 'fall'])
    for (let i = 0; i < 200; i++) {
      const from = START + i * DAY + i * 7_919_000;
      planned.push({ kind, homes: [`${kind}-${i}`], from, to: from + HOUR, disturbance: {} });
    }
  const doors = new Doors(planned, incidents);
  const shares = (kind: string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { homes, from } of planned.filter((each) => each.kind === kind)) {
      const met = (now: number) => doors.meet(homes[0] ?? '', 'safety', from, now).outcome;
      expect(met(from + 30 * MINUTE)).toBe(met(from + 5 * MINUTE));
      counts[met(from + MINUTE)] = (counts[met(from + MINUTE)] ?? 0) + 1;
    }
    return counts;
  };
  expect(Object.keys(shares('sos')).sort()).toEqual(['pressed-by-mistake', 'true-need']);
  expect(Object.keys(shares('fall')).sort()).toEqual(['hospital', 'true-need']);
  for (const rare of [shares('sos')['pressed-by-mistake'], shares('fall')['hospital']]) {
    expect(rare).toBeGreaterThan(20);
    expect(rare).toBeLessThan(100);
  }
});
