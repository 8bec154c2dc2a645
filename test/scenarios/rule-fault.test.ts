import { describe, expect, test } from 'vitest';
import { Core, type CoreOptions } from '../../src/app/core.ts';
import { faultyRules, faultyRulesText } from '../../src/app/faulty-rules.ts';
import { step } from '../../src/app/pipeline.ts';
import { storeSubject } from '../../src/app/subject.ts';
import { restarted } from '../../src/backtest/run.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { DeviceEvent, Report } from '../../src/model/message.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { Registry } from '../../src/registry/registry.ts';
import type { CompiledRule } from '../../src/rules/compile.ts';
import { Faults } from '../../src/rules/faults.ts';
import type { RuleSubject } from '../../src/rules/instance.ts';
import { community, models, policy, T0 } from '../core.ts';
import { FAILS, FAILS_ALONE, HOMES, Life, ownKinds, SAYS_NOTHING, WAKES_TO_FAIL, X1 } from './faulty-life.ts';
import { productRules } from './story.ts';

const OPEN = `${SERVICE_SUBJECT} |  | open`;

test('a rule that fails in one home ends neither the service, nor the rule elsewhere, nor the other rules there; and technicians are told', async () => {
  const life = await Life.of(X1);
  await life.pulse('h1', 55);
  await life.pulse('h1', FAILS);
  await life.pulse('h2', 120);
  await life.says('h1-band', { event: 'sos' });
  expect(life.bench.acknowledged).toBe(4);
  // Nothing is left of what it did before it failed, and a number that nobody has seen is given again.
  expect(await life.alerts('X1')).toEqual(['h2 | pulse 120 | open']);
  expect(life.bench.core.subjects.get('h1')?.book?.cases).toHaveLength(1);
  const [sos] = (await life.bench.records.alerts({ paths: [''] }, { limit: 9 })).items.filter(
    ({ rule }) => rule === 'B1',
  );
  expect(sos?.id).toBe('h1.a1');

  await life.pass(MINUTE);
  expect(await life.alerts('rule-failed')).toEqual([OPEN]);
  const error = 'TypeError: no such thing';
  expect(life.told).toMatchObject({ rules: 'X1', count: 1, homes: 'h1', detail: error, key: 'X1' });
  expect(faultyRulesText(faultyRules(life.bench.core))?.zh).toBe(
    `规则 X1 在 1 处运行出错，已从头开始，在那里可能漏报：h1（${error}）`,
  );
  const [watch] = life.watches('h1', 'X1');
  expect(watch?.state).toBe('failed');
  // What it remembered is kept for whoever mends it.
  expect(watch?.fault).toMatchObject({ count: 1, error, state: '{"seen":2}' });
  expect(life.watches('h2', 'X1')[0]?.fault).toBeUndefined();

  // It began anew: what comes next is judged.
  await life.pulse('h1', 130);
  expect(await life.alerts('X1')).toEqual(['h1 | pulse 130 | open', 'h2 | pulse 120 | open']);
});

test('a finding that says nothing of when it was is a failure of its rule, and breaks nobody who would take it', async () => {
  const life = await Life.of(X1);
  await life.pulse('h1', SAYS_NOTHING);
  await life.pulse('h1', 130);
  await life.pass(MINUTE);
  expect(await life.alerts('X1')).toEqual(['h1 | pulse 130 | open']);
  expect(life.told?.['detail']).toMatch(/^RangeError: a finding that says nothing: since NaN/);
});

test('what a rule had found before it failed stays open until people end it', async () => {
  const life = await Life.of(X1);
  await life.pulse('h1', 110);
  await life.pulse('h1', FAILS);
  expect(await life.alerts('X1')).toEqual(['h1 | pulse 110 | open']);
  await life.pulse('h1', 55);
  await life.pass(3 * DAY);
  await life.pulse('h1', 56);
  expect(await life.alerts('X1')).toEqual(['h1 | pulse 110 | open']);
  await life.resolved('h1');
  expect(await life.alerts('X1')).toEqual(['h1 | pulse 110 | resolved']);
  await life.pulse('h1', 57);
  await life.pulse('h1', 140);
  await life.pulse('h1', 58);
  expect(await life.alerts('X1')).toEqual(['h1 | pulse 110 | resolved', 'h1 | pulse 140 | recovered']);
});

test('another home in which it fails is counted, another rule that fails is told anew, and neither twice', async () => {
  const life = await Life.of(X1, { ...X1, id: 'X2', params: { leaves: true }, mode: 'shadow' });
  await life.pulse('h1', FAILS);
  await life.pass(2 * MINUTE);
  await life.pulse('h2', FAILS);
  await life.pass(2 * MINUTE);
  // One in shadow tells nobody.
  expect(life.told).toMatchObject({ rules: 'X1', count: 2, homes: 'h1, h2' });
  expect(await life.alerts('rule-failed')).toEqual([OPEN]);
  await life.replace(X1, { ...X1, id: 'X3' });
  await life.pulse('h3', FAILS);
  await life.pass(2 * MINUTE);
  expect(life.told).toMatchObject({ rules: 'X1, X3', count: 4 });
  expect(await life.alerts('rule-failed')).toEqual([OPEN, OPEN.replace('open', 'recovered')]);
});

test.each([
  ['it has not failed for two days', (life: Life) => life.pass(2 * DAY)],
  ['it has other limits', (life: Life) => life.replace({ ...X1, params: { leaves: true } })],
  ['it is switched off', (life: Life) => life.replace()],
])('a rule that failed is well again once %s', async (_, wait) => {
  const life = await Life.of(X1);
  await life.pulse('h1', FAILS);
  await life.pass(MINUTE);
  expect(await life.alerts('rule-failed')).toEqual([OPEN]);
  await wait(life);
  await life.pass(3 * MINUTE);
  expect(await life.alerts('rule-failed')).toEqual([OPEN.replace('open', 'recovered')]);
  expect(life.watches('h1', 'X1')[0]?.fault).toBeUndefined();
});

test('a timer that fails is tried again after a minute, then after twice as long each time, up to an hour', async () => {
  const life = await Life.of({ id: 'X4', kind: 'faulty-deadline' });
  const failed = (): number => life.bench.core.engine.faults.counts.get('X4') ?? 0;
  await life.pass(MINUTE);
  expect(failed()).toBe(1);
  const minutes: number[] = [];
  for (let minute = 0, before = failed(); minute < 6 * 60; minute++, before = failed()) {
    await life.pass(MINUTE);
    if (failed() > before) minutes.push(minute);
  }
  const waits = minutes.slice(1).map((minute, n) => minute - (minutes[n] as number));
  expect(waits.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
  // No timer of the home is put off for it, what it cannot say of models and homes ends nothing, and the page of the home is there.
  expect(life.bench.core.putOffs.count).toBe(0);
  await life.pulse('h2', 50);
  expect(life.watches('h2', 'X4').map(({ state }) => state)).toContain('failed');
  expect(life.told).toMatchObject({ rules: 'X4', homes: 'h1', detail: 'TypeError: no date' });
});

test('so does a rule about a building, and one about what others found leaves what they found as it is', async () => {
  const life = await Life.of({ id: 'A9', kind: 'faulty-area' }, { id: 'R9', kind: 'faulty-watcher' });
  await life.pass(16 * MINUTE);
  const { faults } = life.bench.core.engine;
  // At once, and after a minute, two, four and eight.
  expect(faults.counts.get('A9')).toBe(5);
  expect(life.bench.core.putOffs.count).toBe(0);
  await life.says('h1-band', { event: 'sos' });
  expect([await life.alerts('B1'), await life.alerts('R9')]).toEqual([[expect.stringMatching('h1')], []]);
  // Another rule is told anew.
  await life.pass(2 * MINUTE);
  expect(life.told).toMatchObject({ rules: 'A9, R9', count: 2 });
});

test('people who know of it hear no more of it for a while, also after a start, but of another rule that fails', async () => {
  const X3 = { ...X1, id: 'X3', params: { leaves: true } };
  const life = await Life.of(X1, X3);
  await life.pulse('h1', FAILS_ALONE);
  await life.pass(MINUTE);
  await life.resolved(SERVICE_SUBJECT);
  const known = [OPEN.replace('open', 'resolved')];
  await life.bench.checkpoints.complete();
  const next = await life.restarted();
  await next.pass(MINUTE);
  next.bench.core.wakeAll();
  await next.pulse('h2', FAILS_ALONE);
  await next.pass(HOUR);
  expect(await next.alerts('rule-failed')).toEqual(known);
  await next.pulse('h1', FAILS);
  await next.pass(MINUTE);
  expect(next.told).toMatchObject({ rules: 'X1, X3' });
});

test('what has been well for long counts for nothing, and costs nothing, also after a start', async () => {
  const life = await Life.of(X1);
  for (const home of HOMES) await life.pulse(home, FAILS);
  await life.pass(3 * DAY);
  await life.pulse('h3', 56);
  expect(
    life
      .states()
      .filter((state) => state.includes('no such thing'))
      .map(([, n]) => n),
  ).toEqual(['1', '2']);
  await life.bench.checkpoints.complete();
  const next = await life.restarted();
  await next.pulse('h3', FAILS);
  next.bench.core.wakeAll();
  expect(faultyRules(next.bench.core)).toMatchObject([{ count: 1, some: [{ id: 'h3' }] }]);
});

test('a rule that fails in turn in the same homes has nothing new to tell', async () => {
  const life = await Life.of(X1);
  for (let minute = 0; minute < 20; minute++) {
    await life.pulse(minute % 2 === 0 ? 'h1' : 'h2', FAILS);
    await life.pass(MINUTE);
  }
  expect(life.told).toMatchObject({ count: 2, homes: 'h1, h2' });
  expect(life.bench.core.service.findings['rule-failed']?.open?.version).toBe(2);
});

test('a rule that fails all the time does not fill the log', () => {
  const faults = new Faults(true);
  const rule = { id: 'X1', kind: { kind: 'faulty' } } as CompiledRule;
  const fails = (at: number): void =>
    faults.note(rule, { id: 'h1' } as RuleSubject, { on: 'onReport', device: 'd', at, error: 'x' });
  let written = 0;
  for (let at = T0; at < T0 + HOUR; at += 200) {
    fails(at);
    written += faults.takeRecent(at).length;
  }
  expect(written).toBeLessThan(200);
  expect(faults.counts.get('X1')).toBe(18_000);
});

describe('a call for help', () => {
  const C1 = { id: 'C1', kind: 'faulty-calls' };
  const calls = async (rule: unknown = C1): Promise<Life> => {
    const bench = await Life.of();
    await bench.bench.loop.submit(
      { type: 'rules.replace', ruleSet: ruleSetSchema.parse({ version: 'calls', rules: [rule] }) },
      'system',
    );
    return bench;
  };

  test('whose rule fails is a case of its home in the very step that takes it', async () => {
    const life = await calls();
    await life.says('h1-band', { event: 'sos' });
    const [alert] = await life.alerts('calls-no-rule-takes');
    expect(alert).toContain('h1 | 设备 h1-band 报来“紧急呼叫”，而规则 C1 此刻不告警（规则在此运行出错）');
    await life.says('h1-band', { event: 'sos' });
    expect(life.bench.core.subjects.get('h1')?.book?.cases).toHaveLength(1);
    await life.pass(MINUTE);
    expect(await life.alerts('rule-failed')).toEqual([OPEN]);
  });

  test('on which one rule fails is told by another that takes it, and by none where both fail', async () => {
    const life = await calls();
    const rules = (...more: unknown[]) =>
      ruleSetSchema.parse({ version: `${more.length}`, rules: [C1, ...more] });
    const b1 = productRules.find((rule) => (rule as { id: string }).id === 'B1');
    await life.bench.loop.submit({ type: 'rules.replace', ruleSet: rules(b1) }, 'system');
    await life.says('h1-band', { event: 'sos' });
    expect(await life.alerts('B1')).toHaveLength(1);
    expect(await life.alerts('calls-no-rule-takes')).toEqual([]);
    const both = rules({ ...C1, id: 'C2' }, { ...C1, id: 'C3' });
    await life.bench.loop.submit({ type: 'rules.replace', ruleSet: both }, 'system');
    await life.says('h2-band', { event: 'sos' });
    expect((await life.alerts('calls-no-rule-takes')).map((one) => one.slice(0, 2))).toEqual(['h2']);
  });

  test.each([
    ['in its time', false],
    ['while thousands of others are worked off', true],
  ])('that waits in a rule which cannot tell it any more is a case of its home, %s', async (_, isBehind) => {
    const life = await calls({ ...C1, params: { dumb: true } });
    const { core, clock, loop } = life.bench;
    await life.says('h1-band', { event: 'fall' });
    Object.assign(core, { behind: isBehind, behindSince: core.now });
    clock.advance(2 * MINUTE);
    if (isBehind) await life.says('h1-band', { battery_pct: 80 });
    else loop.tick();
    await loop.drained();
    expect(await life.alerts('C1')).toEqual([]);
    const told = await life.alerts('calls-no-rule-takes');
    expect(told).toEqual([expect.stringMatching(/^h1 \| 设备 h1-band 报来“跌倒”，而规则 C1 /)]);
  });

  test('that waits in a rule is told when the rule fails, for it would be forgotten', async () => {
    const life = await calls();
    await life.says('h1-band', { event: 'fall' });
    expect(await life.alerts('C1')).toEqual([]);
    await life.says('h1-band', { event: 'sos' });
    expect(await life.alerts('C1')).toEqual(['h1 | a fall | open']);
    expect(await life.alerts('calls-no-rule-takes')).toHaveLength(1);
  });
});

test.each([
  ['after a checkpoint', true],
  ['before any checkpoint', false],
])(
  'a service that was killed when a rule had failed %s knows the same after its start, and tells nothing twice',
  async (_, stored) => {
    const life = await Life.of(X1, { id: 'X4', kind: 'faulty-deadline' });
    await life.pulse('h1', 110);
    await life.pulse('h2', WAKES_TO_FAIL);
    if (!stored) await life.bench.checkpoints.complete();
    await life.pulse('h1', FAILS);
    await life.pulse('h1', FAILS);
    await life.pass(65 * MINUTE);
    if (stored) await life.bench.checkpoints.complete();
    const next = await life.restarted();
    next.bench.core.wakeAll();
    expect(next.states()).toEqual(life.states());
    await next.pass(5 * MINUTE);
    await life.pass(5 * MINUTE);
    expect(await next.alerts('rule-failed')).toEqual(await life.alerts('rule-failed'));
    expect(next.told).toEqual(life.told);
    await next.pulse('h1', 55);
    expect(await next.alerts('X1')).toEqual(['h1 | pulse 110 | open']);
  },
);

describe('a story with failures in it', () => {
  const PULSES = [50, 110, FAILS, 60, WAKES_TO_FAIL, FAILS, 120, 70, FAILS, 80, 130];
  const EVENTS: Readonly<Record<number, DeviceEvent['event']>> = { 2: 'fall', 3: 'sos', 7: 'sos' };
  const options: Omit<CoreOptions, 'knownAt'> = {
    models,
    kinds: ownKinds,
    registry: Registry.from(
      community({
        h1: [
          { id: 'h1-meter', model: 'water-meter' },
          { id: 'h1-band', model: 'wristband' },
        ],
      }),
    ),
    ruleSet: ruleSetSchema.parse({ version: 'story', rules: [X1, { id: 'C1', kind: 'faulty-calls' }] }),
    policy,
    channels: new Set(['terminal']),
    containsFaults: true,
  };
  const report = (device: string, at: number, said: Partial<Report>): Report => ({
    kind: 'report',
    receivedAt: at,
    device,
    clock: 'device',
    readings: [],
    events: [],
    ...said,
  });
  const reports = PULSES.flatMap((value, n) => {
    const at = T0 + n * 20 * MINUTE;
    const event = EVENTS[n];
    return [
      report('h1-band', at, { readings: [{ metric: 'pulse_bpm', value, at }] }),
      ...(event ? [report('h1-band', at + MINUTE / 2, { events: [{ event, at: at + MINUTE / 2 }] })] : []),
    ];
  });

  function played({ restarts = false, tickMs = 0 }): { effects: Effect[]; state: string } {
    let core = new Core({ ...options, knownAt: T0 });
    const effects: Effect[] = [];
    const take = (input: Parameters<typeof step>[1]): void => {
      effects.push(...step(core, input).effects);
      if (restarts) core = restarted(core, options);
    };
    take({ kind: 'tick', receivedAt: T0, listeningSince: T0 });
    let at = T0;
    for (const input of reports) {
      for (; tickMs > 0 && at < input.receivedAt; at += tickMs) take({ kind: 'tick', receivedAt: at });
      take(input);
    }
    take({ kind: 'tick', receivedAt: T0 + DAY });
    return { effects, state: storeSubject(core.subjects.get('h1') as never, core.rules) };
  }

  test('says the same to the byte when it is restored after each input, and however often somebody looks at the clock', () => {
    const straight = played({});
    expect(straight.effects.filter(({ type }) => type === 'alert').length).toBeGreaterThan(3);
    expect(straight.effects.filter(({ type }) => type === 'device-command')).toEqual([]);
    expect(JSON.stringify(played({ restarts: true }))).toBe(JSON.stringify(straight));
    expect(JSON.stringify(played({ tickMs: 7 * MINUTE }))).toBe(JSON.stringify(straight));
    expect(JSON.stringify(played({ tickMs: MINUTE, restarts: true }))).toBe(JSON.stringify(straight));
  });

  test('ends at once, and says which rule it was and where, for whoever tries rules', () => {
    const core = new Core({ ...options, containsFaults: false, knownAt: T0 });
    const [first] = reports;
    step(core, first as Report);
    const fails = report('h1-band', T0 + HOUR, {
      readings: [{ metric: 'pulse_bpm', value: FAILS, at: T0 + HOUR }],
    });
    expect(() => step(core, fails)).toThrow(/rule X1 \(faulty\) failed in onReport at h1, h1-band, 2026-/);
  });
});
