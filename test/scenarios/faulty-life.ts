import { expect } from 'vitest';
import { z } from 'zod';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { AnyRuleKind } from '../../src/rules/compile.ts';
import { defineRule, type Finding, type RuleContext } from '../../src/rules/define.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { kinds } from '../core.ts';
import { WatchedLife, withProductRules } from './watched-life.ts';

export const HOMES = ['h1', 'h2', 'h3'];

/** What makes the faulty rule fail: a pulse that nobody in these stories has otherwise. */
export const FAILS = 166;
/** And what makes its timer fail. */
export const WAKES_TO_FAIL = 167;
/** And what it takes for a finding, and is none. */
export const SAYS_NOTHING = 168;
/** At this one a rule fails that never leaves. */
export const FAILS_ALONE = 169;

interface Memory {
  readonly seen: number;
  readonly timers?: number;
  readonly fails?: true;
  readonly pending?: 'fall';
}
type Params = { readonly leaves?: boolean };

const finding = (at: number, zh: string): Finding => ({
  since: at,
  at,
  evidence: { text: { zh, en: zh }, readings: [], values: { event: 'sos' } },
});

/** Raises at a pulse of 100 or more, ends below; fails in the midst of its work at FAILS. */
export const pulseKind = defineRule<Params, Memory>({
  kind: 'faulty',
  title: { zh: '有缺陷的规则', en: 'faulty' },
  summary: { zh: '（仅供测试）', en: 'for tests' },
  about: 'person',
  priority: 'P2',
  scope: 'device',
  params: z.strictObject({ leaves: z.boolean().exactOptional() }),
  reads: () => ({ metrics: ['pulse_bpm'] }),
  onReport(context, { readings }) {
    for (const { value, at } of readings) {
      context.state = { seen: (context.state?.seen ?? 0) + 1 };
      if (value === WAKES_TO_FAIL) {
        context.state = { ...context.state, fails: true };
        context.wakeAt(context.now + HOUR);
      }
      if (value === SAYS_NOTHING) context.raise(finding(Number.NaN, 'never'));
      else if (value >= 100 && value !== WAKES_TO_FAIL) context.raise(finding(at, `pulse ${value}`));
      else context.clear('recovered');
      const isAlone = value === FAILS_ALONE && !context.params.leaves;
      if (value !== FAILS && !isAlone) continue;
      context.again(finding(at, 'half way'));
      context.command({ measure: 'nothing' });
      throw new TypeError('no such thing');
    }
  },
  onTimer(context) {
    if (context.state?.fails) throw new RangeError('not at this hour');
  },
  milder: 'no-limit',
  examples: [],
}) as AnyRuleKind;

interface CallParams {
  /** It fails as well when the fall is to be told. */
  readonly dumb?: boolean;
}

/** Takes calls for help, and fails at an SOS; a fall waits in it for a minute. */
const callKind = defineRule<CallParams, Memory>({
  kind: 'faulty-calls',
  title: { zh: '有缺陷的呼救规则', en: 'faulty calls' },
  summary: { zh: '（仅供测试）', en: 'for tests' },
  about: 'person',
  priority: 'P1',
  scope: 'device',
  params: z.strictObject({ dumb: z.boolean().exactOptional() }),
  reads: () => ({ events: ['sos', 'fall'] }),
  onReport(context, { events }) {
    if (events.some(({ event }) => event === 'sos')) throw new TypeError('no such call');
    context.state = { seen: 1, pending: 'fall' };
    context.wakeAt(context.now + MINUTE);
  },
  onTimer: tellFall,
  onLeave: tellFall,
  milder: 'no-limit',
  examples: [],
}) as AnyRuleKind;

function tellFall(context: RuleContext<CallParams, Memory>): void {
  if (!context.state?.pending) return;
  if (context.params.dumb) throw new TypeError('no words');
  context.state = undefined;
  context.raise(finding(context.now, 'a fall'));
}

/** A deadline that fails in one home. */
const deadlineKind = defineRule<Record<string, never>, Memory>({
  kind: 'faulty-deadline',
  title: { zh: '有缺陷的时限', en: 'faulty deadline' },
  summary: { zh: '（仅供测试）', en: 'for tests' },
  about: 'device',
  priority: 'P3',
  scope: 'device',
  params: z.strictObject({}),
  reads: () => ({ any: true }),
  hears() {
    throw new TypeError('no model');
  },
  deadline: (watched) => {
    if ('state' in watched && watched.state.id === 'h1-band') throw new TypeError('no date');
    return undefined;
  },
  onTimer() {
    throw new TypeError('no date');
  },
  usual() {
    throw new TypeError('nothing usual');
  },
  milder: 'no-limit',
  examples: [],
}) as AnyRuleKind;

/** It looks at a building, and fails; and so it does where something in a home has been found. */
const areaKind = defineRule<Record<string, never>, Memory>({
  kind: 'faulty-area',
  title: { zh: '有缺陷的片区规则', en: 'faulty area' },
  summary: { zh: '（仅供测试）', en: 'for tests' },
  about: 'area',
  priority: 'P3',
  scope: 'area',
  params: z.strictObject({}),
  reads: () => ({ any: true }),
  onTimer() {
    throw new TypeError('no building');
  },
  milder: 'no-limit',
  examples: [],
}) as AnyRuleKind;

const watcherKind = defineRule<Record<string, never>, Memory>({
  kind: 'faulty-watcher',
  title: { zh: '有缺陷的综合规则', en: 'faulty watcher' },
  summary: { zh: '（仅供测试）', en: 'for tests' },
  about: 'person',
  priority: 'P3',
  scope: 'home',
  params: z.strictObject({}),
  reads: () => ({}),
  onFindings(context) {
    context.raise(finding(context.now, 'half'));
    throw new TypeError('no findings');
  },
  milder: 'no-limit',
  examples: [],
}) as AnyRuleKind;

export const ownKinds = new Map([
  ...kinds,
  ...[pulseKind, callKind, deadlineKind, areaKind, watcherKind].map((kind) => [kind.kind, kind] as const),
]);
export const X1 = { id: 'X1', kind: 'faulty' };
export class Life extends WatchedLife {
  static async of(...rules: unknown[]): Promise<Life> {
    return new Life(await WatchedLife.open(HOMES, rules, ownKinds));
  }

  async restarted(): Promise<Life> {
    return new Life(await this.afterKill());
  }

  async says(device: string, what: object): Promise<void> {
    this.bench.clock.advance(1_000);
    this.bench.publish(device, { at: this.bench.clock.now(), ...what });
    await this.bench.loop.drained();
  }

  readonly pulse = (home: string, bpm: number): Promise<void> =>
    this.says(`${home}-band`, { pulse_bpm: bpm });

  /** What is open or over by now, of one rule. */
  async alerts(rule: string): Promise<string[]> {
    const { items } = await this.bench.records.alerts({ paths: [''] }, { limit: 500 });
    return items
      .filter((one) => one.rule === rule)
      .map(({ subject, evidence, clearReason }) =>
        [subject, rule === 'rule-failed' ? '' : evidence.text.zh, clearReason ?? 'open'].join(' | '),
      )
      .sort();
  }

  get told() {
    return this.bench.core.service.findings['rule-failed']?.open?.evidence.values;
  }

  watches(home: string, rule: string) {
    const { engine, subjects, now } = this.bench.core;
    return watchesOf(engine, subjects.get(home) as never, now).filter((one) => one.rule === rule);
  }

  async resolved(subject: string): Promise<void> {
    const { core, loop } = this.bench;
    const id = core.subject(subject)?.book?.cases[0]?.case.id ?? '';
    const how = { outcome: 'true-need', note: '', contactMadeBy: '周敏', contact: 'seen' } as const;
    expect(await loop.submit({ type: 'case.resolve', case: id, ...how }, '周敏')).toMatchObject({ ok: true });
  }

  async replace(...rules: unknown[]): Promise<void> {
    const { ok } = await this.bench.loop.submit(
      { type: 'rules.replace', ruleSet: { ...withProductRules(rules), version: 'next' } },
      'system',
    );
    expect(ok).toBe(true);
  }
}
