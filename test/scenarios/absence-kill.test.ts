import pino from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Listening } from '../../src/app/listening.ts';
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { atLength, SLOW } from '../runs.ts';

const rules = ruleSetSchema.parse({
  version: 'sos',
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
});
const policy = notifyPolicySchema.parse({
  routes: [],
  always: ['terminal'],
  fallback: { channels: ['terminal'] },
  escalation: [
    { kinds: ['safety'], priorities: ['P1'], steps: [{ after: '1min', roles: [] }], repeatEvery: '5min' },
  ],
});
const logger = pino({ level: 'silent' });

let bench: LoopBench;
const lives: LoopBench[] = [];
beforeEach(() => {
  bench = new LoopBench(rules, undefined, undefined, policy);
});
afterEach(async () => {
  for (const life of lives.splice(0).reverse()) await life.close();
  await bench.close();
});

async function open(homes: readonly string[]): Promise<void> {
  await bench.open(
    community(Object.fromEntries(homes.map((id) => [id, [{ id: `${id}-band`, model: 'wristband' }]]))),
  );
}

async function press(homes: readonly string[]): Promise<void> {
  for (const id of homes) bench.publish(`${id}-band`, { at: bench.clock.now(), event: 'sos' });
  await bench.loop.drained();
}

async function afterKill(): Promise<LoopBench> {
  const next = await (lives.at(-1) ?? bench).afterKill();
  lives.push(next);
  return next;
}

/** As a start does it: see wiring.ts. */
async function starts({ records, loop, clock, core }: LoopBench): Promise<Listening> {
  const listening = await Listening.from({ records, loop, clock, logger, lastInputAt: core.now });
  listening.begins();
  await loop.drained();
  return listening;
}

const calls = async ({ records, clock }: LoopBench): Promise<string[]> => {
  const { items } = await records.notices({ paths: [''] }, { limit: 500 });
  return items
    .map(({ case: id, createdAt, content }) => `${id} ${content.event} ${(createdAt - clock.now()) / MINUTE}`)
    .sort();
};
const books = ({ core }: LoopBench): unknown =>
  [...core.subjects.values()].map(({ id, nextAlert, book }) => [id, nextAlert, book]);

test('a service that was killed and starts hours later calls once for a case, and a second kill changes nothing', async () => {
  await open(['h1']);
  await press(['h1']);
  const killed = await afterKill();
  killed.clock.advance(12 * HOUR);
  const listening = await starts(killed);
  expect(await calls(killed)).toEqual(['h1.c1 case-escalated 0', 'h1.c1 case-opened -720']);
  // It begins to listen twice at a start: the second time it was not away.
  killed.clock.advance(5 * MINUTE + SECOND);
  listening.begins();
  await killed.loop.drained();
  expect((await calls(killed)).length).toBe(3);
  await killed.checkpoints.complete();
  const again = await afterKill();
  expect(books(again)).toEqual(books(killed));
  expect(again.core.absence).toEqual(killed.core.absence);
});

test('of a short stop nobody is called twice either', async () => {
  await open(['h1']);
  const listening = await starts(bench);
  await press(['h1']);
  listening.goesOn();
  await listening.ends();
  const killed = await afterKill();
  killed.clock.advance(4 * MINUTE);
  await starts(killed);
  expect(await calls(killed)).toEqual(['h1.c1 case-escalated 0', 'h1.c1 case-opened -4']);
});

test('a machine that slept is a service that was away', async () => {
  await open(['h1']);
  await press(['h1']);
  bench.clock.leap(10 * HOUR);
  bench.loop.tick();
  await bench.loop.drained();
  expect(await calls(bench)).toEqual(['h1.c1 case-escalated 0', 'h1.c1 case-opened -600']);
  const killed = await afterKill();
  expect(books(killed)).toEqual(books(bench));
});

atLength(
  'so it is with more cases than one step works off, and with a kill in the midst of them',
  async () => {
    const { dueSliceMax } = LIMITS;
    onTestFinished(() => void Object.assign(LIMITS, { dueSliceMax }));
    Object.assign(LIMITS, { dueSliceMax: SLOW ? dueSliceMax : 20 });
    const homes = Array.from({ length: 2 * LIMITS.dueSliceMax + 5 }, (_, n) => `h${n}`);
    await open(homes);
    await press(homes);
    const killed = await afterKill();
    killed.clock.advance(HOUR);
    const listening = await Listening.from({
      records: killed.records,
      loop: killed.loop,
      clock: killed.clock,
      logger,
      lastInputAt: killed.core.now,
    });
    listening.begins();
    await new Promise((resolve) => setImmediate(resolve));
    const again = await afterKill();
    expect(again.core.behind).toBe(true);
    again.loop.tick();
    await again.loop.drained();
    await killed.loop.drained();
    expect(books(again)).toEqual(books(killed));
    const ladders = [...killed.core.subjects.values()].map(({ book }) => book?.cases[0]?.ladder?.nextAt);
    expect(new Set(ladders)).toEqual(new Set([killed.clock.now() + 5 * MINUTE]));
  },
);
