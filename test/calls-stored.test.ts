import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brokerHost } from '../src/app/broker-host.ts';
import { hearingOf } from '../src/app/hearing.ts';
import { onboard } from '../src/app/onboarding.ts';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import type { Identity } from '../src/ports/broker.ts';
import { ALL } from './contracts/fixtures.ts';
import { community, envelopes, models, T0 } from './core.ts';
import { LoopBench } from './loop-bench.ts';
import { productRules } from './scenarios/story.ts';

const OTHER: Identity = { kind: 'gateway', id: 'gw2' };
const TOPIC = 'shouwang/band/telemetry';

let bench: LoopBench;
let open: boolean;
beforeEach(async () => {
  bench = new LoopBench(ruleSetSchema.parse({ version: '1', rules: productRules }));
  open = true;
  await bench.open(community({ h1: [{ id: 'band', model: 'wristband', gateway: 'gw1' }] }, ['gw1', 'gw2']));
});
afterEach(async () => {
  if (open) await bench.loop.stop();
  await bench.close();
});

/** What a service makes of them: a command, which is a batch of its own. */
function hear() {
  const { core, loop, clock } = bench;
  const { decoder, ...newcomers } = hearingOf(
    core,
    { models, envelopes },
    { loop },
    pino({ level: 'silent' }),
    clock,
  );
  bench.callsStored = (effects) => onboard(effects, { core, decoder, clock, ...newcomers });
  return brokerHost({ core, loop, decoder, clock, serviceAccounts: [], trusting: false }, new Map());
}
const sos = () => ({ receivedAt: bench.clock.now(), topic: TOPIC, payload: Buffer.from('{"event":"sos"}') });
const cases = async () => (await bench.records.cases({ ...ALL, order: 'newest' }, { limit: 10 })).items;

test('who brings a call on a foreign way is told that it is safe when its case is on disk, not before', async () => {
  const host = hear();
  const known = await new Promise<ReturnType<typeof cases>>((resolve) => {
    host.diverted(sos(), OTHER, () => resolve(cases()));
  });
  expect(known).toMatchObject([{ home: 'h1', priority: 'P2' }]);
});

test('what is no call is acknowledged at once', () => {
  let isDone = false;
  const message = { receivedAt: T0, topic: TOPIC, payload: Buffer.from('{"pulse_bpm":80}') };
  hear().diverted(message, OTHER, () => {
    isDone = true;
  });
  expect(isDone).toBe(true);
});

test('a call that came as the service stopped is not acknowledged: it comes again', async () => {
  const host = hear();
  let isDone = false;
  host.diverted(sos(), OTHER, () => {
    isDone = true;
  });
  open = false;
  await bench.loop.stop();
  expect(await cases()).toEqual([]);
  expect(isDone).toBe(false);
});

test('the same for a call in words that its model cannot read', async () => {
  hear();
  const known = await new Promise<ReturnType<typeof cases>>((resolve) => {
    const message = { ...sos(), payload: Buffer.from('SOS') };
    bench.loop.receive({ message, qos: 1, done: () => resolve(cases()) });
  });
  expect(known).toMatchObject([{ home: 'h1', priority: 'P2' }]);
});
