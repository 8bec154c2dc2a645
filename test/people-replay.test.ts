import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { storeSubject } from '../src/app/subject.ts';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import type { Command } from '../src/model/command.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { SERVICE_SUBJECT } from '../src/model/service-finding.ts';
import { community, gridWorker } from './core.ts';
import { LoopBench } from './loop-bench.ts';
import { atLength } from './runs.ts';

/** What people say of homes and messages survives a `kill -9` at any point between two checkpoints. */
let bench: LoopBench;

beforeEach(async () => {
  const rules = [
    { id: 'N1', kind: 'event', params: { events: ['removed'] }, priority: 'P2' },
    { id: 'W1', kind: 'low-consumption' },
    { id: 'C3', kind: 'visit-overdue' },
  ];
  bench = new LoopBench(ruleSetSchema.parse({ version: '1', rules }));
  const homes = { h1: ['meter', 'band'], h2: ['band'] } as const;
  const models = { meter: 'water-meter', band: 'wristband' } as const;
  await bench.open(
    community(
      Object.fromEntries(
        Object.entries(homes).map(([home, things]) => [
          home,
          things.map((thing) => ({ id: `${home}-${thing}`, model: models[thing] })),
        ]),
      ),
    ),
  );
});
afterEach(() => bench.close());

const ask = async (command: Command): Promise<void> => {
  expect(await bench.loop.submit(command, '周敏')).toMatchObject({ ok: true });
};
let litres = 1000;
const reads = async (drawn: number): Promise<void> => {
  litres += drawn;
  bench.publish('h1-meter', { at: bench.clock.now(), water_index_m3: litres / 1000 });
  await bench.loop.drained();
};
const pass = async (ms: number): Promise<void> => {
  bench.clock.advance(ms);
  bench.loop.tick();
  await bench.loop.drained();
};

/** All that a home or the service remembers, as it would be stored. */
const stateOf = (core: Core): unknown => {
  const of = (id: string): unknown => {
    const subject = core.subject(id);
    return subject && JSON.parse(storeSubject(subject, core.rules));
  };
  return { h1: of('h1'), h2: of('h2'), service: of(SERVICE_SUBJECT), away: core.registry.home('h1')?.away };
};

/** A home that waits for nothing is stored as due at the end of all time. */
const dueOf = (core: Core): number => Math.min(core.subject('h1')?.filedDue ?? 0, Number.MAX_SAFE_INTEGER);

async function isRemembered(): Promise<void> {
  const next = await bench.afterKill();
  expect(stateOf(next.core)).toEqual(stateOf(bench.core));
  expect(dueOf(next.core)).toBe(dueOf(bench.core));
  await next.close();
}

test('an absence that the first water ended, and the answer to that', async () => {
  const from = bench.clock.now();
  await ask({ type: 'home.away', home: 'h1', period: { from, until: from + 9 * DAY, kind: 'travel' } });
  for (let hour = 0; hour < 12; hour++) {
    await pass(HOUR);
    await reads(0);
  }
  await bench.checkpoints.complete();
  await pass(HOUR);
  await reads(20);
  expect(bench.core.subject('h1')?.book?.cases.map((one) => one.case.kind)).toEqual(['care']);
  await isRemembered();
  await pass(MINUTE);
  await ask({ type: 'home.answer', home: 'h1', answer: 'extend', days: 3 });
  await isRemembered();
  await pass(HOUR);
  await reads(0);
  await isRemembered();
});

test('a question that was asked, once more, and answered', async () => {
  const from = bench.clock.now();
  await ask({ type: 'home.away', home: 'h1', period: { from, until: from + 12 * HOUR, kind: 'hospital' } });
  await bench.checkpoints.complete();
  await pass(13 * HOUR);
  await isRemembered();
  await pass(24 * HOUR);
  await isRemembered();
  await ask({ type: 'home.answer', home: 'h1', answer: 'back', days: 3 });
  await isRemembered();
});

atLength('silences, what they hold back and when that is told, and a drill meanwhile', async () => {
  const until = bench.clock.now() + 2 * HOUR;
  await bench.checkpoints.complete();
  const silence = { type: 'silence.begin', mode: 'silence', reason: '检修' } as const;
  await ask({ ...silence, id: 's1', home: 'h1', until, testers: [] });
  await ask({ ...silence, id: 's2', home: 'h2', until, testers: [] });
  for (const home of ['h1', 'h2']) bench.publish(`${home}-band`, { at: bench.clock.now(), event: 'removed' });
  await bench.loop.drained();
  expect(bench.core.service.silences.map(({ held }) => held > 0)).toEqual([true, true]);
  await isRemembered();
  await ask({ type: 'drill.begin', home: 'h2', priority: 'P2', note: '' });
  await ask({ type: 'home.help', home: 'h2', priority: 'P2', from: '女儿', note: '没有人应门' });
  await ask({ type: 'home.request', home: 'h2', category: 'errands', from: '女儿', note: '代取药' });
  await pass(10 * MINUTE);
  await ask({ type: 'silence.end', id: 's2' });
  await pass(MINUTE);
  await isRemembered();
  await pass(2 * HOUR);
  expect(bench.core.subject('h1')?.book?.cases[0]?.silenced).toBeUndefined();
  await isRemembered();
});

test("that a device which called and was nobody's has been enrolled since", async () => {
  const call = { address: 'h2-pad', call: 'sos', topic: '', from: 'h2-pad', sent: '' } as const;
  await ask({ type: 'stranger.called', ...call, at: bench.clock.now() });
  await bench.checkpoints.complete();
  expect(bench.core.service.hasOpenCase).toBe(true);
  const pad = { noun: 'device', id: 'h2-pad', model: 'wristband', home: 'h2', enrolledAt: 0 };
  await ask({ type: 'registry.apply', put: [registryEntrySchema.parse(pad)], remove: [] });
  await isRemembered();
  await ask({ type: 'stranger.called', ...call, address: 'h3-pad', at: bench.clock.now() });
  await isRemembered();
});

test('that a home is to be visited as before, said once more when an absence was over', async () => {
  const from = bench.clock.now();
  const visit = { home: 'h1', at: from, by: '周敏', result: 'seen', note: '' } as const;
  await ask({ type: 'home.visits', visits: [visit], source: 'console' });
  await ask({ type: 'home.away', home: 'h1', period: { from, until: from + HOUR, kind: 'hospital' } });
  await bench.checkpoints.complete();
  await pass(2 * HOUR);
  await ask({ type: 'home.visit-class', home: 'h1', visitClass: null });
  await isRemembered();
});

test('that somebody called before the number of a colleague was changed who was told of the gateway alone', async () => {
  const entries = [
    { noun: 'node', path: 'haitang/g2', level: 'grid', name: '第二网格' },
    { noun: 'gateway', id: 'gw2', parent: 'haitang/g2', enrolledAt: 0 },
    { noun: 'device', id: 'h1-pad', model: 'wristband', home: 'h1', gateway: 'gw2', enrolledAt: 0 },
  ].map((entry) => registryEntrySchema.parse(entry));
  await ask({ type: 'registry.apply', put: [...entries, gridWorker('zhou', 'haitang/g2')], remove: [] });
  const call = { address: 'nobodys', call: 'sos', topic: '', from: '', sent: '' } as const;
  await ask({ type: 'stranger.called', ...call, gateway: 'gw2', at: bench.clock.now() });
  await bench.checkpoints.complete();
  bench.publish('h1-pad', { at: bench.clock.now(), event: 'removed' });
  await bench.loop.drained();
  expect(bench.core.subject('h1')?.book?.cases).toHaveLength(1);
  await ask({ type: 'registry.apply', put: [gridWorker('zhou', 'haitang/g2', '周敏')], remove: [] });
  await isRemembered();
});
