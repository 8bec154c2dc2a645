import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Committed } from '../../src/app/loop-options.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { atLength, SLOW } from '../runs.ts';
import { productRules } from './story.ts';

const rules = ruleSetSchema.parse({ version: 'product', rules: productRules });
/** So that some homes are many. */
const SLICE = SLOW ? LIMITS.dueSliceMax : 20;
const HOMES = 3 * SLICE + 20;
const homes = Array.from({ length: HOMES }, (_, n) => `h${String(n).padStart(4, '0')}`);
const LAST = homes.at(-1) as string;

let bench: LoopBench;
let batches: Committed[];
let after: LoopBench | undefined;
/** Called when a batch is on disk, with the number of those since the beginning. */
let atBatch: (count: number) => void;
const { dueSliceMax } = LIMITS;
beforeEach(async () => {
  Object.assign(LIMITS, { dueSliceMax: SLICE });
  batches = [];
  atBatch = () => {};
  bench = new LoopBench(rules, (batch) => {
    batches.push(batch);
    atBatch(batches.length);
  });
  const devices = (id: string) => [
    { id: `${id}-meter`, model: 'water-meter' },
    { id: `${id}-band`, model: 'wristband' },
  ];
  // In buildings of twenty: whether a device is silent depends on the others of its building, and on no more.
  const building = (home: string) => `haitang/g1/c${Math.floor(homes.indexOf(home) / 20)}`;
  const buildings = [...new Set(homes.map(building))].map((path) =>
    registryEntrySchema.parse({ noun: 'node', path, level: 'building', name: path }),
  );
  const entries = community(Object.fromEntries(homes.map((id) => [id, devices(id)])));
  await bench.open([
    ...buildings,
    ...entries.map((entry) => (entry.noun === 'home' ? { ...entry, parent: building(entry.id) } : entry)),
  ]);
  batches.length = 0;
  bench.clock.advance(5 * HOUR);
});
afterEach(async () => {
  Object.assign(LIMITS, { dueSliceMax });
  await after?.close();
  after = undefined;
  await bench.close();
});

const raised = (batch: Committed): [string, number][] =>
  batch.effects.flatMap((effect) =>
    effect.type === 'alert' ? [[effect.alert.rule, effect.alert.raisedAt - T0] as [string, number]] : [],
  );

test('when all meters of a city fall silent at one instant, an SOS is not stuck behind them', async () => {
  bench.publish(`${LAST}-band`, { at: bench.clock.now(), event: 'sos' });
  await bench.loop.drained();
  const all = batches.flatMap(raised);
  expect(all.filter(([rule]) => rule === 'M1')).toEqual(homes.map(() => ['M1', 4 * HOUR]));
  expect(all.filter(([rule]) => rule === 'B1')).toEqual([['B1', 5 * HOUR]]);
  expect(raised(batches[0] as Committed).map(([rule]) => rule)).toContain('B1');
  expect(Math.max(...batches.map((batch) => raised(batch).length))).toBeLessThanOrEqual(SLICE + 21);
});

test('what concerns all homes waits until what is due has fired', async () => {
  const reply = await bench.loop.submit(
    { type: 'rules.replace', ruleSet: { ...rules, version: 'next', rules: [] } },
    'system',
  );
  expect(reply).toEqual({ ok: true });
  const silences = batches.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.type === 'alert' ? [effect.change] : [])),
  );
  expect(silences.filter((change) => change === 'raised')).toHaveLength(HOMES);
});

atLength('a kill in the middle of it changes nothing', async () => {
  const killed = new Promise<LoopBench>((resolve) => {
    atBatch = (count) => {
      if (count !== 2) return;
      expect(batches.flatMap(raised).length).toBeLessThan(HOMES);
      resolve(bench.afterKill());
    };
  });
  bench.loop.tick();
  after = await killed;
  after.loop.tick();
  await after.loop.drained();
  await bench.loop.drained();
  const known = ({ core }: LoopBench): unknown =>
    [...core.subjects.values()].map(({ id, nextAlert, book }) => [id, nextAlert, book]);
  expect(known(after)).toEqual(known(bench));
  const page = await after.records.alerts({ paths: [''] }, { limit: 500 });
  expect(page.items.map(({ raisedAt }) => raisedAt - T0)).toEqual(homes.map(() => 4 * HOUR));
});
