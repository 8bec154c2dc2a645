import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import { seededRandom } from '../src/lib/random.ts';
import { PRIORITIES } from '../src/model/alert.ts';
import { CASE_STATUSES } from '../src/model/case.ts';
import { CASE_KINDS } from '../src/model/case-kind.ts';
import { targetsFor } from '../src/model/target-lines.ts';
import { verdictOf } from '../src/model/verdict.ts';
import { runs } from '../test/runs.ts';
import { makeCommunity } from './community.ts';
import { loadIncidents } from './incident.ts';
import type { ListedCase } from './staff/api.ts';
import { Errands } from './staff/errands.ts';
import { NextDeed } from './staff/next-deed.ts';
import { looksAfter, workforce } from './staff/people.ts';

const START = Date.parse('2026-03-02T05:00:00+08:00');
const community = makeCommunity({ seed: 7, homes: 200, start: START });
const people = workforce(community, 7);
const VISITOR = 'admin';
const LEFT_MS = 2 * DAY;

const nextDeed = new NextDeed({
  ...{ seed: 7, colleagues: people, timeZone: 'Asia/Shanghai' },
  leave: ({ home }) => (home === community.homes[0]!.id ? LEFT_MS : 0),
});

const anybody = fc.constantFrom(VISITOR, ...people.map(({ id }) => id));
/** A case as the API could show it, in any state and in anybody's hands. */
const anyCase = fc
  .record({
    home: fc.constantFrom(...community.homes.slice(0, 40)),
    kind: fc.constantFrom(...CASE_KINDS),
    status: fc.constantFrom(...CASE_STATUSES),
    priority: fc.constantFrom(...PRIORITIES),
    opened: fc.integer({ min: 0, max: 10 * DAY }),
    owner: anybody,
    asked: fc.option(anybody, { nil: undefined }),
    resolver: anybody,
    n: fc.integer({ min: 1, max: 99 }),
  })
  .map(({ home, kind, status, priority, opened, owner, asked, resolver, n }): ListedCase => {
    const [openedAt, targets] = [START + opened, targetsFor([], { kind, priority })];
    const promised = { acknowledge: openedAt + targets.acknowledge, callBack: openedAt + 2 * DAY };
    return {
      ...{ id: `${home.id}.c${n}`, number: n, kind, status, priority, subject: home.id, home: home.id },
      ...{ path: home.path, title: { zh: '事项', en: 'case' }, alerts: [], version: 3, entries: 3 },
      ...{ openedAt, dueAt: promised.acknowledge, promised, due: { resolve: openedAt + targets.resolve } },
      ...(status === 'open' ? {} : { acknowledgedAt: openedAt + HOUR, acknowledgedByAccount: owner }),
      ...(status === 'acknowledged' && asked !== undefined ? { assignedToAccount: asked } : {}),
      ...(status === 'resolved'
        ? { resolvedAt: openedAt + 5 * HOUR, resolvedByAccount: resolver, contactMadeBy: '' }
        : {}),
    };
  });
const anyDeed = fc
  .tuple(anyCase, fc.constantFrom(...people))
  .map(([one, person]) => ({ one, person, intent: nextDeed.of(person, one, undefined) }));

describe('whatever the case and whoever looks', () => {
  type Deeds = typeof anyDeed extends fc.Arbitrary<infer D> ? D : never;
  const holds = (claim: (each: Deeds) => void): void =>
    fc.assert(fc.property(anyDeed, claim), { numRuns: runs(300) });

  test('the same seed has the same person do the same thing at the same time', () => {
    holds(({ one, person, intent }) => {
      expect(nextDeed.of(person, one, undefined)).toEqual(intent);
    });
  });

  test('nobody touches what is not in their place, a drill, or what is over', () => {
    holds(({ one, person, intent }) => {
      if (!looksAfter(person, one.path) || one.kind === 'drill' || one.status === 'struck-off')
        expect(intent).toBeUndefined();
    });
  });

  test('what somebody else has taken stays theirs, above all what the visitor has', () => {
    holds(({ one, person, intent }) => {
      const isTheirs = [one.acknowledgedByAccount, one.assignedToAccount].includes(person.id);
      if (one.status === 'acknowledged' && !isTheirs) expect(intent).toBeUndefined();
    });
  });

  test('nobody calls back about what they have resolved themselves', () => {
    holds(({ one, person, intent }) => {
      if (one.status === 'resolved' && one.resolvedByAccount === person.id) expect(intent).toBeUndefined();
    });
  });

  test('nothing is done before there is anything to do, nor what is left to others before its time', () => {
    holds(({ one, intent }) => {
      const isLeft = one.home === community.homes[0]!.id && one.status === 'open';
      if (intent) expect(intent.at).toBeGreaterThan(one.openedAt + (isLeft ? LEFT_MS : 0));
    });
  });

  test('what can wait is not done at night, and call-backs never are', () => {
    holds(({ one, intent }) => {
      if (!intent || (one.priority <= 'P2' && one.kind === 'safety' && one.status !== 'resolved')) return;
      const minute = ((intent.at + 8 * HOUR) % DAY) / MINUTE;
      expect(minute).toBeGreaterThanOrEqual(8 * 60);
      expect(minute).toBeLessThan(20 * 60);
    });
  });
});

test('of any large case load somebody is in time, and somebody is late', () => {
  const shares = fc
    .sample(anyCase, { numRuns: 400, seed: 7 })
    .filter(({ status, kind, priority }) => status === 'open' && kind === 'safety' && priority <= 'P2')
    .flatMap((one) => {
      const takes = people.flatMap((person) => nextDeed.of(person, one, undefined)?.at ?? []);
      return one.home === community.homes[0]!.id ? [] : [Math.min(...takes) <= one.promised!.acknowledge!];
    });
  expect(new Set(shares)).toEqual(new Set([true, false]));
});

test('a day has the same errands however often it is looked at, and in whatever pieces', () => {
  const errands = new Errands(community, people, 7);
  const pieces = Array.from({ length: 48 }, (_, i) =>
    errands.between(START + i * HOUR, START + (i + 1) * HOUR),
  ).flat();
  expect(pieces).toEqual(errands.between(START, START + 2 * DAY));
  expect(new Set(pieces.map(({ what }) => what))).toEqual(new Set(['request', 'visit']));
});

test('what is found at the door agrees with what the incident is: a need is none where nothing is wrong', async () => {
  for (const { kind, about, found, happen } of (await loadIncidents()).values()) {
    const verdict = about === 'nothing' ? 'false' : 'true';
    expect([verdict, 'unknown'], kind).toContain(
      verdictOf(found.outcome, about === 'nothing' ? 'person' : about),
    );
    const moment = { from: START, to: START + DAY, random: seededRandom(kind) };
    expect(found.seen, kind).toBe(!happen(moment).nobodyHome);
  }
});
