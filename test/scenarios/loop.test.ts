import { expect, test } from 'vitest';
import { SECOND } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules } from './story.ts';

const ALL = { paths: [''] };
const FIRST = { limit: 100 };

test('a flood of messages that nobody can use holds back nothing that is due', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  await bench.open(community({ h1: [{ id: 'band', model: 'wristband' }] }));
  try {
    bench.publish('band', { at: bench.clock.now(), event: 'fall' });
    await bench.loop.drained();
    bench.clock.advance(31 * SECOND);
    // The inbox is never found empty, so that no tick is let in.
    for (let index = 0; index < 100; index++) bench.publish('nobody', 'no JSON');
    bench.loop.tick();
    await bench.loop.drained();
    const { items } = await bench.records.alerts(ALL, FIRST);
    expect(items).toMatchObject([{ rule: 'B2' }]);
    expect(bench.acknowledged).toBe(101);
  } finally {
    await bench.close();
  }
});
