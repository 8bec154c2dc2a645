import { expect, test } from 'vitest';
import type { Alert } from '../../src/model/alert.ts';
import { matterOf } from '../../src/web/cases/matter.ts';
import { draftOf, ended, MINUTE, NOON } from '../cases-fixtures.ts';

const HOUR = 60 * MINUTE;
const alert = (id: string, change: Partial<Alert>): Alert => ({ ...draftOf(id, change), case: 'h1.c1' });
const over = (one: Alert, at: number): Alert => ({ ...ended(one, at), case: 'h1.c1' });
const ids = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);

test('a call that comes to a fall is told as a further one, and the fall beside it', () => {
  const fall = alert('fall', { priority: 'P1' });
  expect(matterOf([fall])).toMatchObject({ isFurther: false, others: [] });
  const call = alert('call', { priority: 'P1', raisedAt: NOON + HOUR });
  const matter = matterOf([fall, call]);
  expect([matter?.leading.id, matter?.isFurther, ids(matter?.others ?? [])]).toEqual([
    'call',
    true,
    ['fall'],
  ]);
  const cancelled = { ...over(fall, NOON + 1), clearReason: 'late-data' } as const;
  expect(matterOf([cancelled, call])).toMatchObject({ isFurther: false, others: [] });
  const battery = alert('battery', { priority: 'P4', about: 'device' });
  expect(matterOf([battery, call])).toMatchObject({ isFurther: false, others: [] });
});

test('what is over says so as soon as nothing of the case stands any more', () => {
  const silent = alert('silent', { about: 'device', priority: 'P3' });
  const battery = alert('battery', { about: 'device', priority: 'P4' });
  expect(matterOf([silent])?.ended).toBeUndefined();
  expect(matterOf([over(silent, NOON + HOUR), battery])?.ended).toBeUndefined();
  expect(matterOf([over(silent, NOON + HOUR)])?.ended).toEqual({ why: 'recovered', at: NOON + HOUR });
});

test('of a silence that lasts it is known since when, and of one that is over there is nothing to count', () => {
  const evidence = {
    ...draftOf('a').evidence,
    coverage: 'gateway-silent',
    freshnessMs: 3 * HOUR,
  } as const;
  const silent = alert('silent', { about: 'area', evidence });
  expect(matterOf([silent])?.heardAt).toBe(silent.raisedAt - 3 * HOUR);
  expect(matterOf([over(silent, NOON + HOUR)])?.heardAt).toBeUndefined();
  expect(matterOf([alert('fall', {})])?.heardAt).toBeUndefined();
});

test('where a sentence says for how long, it is known when that was true', () => {
  const evidence = { ...draftOf('a').evidence, values: { hoursWithoutDraw: 12 } };
  const dry = alert('dry', { evidence });
  expect(matterOf([dry])?.saidAt).toBe(dry.raisedAt);
  const moved = { at: NOON + HOUR, since: NOON, priority: 'P2', text: evidence.text } as const;
  expect(matterOf([{ ...dry, history: [moved] }])?.saidAt).toBe(NOON + HOUR);
  expect(matterOf([over(dry, NOON + HOUR)])?.saidAt).toBeUndefined();
});
