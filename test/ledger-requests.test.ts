import { expect, test } from 'vitest';
import { ledgerFigures } from '../src/api/ledger.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { CaseKind } from '../src/model/case-kind.ts';
import type { NumberedCase } from '../src/ports/records.ts';

const T0 = Date.UTC(2026, 2, 1);

/** Taken after so long, which was promised within a day. */
const taken = (kind: CaseKind, afterMs: number): NumberedCase => ({
  id: `h1.${kind}.${afterMs}`,
  number: 1,
  kind,
  ...(kind === 'request' ? { category: 'errands' as const } : {}),
  status: 'acknowledged',
  priority: 'P3',
  subject: 'h1',
  home: 'h1',
  path: 'haitang/h1',
  title: { zh: '事项', en: 'a case' },
  openedAt: T0,
  dueAt: T0,
  promised: { acknowledge: T0 + 24 * HOUR },
  takenAt: T0 + afterMs,
  alerts: [],
  version: 1,
  entries: 1,
});
test('what people ask for is counted by category, and nothing else is', async () => {
  const [errands, other] = [taken('request', HOUR), taken('request', 2 * HOUR)];
  const cases = [errands, errands, { ...other, category: 'complaint' as const }, taken('safety', HOUR)];
  const { byCategory } = await ledgerFigures(each(cases), T0 + 48 * HOUR);
  expect(byCategory).toEqual({
    'house-repair': 0,
    errands: 2,
    'medical-company': 0,
    company: 0,
    complaint: 1,
    other: 0,
  });
});

async function* each(cases: readonly NumberedCase[]) {
  yield* cases;
}

test('how long requests take does not stand in the times of those who may be in need, nor the other way round', async () => {
  const cases = [taken('safety', 10 * MINUTE), taken('technical', 20 * MINUTE), taken('request', 20 * HOUR)];
  const { targets, requestTargets, byKind } = await ledgerFigures(each(cases), T0 + 48 * HOUR);
  expect(byKind).toMatchObject({ safety: 1, technical: 1, request: 1 });
  expect(targets.P3.acknowledge).toEqual({
    done: 2,
    owed: 2,
    within: 2,
    p50Ms: 10 * MINUTE,
    p90Ms: 20 * MINUTE,
  });
  expect(requestTargets.P3.acknowledge).toEqual({
    done: 1,
    owed: 1,
    within: 1,
    p50Ms: 20 * HOUR,
    p90Ms: 20 * HOUR,
  });
  expect(targets.P4.acknowledge).toEqual({ done: 0, owed: 0, within: 0 });
});
