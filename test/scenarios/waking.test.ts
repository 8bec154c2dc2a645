import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workBetween } from '../../src/app/between.ts';
import { CaseAudit } from '../../src/app/case-audit.ts';
import { Waking } from '../../src/app/waking.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { RecordsAway } from '../../src/ports/records.ts';
import { community, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules } from './story.ts';

const rules = ruleSetSchema.parse({ version: 'product', rules: productRules });
let bench: LoopBench;
let after: LoopBench | undefined;
beforeEach(async () => {
  bench = new LoopBench(rules);
  await bench.open(
    community({
      h1: [{ id: 'band', model: 'wristband' }],
      h2: [{ id: 'meter', model: 'water-meter' }],
    }),
  );
  bench.publish('band', { at: T0, event: 'sos' });
  await bench.loop.drained();
  await bench.checkpoints.complete();
});
afterEach(async () => {
  await after?.close();
  after = undefined;
  await bench.close();
});

const asleep = ({ core }: LoopBench): string[] =>
  [...core.subjects.values()].filter((home) => home.asleep).map(({ id }) => id);

/** Lets all that a start has left be done; what it tells the log. */
async function awake({ core, records }: LoopBench): Promise<unknown[]> {
  const told: unknown[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => told.push(JSON.parse(line)) });
  const waking = new Waking(core, records, logger);
  for (let wall = 0; wall < 1_000; wall += 100) await waking.work(wall);
  return told;
}

test('a home that nobody has asked for since the start falls silent when it must', async () => {
  after = await bench.afterKill();
  expect(asleep(after)).toEqual(['h1', 'h2']);
  after.clock.advance(5 * HOUR);
  after.loop.tick();
  await after.loop.drained();
  const alerts = (await after.records.alerts({ paths: [''] }, { limit: 10 })).items;
  expect(alerts.map(({ id, raisedAt }) => [id, raisedAt])).toContainEqual(['h2.a1', T0 + 4 * HOUR]);
});

test('the states that are left are read while the service runs', async () => {
  after = await bench.afterKill();
  expect(await awake(after)).toEqual([]);
  expect(asleep(after)).toEqual([]);
});

test('cases that differ between state and records are told', async () => {
  after = await bench.afterKill();
  const { h1 } = Object.fromEntries(after.core.subjects);
  const open = h1?.book?.cases[0]?.case;
  if (h1?.book && open) h1.book.cases = [{ case: { ...open, id: 'h1.c9' } }];
  expect(await awake(after)).toMatchObject([{ level: 50, missing: [open?.id], extra: ['h1.c9'] }]);
});

test('records that are away while it is looked put that off, and the service goes on', async () => {
  after = await bench.afterKill();
  const told: unknown[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => told.push(JSON.parse(line)) });
  let isAway = true;
  const { records, core } = after;
  const cases: typeof records.cases = (filter, page) =>
    isAway ? Promise.reject(new RecordsAway('PostgreSQL is away')) : records.cases(filter, page);
  const reads = { cases, case: records.case.bind(records) };
  const parts = [new Waking(core, reads, logger), new CaseAudit(core, reads, logger)];
  await workBetween(parts, logger);
  expect(told).toMatchObject([{ level: 40 }, { level: 40 }]);
  isAway = false;
  for (let wall = 1e9; wall < 1e9 + 1_000; wall += 100) for (const part of parts) await part.work(wall);
  expect(told).toHaveLength(2);
  expect(asleep(after)).toEqual([]);
});
