import { afterEach, beforeEach, expect, test } from 'vitest';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';

const HOMES = 600;
let bench: LoopBench;
beforeEach(async () => {
  bench = new LoopBench(ruleSetSchema.parse({ version: 'test', rules: [] }));
  await bench.open(community(Object.fromEntries(Array.from({ length: HOMES }, (_, i) => [`h${i}`, []]))));
});
afterEach(() => bench.close());

test('a round ends in time, also where there are few pauses in which it can go on', async () => {
  const { core, checkpoints } = bench;
  for (const home of core.subjects.values()) core.markChanged(home);
  core.seq++;
  const wall = 1e9;
  await checkpoints.work(wall);
  await checkpoints.work(wall + 1_000);
  expect(checkpoints.completedSeq).toBeLessThan(core.seq);
  for (const ms of [19_900, 20_000]) await checkpoints.work(wall + ms);
  expect(checkpoints.completedSeq).toBe(core.seq);
});
