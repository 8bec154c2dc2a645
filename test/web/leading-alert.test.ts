import { expect, test } from 'vitest';
import type { Alert } from '../../src/model/alert.ts';
import { leadingAlert } from '../../src/web/cases/leading-alert.ts';
import { draftOf, ended, NOON } from '../cases-fixtures.ts';

const alert = (id: string, change: Partial<Alert>): Alert => ({ ...draftOf(id, change), case: 'h1.c1' });

test('a case is told by the finding after which it is called: of a person the gravest, also when it has ended', () => {
  const water = alert('water', { priority: 'P2', raisedAt: NOON + 9 });
  const fall = { ...ended(alert('fall', { priority: 'P1' }), NOON + 5), case: 'h1.c1' };
  expect(leadingAlert([water, fall])?.id).toBe('fall');
  expect(leadingAlert([water, { ...fall, clearReason: 'late-data' }])?.id).toBe('water');
});

test('of devices the gravest that still stands, of two alike the newer', () => {
  const silent = { ...ended(alert('silent', { about: 'device', priority: 'P3' }), NOON), case: 'h1.c1' };
  const battery = alert('battery', { about: 'device', priority: 'P4' });
  const flow = alert('flow', { about: 'device', priority: 'P4', raisedAt: NOON + 1 });
  expect(leadingAlert([silent, battery, flow])?.id).toBe('flow');
  expect(leadingAlert([])).toBeUndefined();
});
