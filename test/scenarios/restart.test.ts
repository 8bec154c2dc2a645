import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR, ManualClock, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { community, T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { letPass, type TestService, testService } from '../service.ts';
import { productRules } from './story.ts';

const entries = community({
  h1: [
    { id: 'meter', model: 'water-meter' },
    { id: 'band', model: 'wristband' },
  ],
});

let dir = '';
let clock: ManualClock;
let service: TestService | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-restart-'));
  clock = new ManualClock(T0 + HOUR);
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function start(rules: readonly unknown[] = productRules): Promise<TestService> {
  service = await testService({ dir, clock, entries, rules });
  return service;
}

async function stop(): Promise<void> {
  await service?.stop();
  service = undefined;
}

async function say({ loop }: TestService, device: string, payload: object): Promise<void> {
  const topic = `shouwang/${device}/telemetry`;
  const message = { receivedAt: clock.now(), topic, payload: Buffer.from(JSON.stringify(payload)) };
  loop.receive({ message, qos: 1, done: () => {} });
  await loop.drained();
}

const after = (running: TestService, ms: number): Promise<void> => letPass(running, clock, ms);

const alerts = async ({ service: { records } }: TestService): Promise<string[]> =>
  (await records.alerts({ paths: [''] }, { limit: 100 })).items.map(({ rule, raisedAt }) => {
    return `${rule} after ${(raisedAt - T0) / MINUTE} minutes`;
  });

atLength(
  'a rule file with mistakes is no outage: the rules of the last run go on, and the health page says so',
  async () => {
    const before = (await start()).core.ruleSet;
    await stop();
    const broken = await start([{ id: 'X', kind: 'nope' }]);
    expect(broken.core.ruleSet).toEqual(before);
    expect(broken.service.health().checks['rules']).toMatchObject({
      ok: false,
      detail: { zh: expect.stringContaining('没有规则种类 "nope"'), en: expect.stringContaining('nope') },
    });
  },
);

test('a first start with a rule file with mistakes is refused: there is nothing to go on with', async () => {
  await expect(start([{ id: 'X', kind: 'nope' }])).rejects.toThrow(/nope/);
});

atLength('ten hours of downtime raise no silence, though the rule file was changed meanwhile', async () => {
  await say(await start(), 'meter', { at: clock.now(), water_index_m3: 5 });
  await stop();
  clock.advance(10 * HOUR);
  const changed = productRules.map((rule) =>
    rule.id === 'M1' ? { ...rule, params: { intervals: 2 } } : rule,
  );
  const again = await start(changed);
  await after(again, SECOND);
  expect(again.core.ruleSet.rules.find(({ id }) => id === 'M1')).toMatchObject({ params: { intervals: 2 } });
  // That nobody was watched for so long is told as what it is, and not as silence of the devices.
  const unattended = expect.stringMatching(/^unattended /);
  expect(await alerts(again)).toEqual([unattended]);
  // Twice the interval of an hour and the grace of two and a half, from when we listen again.
  await after(again, 4.5 * HOUR);
  expect(await alerts(again)).toEqual(['M1 after 930 minutes', unattended]);
});

test('a fall that waited when the service was stopped is raised when it starts, and somebody is told', async () => {
  await say(await start(), 'band', { at: clock.now(), event: 'fall' });
  await stop();
  clock.advance(HOUR);
  const again = await start();
  await again.loop.drained();
  expect(await alerts(again)).toEqual(['B2 after 60.5 minutes']);
  await expect.poll(() => again.printed.join()).toContain('跌倒');
});
