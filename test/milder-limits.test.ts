import { describe, expect, test } from 'vitest';
import { milderLimit } from '../src/app/milder-limit.ts';
import { HOUR } from '../src/lib/clock.ts';
import type { Alert } from '../src/model/alert.ts';
import { NO_MILDER } from '../src/model/no-milder.ts';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import type { RuleExample } from '../src/rules/define.ts';
import { kinds } from './core.ts';
import { played } from './rule-examples.ts';

const isAbout = (alert: { home: string }): boolean => alert.home === 'h1';

const all = [...kinds.values()];

/** Stories of kinds whose own examples end too late for a limit that is at most twice as mild. */
const STORIES: Readonly<Record<string, RuleExample>> = {
  'power-loss': {
    name: 'the power is back after three quarters of an hour',
    model: 'electricity-meter',
    inputs: [
      { at: 1, values: { mains_power_bool: 1 } },
      { at: 2, values: { mains_power_bool: 0 } },
      { at: 2.75, values: { mains_power_bool: 1 } },
    ],
    until: 6,
    expect: [],
  },
  silence: {
    name: 'a meter that is late by three quarters of an hour',
    inputs: [
      { at: 0, every: 1, until: 3, values: { water_index_m3: 1 } },
      { at: 6.75, every: 1, until: 9, values: { water_index_m3: 1 } },
    ],
    until: 9,
    expect: [],
  },
};
/** What they say was measured when they were raised; use goes on after that. */
const AMOUNTS = new Set(['low-consumption', 'high-consumption']);
/** How long it lasted, or what a home has learned, stands in no example of these. */
const ELSEWHERE = new Set(['personal-routine', 'unmonitored']);

describe('a limit that is proposed', () => {
  for (const kind of all.filter(
    ({ kind: name, milder }) => typeof milder !== 'string' && !ELSEWHERE.has(name),
  )) {
    test(`keeps still at what was false: ${kind.kind}`, () => {
      let proposed = 0;
      for (const example of [
        ...kind.examples,
        ...(STORIES[kind.kind] ? [STORIES[kind.kind] as RuleExample] : []),
      ]) {
        const { alerts, core } = played(kind, example);
        const about = alerts.filter(isAbout);
        const limit = about.length === 0 ? undefined : milderLimit(core, 'h1', 'R', about);
        if (typeof limit !== 'object') continue;
        proposed++;
        const params = { ...example.params, [limit.param]: limit.to };
        const again = played(kind, { ...example, params }).alerts.filter(isAbout);
        const last = AMOUNTS.has(kind.kind) ? (about.at(-1)?.raisedAt ?? 0) : Number.POSITIVE_INFINITY;
        const early = again.filter(({ raisedAt }) => raisedAt <= last);
        expect(
          early.map(({ evidence }) => evidence.text.en),
          `${example.name}: ${limit.param} ${limit.to}`,
        ).toEqual([]);
      }
      expect(proposed).toBeGreaterThan(0);
    });
  }
});

describe('a limit', () => {
  const of = (kind: string, params: object, alert: object) => {
    const story: RuleExample = { name: '', params: { ...params }, inputs: [], until: 1, expect: [] };
    const { core } = played(kinds.get(kind) as AnyRuleKind, story);
    return milderLimit(core, 'h1', 'R', [alert as Alert]);
  };
  const recovered = { since: 0, raisedAt: 0, clearedAt: 10 * HOUR, clearReason: 'recovered' };

  test('of a learned routine is the cap alone', () => {
    const atCap = { ...recovered, evidence: { values: { gapHours: 24.5, limitHours: 24 } } };
    expect(of('personal-routine', {}, atCap)).toMatchObject({ param: 'capHours', from: 24, to: 35 });
    const usual = { ...recovered, evidence: { values: { gapHours: 11, limitHours: 10.6 } } };
    expect(of('personal-routine', {}, usual)).toBe('learned');
  });

  test('of a home without a device is its grace', () => {
    expect(of('unmonitored', {}, recovered)).toMatchObject({ param: 'graceHours', from: 24, to: 36 });
  });

  test.each([
    ['not-measured', { clearReason: 'resolved' }],
    ['too-far', { clearedAt: 30 * HOUR }],
    ['would-not-help', { clearedAt: -HOUR }],
  ] as const)('is not proposed, and the answer says why: %s', (why, change) => {
    const alert = { ...recovered, ...change, evidence: { values: { minutes: 30 } } };
    expect(of('unmonitored', {}, alert)).toBe(why);
  });

  test('of a rule that is not in force is none', () => {
    const { core } = played(kinds.get('event') as AnyRuleKind, {
      name: '',
      params: { events: ['sos'] },
      inputs: [],
      until: 1,
      expect: [],
    });
    expect(milderLimit(core, 'h1', 'gone', [])).toBe('rule-gone');
  });
});

describe('where none is proposed', () => {
  test('the kind says why by a name that has words', () => {
    for (const { kind, milder } of all)
      if (typeof milder === 'string') expect(Object.keys(NO_MILDER), `milder of ${kind}`).toContain(milder);
    // A machine proposes none where people decide: that is not to be lost. A new kind need not stand here.
    const without = all.flatMap(({ kind, milder }) => (typeof milder === 'string' ? [[kind, milder]] : []));
    expect(Object.fromEntries(without)).toMatchObject({
      'area-no-water': 'whole-building',
      'area-power-loss': 'whole-building',
      'area-silence': 'whole-building',
      'blood-pressure': 'clinical',
      composite: 'about-others',
      'continuous-flow': 'guards-others',
      event: 'no-limit',
      'meter-restart': 'no-limit',
      news2: 'clinical',
      'reading-limit': 'clinical',
      'visit-overdue': 'duty',
      'vitals-mean': 'clinical',
      'vitals-trend': 'clinical',
    });
    for (const { zh, en } of Object.values(NO_MILDER))
      expect([zh, en]).toEqual([expect.stringMatching(/\p{Script=Han}/u), expect.stringMatching(/[a-z]/)]);
  });
});
