import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dueWhilePutOff } from '../../src/app/put-off.ts';
import { TimerAudit } from '../../src/app/timer-audit.ts';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { type NotifyPolicy, notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import type { AnyRuleKind } from '../../src/rules/compile.ts';
import { defineRule } from '../../src/rules/define.ts';
import { kinds, policy, T0 } from '../core.ts';
import { productRules } from './story.ts';
import { WatchedLife } from './watched-life.ts';

const HOMES = Array.from({ length: LIMITS.dueSliceMax + 20 }, (_, n) => `h${n}`);
const FAULT_AT = T0 + HOUR;
const FAULTY = { id: 'X1', kind: 'faulty' };

type Fired = { readonly fired: number };
/** When it wants to be woken again: as its due-date says; at this very instant, a millisecond later, or at what is no instant. */
type Awakes = 'stays' | 'now' | 'soon' | 'nan' | 'undated';
/** A kind with a defect that shows an hour after the begin, in homes whose meter is one of these. */
const kindOf = (isFaulty: (home: string) => boolean, awakes: Awakes): AnyRuleKind => {
  const woken = new Set<string>();
  const isMet = (device: string): boolean =>
    device.endsWith('-meter') && isFaulty(device.replace('-meter', ''));
  return defineRule<Record<string, never>, Fired>({
    kind: 'faulty',
    title: { zh: '有缺陷的规则', en: 'faulty' },
    summary: { zh: '（仅供测试）', en: 'for tests' },
    about: 'person',
    priority: 'P3',
    scope: 'device',
    params: z.strictObject({}),
    reads: () => ({}),
    deadline(watched) {
      if (!('state' in watched && isMet(watched.state.id))) return undefined;
      if (awakes === 'nan' && woken.has(watched.state.id)) return undefined;
      return awakes === 'undated' && watched.state.heardAt >= FAULT_AT ? Number.NaN : FAULT_AT;
    },
    onTimer(context) {
      context.state = { fired: (context.state?.fired ?? 0) + 1 };
      if (context.device) woken.add(context.device.state.id);
      const again = { now: context.now, soon: context.now + 1, nan: Number.NaN };
      if (awakes in again) context.wakeAt(again[awakes as keyof typeof again]);
    },
    milder: 'no-limit',
    examples: [],
  }) as AnyRuleKind;
};

class Life extends WatchedLife {
  static async of(kind: AnyRuleKind, notify: NotifyPolicy = policy): Promise<Life> {
    const own = new Map([...kinds, ['faulty', kind] as const]);
    return new Life(await WatchedLife.open(HOMES, [FAULTY], own, notify));
  }

  async restarted(): Promise<Life> {
    return new Life(await this.afterKill());
  }

  /** What is open or over by now, of one rule. */
  async alerts(rule: string): Promise<string[]> {
    const { items } = await this.bench.records.alerts({ paths: [''] }, { limit: 500 });
    return items
      .filter((one) => one.rule === rule)
      .map(({ subject, raisedAt, clearReason }) =>
        [subject, (raisedAt - T0) / MINUTE, clearReason ?? 'open'].join(' '),
      );
  }

  /** What was raised of a home, and in which minute. */
  async alertsOf(home: string): Promise<Record<string, number>> {
    const { items } = await this.bench.records.alerts({ paths: [''] }, { limit: 500 });
    const own = items.filter(({ subject }) => subject === home);
    return Object.fromEntries(own.map(({ rule, raisedAt }) => [rule, Math.ceil((raisedAt - T0) / MINUTE)]));
  }

  fired(home: string): number {
    const { devices } = this.bench.core.subjects.get(home) ?? { devices: [] };
    return (
      devices.flatMap(({ slots }) => slots.map(({ state }) => (state as Fired)?.fired ?? 0)).find(Boolean) ??
      0
    );
  }
}

const oneHome = (home: string): boolean => home === 'h1';

test.each([
  ['whose due-date stays where it is', 'stays'],
  ['that wants to be woken at the instant at which it is', 'now'],
  ['that wants to be woken a millisecond later, and again', 'soon'],
  ['that wants to be woken at what is no instant', 'nan'],
] as const)(
  'a rule %s has its turn once a minute, and is told as a fault until it is off',
  async (_, awakes) => {
    const life = await Life.of(kindOf(oneHome, awakes));
    await life.pass(HOUR);
    expect(life.fired('h1')).toBe(0);
    await life.pass(MINUTE);
    const atFirst = life.fired('h1');
    expect(atFirst).toBeLessThanOrEqual(LIMITS.firedAtOnceMax + 2);
    await life.pass(29 * MINUTE);
    expect(life.fired('h1') - atFirst).toBe(29);

    // Nobody else is later for it, and what comes is judged in that home too.
    for (const home of ['h1', 'h2'])
      life.bench.publish(`${home}-band`, { at: life.bench.clock.now(), event: 'sos' });
    await life.bench.loop.drained();
    expect((await life.alerts('B1')).sort()).toEqual(['h1 90 open', 'h2 90 open']);
    await life.pass(4 * HOUR);
    const [late, inTime] = [await life.alertsOf('h1'), await life.alertsOf('h2')];
    expect(inTime).toEqual({ B1: 90, M1: 240 });
    expect(late).toEqual({ B1: 90, M1: expect.toBeOneOf([240, 241]) });

    expect(await life.alerts('timers-stuck')).toEqual([`${SERVICE_SUBJECT} 61 open`]);
    const evidence = life.bench.core.service.findings['timers-stuck']?.open?.evidence;
    expect(evidence?.values).toMatchObject({ count: 1, homes: 'h1', rules: 'X1' });
    const reply = await life.bench.loop.submit(
      {
        type: 'rules.replace',
        ruleSet: ruleSetSchema.parse({ version: 'without', rules: productRules }),
      },
      'system',
    );
    expect(reply.ok).toBe(true);
    await life.pass(3 * MINUTE);
    expect(await life.alerts('timers-stuck')).toEqual([`${SERVICE_SUBJECT} 61 recovered`]);
  },
);

test('a due-date that is no number is told as a fault, and nobody else is later for it', async () => {
  const life = await Life.of(kindOf(oneHome, 'undated'));
  await life.pass(HOUR);
  const { clock, loop } = life.bench;
  for (const home of ['h1', 'h2'])
    life.bench.publish(`${home}-meter`, { at: clock.now(), water_index_m3: 1 });
  await loop.drained();
  await life.pass(6 * HOUR);
  expect(await life.alerts('timers-stuck')).toEqual([`${SERVICE_SUBJECT} 61 open`]);
  const evidence = life.bench.core.service.findings['timers-stuck']?.open?.evidence;
  expect(evidence?.values).toMatchObject({ count: 1, homes: 'h1', rules: 'X1' });
  const [late, inTime] = [await life.alertsOf('h1'), await life.alertsOf('h2')];
  expect(inTime).toEqual({ M1: 300 });
  expect(late).toEqual({ M1: expect.toBeOneOf([300, 301]) });
});

test('a service that was killed meanwhile does after its start what it would have done, and tells nothing twice', async () => {
  const life = await Life.of(kindOf(oneHome, 'stays'));
  await life.pass(70 * MINUTE);
  await life.bench.checkpoints.complete();
  await life.pass(5 * MINUTE);
  const next = await life.restarted();
  expect(next.states()).toEqual(life.states());
  await next.pass(10 * MINUTE);
  expect(await next.alerts('timers-stuck')).toEqual([`${SERVICE_SUBJECT} 61 open`]);
  expect(next.fired('h1') - life.fired('h1')).toBe(10);
});

test('a fault that began after the last checkpoint is found at the same instant when the journal is read', async () => {
  const life = await Life.of(kindOf(oneHome, 'stays'));
  await life.bench.checkpoints.complete();
  await life.pass(65 * MINUTE);
  expect(life.fired('h1')).toBeGreaterThan(LIMITS.firedAtOnceMax);
  const next = await life.restarted();
  expect(next.states()).toEqual(life.states());
});

test('a rule that fails in all homes at one instant leaves an SOS its way, and one finding says so', async () => {
  const life = await Life.of(kindOf(() => true, 'stays'));
  await life.pass(HOUR);
  const { clock, loop } = life.bench;
  clock.advance(MINUTE);
  loop.tick();
  life.bench.publish('h7-band', { at: clock.now(), event: 'sos' });
  await loop.drained();
  expect(await life.alerts('B1')).toEqual(['h7 61 open']);
  await life.pass(MINUTE);
  expect(await life.alerts('timers-stuck')).toEqual([`${SERVICE_SUBJECT} 62 open`]);
  const { values } = life.bench.core.service.findings['timers-stuck']?.open?.evidence ?? {};
  expect(values).toMatchObject({ count: HOMES.length, homes: 'h0, h1, h10, h100, h101' });
});

test('the steps of its cases come in time in a home that is put off', async () => {
  const escalation = {
    kinds: ['safety'],
    priorities: ['P1'],
    steps: [{ after: '1min', roles: [] }],
    repeatEvery: '5min',
  };
  const notify = notifyPolicySchema.parse({
    routes: [],
    escalation: [escalation],
    always: ['terminal'],
    fallback: { channels: ['terminal'] },
  });
  const life = await Life.of(kindOf(oneHome, 'stays'), notify);
  await life.pass(65 * MINUTE + 20_000);
  const { clock, loop, core } = life.bench;
  life.bench.publish('h1-band', { at: clock.now(), event: 'sos' });
  await loop.drained();
  const next = (): number => core.subjects.get('h1')?.book?.cases[0]?.ladder?.nextAt ?? 0;
  expect(next()).toBe(clock.now() + MINUTE);
  clock.advance(MINUTE + 1);
  loop.tick();
  await loop.drained();
  expect(next()).toBeGreaterThan(clock.now());
});

describe('a home that is put off', () => {
  const [turn, soon, later] = [T0 + MINUTE, T0 + 10_000, T0 + HOUR];

  test('because a rule does not move on has its next turn in a minute, and the steps of its cases before that', () => {
    const putOff = { since: T0, until: turn, ladder: false };
    expect(dueWhilePutOff(putOff, T0, later)).toBe(turn);
    expect(dueWhilePutOff(putOff, T0, soon)).toBe(soon);
    expect(dueWhilePutOff(putOff, later, later)).toBe(later);
  });

  test('because a step of its cases does not move on has its next turn in a minute, its rules too', () => {
    const putOff = { since: T0, until: turn, ladder: true };
    expect(dueWhilePutOff(putOff, later, T0)).toBe(turn);
    expect(dueWhilePutOff(putOff, soon, T0)).toBe(turn);
    expect(dueWhilePutOff(putOff, later, later)).toBe(later);
  });
});

test('what is put off is no timer that was forgotten', async () => {
  const life = await Life.of(kindOf(oneHome, 'stays'));
  await life.pass(65 * MINUTE);
  const audit = new TimerAudit(life.bench.core, pino({ level: 'silent' }));
  for (let wall = 0; wall < 5_000; wall += 250) await audit.work(wall);
  expect(audit.counts.missing).toBe(0);
});
