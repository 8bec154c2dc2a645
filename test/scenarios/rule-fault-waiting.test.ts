import { expect, onTestFinished, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import type { AnyRuleKind } from '../../src/rules/compile.ts';
import { community, kinds, policy } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';
import { FAILS, pulseKind, SAYS_NOTHING, X1 } from './faulty-life.ts';

/** Calls for help, as the product takes them; but it fails at an SOS, and has no words for a fall that has waited for its wearer. */
const event = kinds.get('event') as AnyRuleKind;
const tellsNothing: NonNullable<AnyRuleKind['onTimer']> = (context) => {
  if (context.state === undefined) return;
  context.state = undefined;
  throw new RangeError('no words');
};
const callKind: AnyRuleKind = {
  ...event,
  onReport(context, report) {
    if (report.events.some((one) => one.event === 'sos')) throw new TypeError('no such call');
    event.onReport?.(context, report);
  },
  onTimer: tellsNothing,
  onLeave: tellsNothing,
};

const CALLS = { id: 'B1', kind: 'event', params: { events: ['sos', 'fall'], cancelWindowSeconds: 60 } };

async function lifeUnder(...rules: unknown[]) {
  const own = new Map([...kinds, ['faulty', pulseKind], ['event', callKind]]);
  const ruleSet = ruleSetSchema.parse({ version: 'faulty', rules });
  const bench = new LoopBench(ruleSet, undefined, undefined, policy, own);
  onTestFinished(() => bench.close());
  const band = (id: string) => [{ id, model: 'wristband' }];
  await bench.open([...community({ h1: band('h1-band'), h2: band('h2-band') })]);
  return bench;
}

async function says(bench: LoopBench, what: object, device = 'h1-band'): Promise<void> {
  bench.clock.advance(1_000);
  bench.publish(device, { at: bench.clock.now(), ...what });
  await bench.loop.drained();
}

async function pass(bench: LoopBench, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= MINUTE) {
    bench.clock.advance(Math.min(left, MINUTE));
    bench.loop.tick();
    await bench.loop.drained();
  }
}

/** What is open or over by now, of one rule. */
async function alerts({ records }: LoopBench, rule: string): Promise<string[]> {
  const { items } = await records.alerts({ paths: [''] }, { limit: 100 });
  const some = items.filter((one) => one.rule === rule);
  return some.map((one) => `${one.subject} ${one.evidence.text.zh} ${one.clearReason ?? 'open'}`).sort();
}

const NO_RULE = 'calls-no-rule-takes';

test('a call that comes while another waits is told as well, where the rule fails on both', async () => {
  const life = await lifeUnder(CALLS);
  await says(life, { event: 'fall' });
  await says(life, { event: 'sos' });
  expect(await alerts(life, NO_RULE)).toEqual([
    expect.stringContaining('“紧急呼叫”'),
    expect.stringContaining('“跌倒”'),
  ]);
});

test('a fall that waits is told where the rule forgets it first, and then fails to tell it', async () => {
  const life = await lifeUnder(CALLS);
  await says(life, { event: 'fall' });
  await pass(life, 2 * MINUTE);
  expect(await alerts(life, 'B1')).toEqual([]);
  expect(await alerts(life, NO_RULE)).toEqual([expect.stringContaining('“跌倒”')]);
});

test('a finding that says nothing fails where it is found, also while the hours of its rule keep it back', async () => {
  const life = await lifeUnder({ ...X1, hours: { from: '06:00', to: '06:01' } });
  await says(life, { pulse_bpm: SAYS_NOTHING });
  expect(life.core.engine.faults.counts.get('X1')).toBe(1);
  await says(life, { pulse_bpm: 120 }, 'h2-band');
  await pass(life, 25 * HOUR);
  expect(await alerts(life, 'X1')).toEqual(['h2 pulse 120 open']);
});

test('one that was kept back by an earlier version ends nothing when the hours begin', async () => {
  const life = await lifeUnder({ ...X1, hours: { from: '06:00', to: '06:01' } });
  await says(life, { pulse_bpm: 120 });
  const [instance] = life.core.devices.get('h1-band')?.slots ?? [];
  Object.assign(instance?.held?.finding ?? {}, { since: null, at: null });
  await pass(life, 25 * HOUR);
  expect(await alerts(life, 'X1')).toEqual([]);
  expect(life.core.engine.faults.counts.get('X1')).toBe(1);
  expect(life.core.putOffs.count).toBe(0);
});

test('what a rule on trial had found ends by itself after it failed: nobody sees it who would end it', async () => {
  const life = await lifeUnder({ ...X1, mode: 'shadow' });
  await says(life, { pulse_bpm: 110 });
  await says(life, { pulse_bpm: FAILS });
  const slots = () => life.core.devices.get('h1-band')?.slots ?? [];
  expect(slots().map(({ open }) => open?.draft.evidence.text.zh)).toEqual(['pulse 110']);
  await says(life, { pulse_bpm: 55 });
  expect(slots().map(({ open }) => open)).toEqual([undefined]);
});
