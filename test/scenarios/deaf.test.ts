import pino from 'pino';
import { expect, test } from 'vitest';
import { Listening } from '../../src/app/listening.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { productRules } from './story.ts';

test('an outside broker that is away for hours is told once, and no device is called silent for it', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'product', rules: productRules }));
  const told: string[] = [];
  const logger = pino({}, { write: (line) => told.push(line) });
  const { loop, clock, records } = bench;
  const pass = async (ms: number, look: () => void): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 5 * MINUTE) {
      clock.advance(5 * MINUTE);
      look();
      await loop.drained();
    }
  };
  const alerts = async (): Promise<string[]> =>
    (await records.alerts({ paths: [''] }, { limit: 10 })).items.map(({ id }) => id);
  try {
    await bench.open(community({ h1: [{ id: 'meter', model: 'water-meter' }] }));
    const listening = await Listening.from({ records, loop, clock, logger });
    listening.goesOn();
    await pass(20 * HOUR, () => listening.pauses());
    expect(await alerts()).toEqual([]);
    expect(told).toHaveLength(1);
    listening.begins();
    listening.goesOn();
    const heard = (): void => {
      loop.tick();
      listening.goesOn();
    };
    await pass(3 * HOUR, heard);
    expect(await alerts()).toEqual([]);
    await pass(2 * HOUR, heard);
    expect(await alerts()).toEqual(['h1.a1']);
    await listening.ends();
  } finally {
    await bench.close();
  }
});
