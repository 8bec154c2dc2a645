import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CaseAudit } from '../../src/app/case-audit.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { DEFAULT_ESCALATION } from '../../src/model/escalation.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';

const RULES = ruleSetSchema.parse({
  version: 'audit',
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
});

let bench: LoopBench;
const told: unknown[] = [];
const logger = pino({ base: null, timestamp: false }, { write: (line) => told.push(JSON.parse(line)) });

beforeEach(async () => {
  told.length = 0;
  bench = new LoopBench(RULES);
  await bench.open([...community({ h1: [{ id: 'band', model: 'wristband' }] })]);
  bench.core.policy = { ...bench.core.policy, escalation: DEFAULT_ESCALATION };
  bench.clock.advance(MINUTE);
  bench.publish('band', { at: T0 + MINUTE, event: 'sos' });
  await bench.loop.drained();
});
afterEach(() => bench.close());

/** Some whole rounds. */
async function audited(): Promise<CaseAudit> {
  const audit = new CaseAudit(bench.core, bench.records, logger);
  for (let wall = 0; wall < 100_000; wall += 500) await audit.work(wall);
  return audit;
}
const openOf = () => {
  const open = bench.core.subject('h1')?.book?.cases[0];
  if (!open) throw new Error('h1 has no case');
  return open;
};

test('an audit of the cases finds nothing where each has its next step', async () => {
  const audit = await audited();
  expect(audit.counts.rounds).toBeGreaterThan(2);
  expect(audit.counts.forgotten).toBe(0);
  expect(told).toEqual([]);
});

test('a case whose next step is long overdue is found and called about again', async () => {
  const { core } = bench;
  // As if whoever moved the step had not filed it.
  Object.assign(core.subject('h1') ?? {}, { filedDue: Number.POSITIVE_INFINITY });
  core.now += 2 * HOUR;
  const audit = await audited();
  expect(told[0]).toMatchObject({ level: 50, cases: ['h1.c1'], count: 1 });
  expect(audit.counts.forgotten).toBeGreaterThan(0);
  expect(core.subject('h1')?.filedDue).toBe(openOf().ladder?.nextAt);
});

test('a case without a next step is found, unless by policy nobody is called about such a one', async () => {
  const open = openOf();
  delete open.ladder;
  expect((await audited()).lastFound).toEqual(['h1.c1']);
  bench.core.policy = { ...bench.core.policy, escalation: [] };
  expect((await audited()).lastFound).toEqual([]);
  // A call-back is always somebody's next step.
  open.case = { ...open.case, status: 'resolved' };
  expect((await audited()).lastFound).toEqual(['h1.c1']);
});

test('a case that the records have and the core does not know is found', async () => {
  Object.assign(bench.core.subject('h1')?.book ?? {}, { cases: [] });
  expect((await audited()).lastFound).toEqual(['h1.c1']);
});
