import { expect, test } from 'vitest';
import type { Evidence } from '../../src/model/alert.ts';
import { outcomesFor } from '../../src/web/cases/outcomes.ts';

const evidence = { values: {} } as Evidence;
const open = { evidence };
const cleared = { evidence, clearedAt: 1 };

test('a gateway neither sleeps nor is in hospital; that it came back is said once it has', () => {
  const gateway = { kind: 'technical', home: '' } as const;
  expect(outcomesFor(gateway, false, [open])).toEqual([
    'repaired',
    'device',
    'outage',
    'wrong-data',
    'other',
  ]);
  expect(outcomesFor(gateway, false, [cleared])[0]).toBe('recovered');
});

test('whoever goes to a home for a device may find nobody in', () => {
  const offered = outcomesFor({ kind: 'technical', home: 'h1' }, false, [open]);
  expect(offered).toEqual(expect.arrayContaining(['away', 'refused', 'not-reached', 'repaired']));
  expect(offered).not.toContain('asleep');
});

test('a person is not repaired, and whom nobody has reached is not done with', () => {
  const offered = outcomesFor({ kind: 'safety', home: 'h1' }, true, [cleared]);
  expect(offered).toEqual(expect.arrayContaining(['true-emergency', 'asleep', 'device']));
  for (const name of ['recovered', 'repaired', 'done', 'not-reached', 'pressed-by-mistake'])
    expect(offered).not.toContain(name);
});

test('what a resident asked for is done, repaired, or needed; no sensor was wrong about it, and what is an emergency is help', () => {
  const offered = outcomesFor({ kind: 'request', home: 'h1' }, false, []);
  expect(offered).toEqual(
    expect.arrayContaining(['true-need', 'repaired', 'done', 'refused', 'not-reached', 'other']),
  );
  expect(offered[0], 'what most of them come to is offered first').toBe('done');
  expect(new Set(offered).size).toBe(offered.length);
  const ofSensors = ['pressed-by-mistake', 'recovered', 'asleep', 'device', 'wrong-data'];
  for (const name of [...ofSensors, 'true-emergency', 'leak', 'outage']) expect(offered).not.toContain(name);
});
