import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { placeAlert } from '../src/cases/alerts.ts';
import { emptyBook } from '../src/cases/case-book.ts';
import { caseContext } from '../src/cases/context.ts';
import { waysToOwner } from '../src/cases/owner.ts';
import { type RecipientQuestion, recipientsFor } from '../src/cases/recipients.ts';
import { PRIORITIES } from '../src/model/alert.ts';
import type { Case } from '../src/model/case.ts';
import { CASE_KINDS, policyKindOf } from '../src/model/case-kind.ts';
import { DEFAULT_ESCALATION } from '../src/model/escalation.ts';
import { LIMITS } from '../src/model/limits.ts';
import { type NotifyPolicy, notifyPolicySchema, unknownChannels } from '../src/model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import { Registry } from '../src/registry/registry.ts';
import { draftOf, NOON, noticesIn, wordsIn } from './cases-fixtures.ts';

const entry = (value: unknown): RegistryEntry => registryEntrySchema.parse(value);
const PLACES = [
  { noun: 'node', path: 'haitang', level: 'community', name: '海棠社区', timeZone: 'Asia/Shanghai' },
  { noun: 'node', path: 'haitang/g1', level: 'grid', name: '一网格' },
  { noun: 'node', path: 'haitang/g1/b3', level: 'building', name: '3号楼' },
  { noun: 'home', id: 'h1', parent: 'haitang/g1/b3', name: '501' },
  { noun: 'resident', id: 'r1', home: 'h1', name: '王秀英' },
  { noun: 'gateway', id: 'gw1', parent: 'haitang/g1/b3', enrolledAt: 0 },
].map(entry);
const staff = (id: string, role: string, node: string, ...channels: [string, string][]): RegistryEntry =>
  entry({
    noun: 'staff',
    id,
    name: `${id}姓名`,
    roles: [{ role, node }],
    channels: channels.map(([channel, address]) => ({ channel, address })),
  });
const contact = (id: string, order: number, channel: string, address: string): RegistryEntry =>
  entry({ noun: 'contact', id, home: 'h1', name: id, order, channels: [{ channel, address }] });

const POLICY: NotifyPolicy = notifyPolicySchema.parse({
  routes: [
    {
      kinds: ['safety'],
      priorities: ['P1', 'P2'],
      roles: ['grid-worker', 'contact'],
      channels: ['duty-robot'],
    },
    { kinds: ['safety'], priorities: ['P3', 'P4'], roles: ['grid-worker'] },
    { kinds: ['technical'], priorities: [...PRIORITIES], roles: ['technician', 'committee'] },
  ],
  always: ['terminal'],
  fallback: { channels: ['siren'] },
});
const WITHOUT_GROUP: NotifyPolicy = {
  ...POLICY,
  routes: POLICY.routes.map((route) => ({ ...route, channels: [] })),
};
const H1: RecipientQuestion = { home: 'h1', path: 'haitang/g1/b3/h1', priority: 'P1', kind: 'safety' };

const who = (
  policy: NotifyPolicy,
  people: RegistryEntry[],
  change: Partial<RecipientQuestion> = {},
): string[] =>
  recipientsFor(policy, Registry.from([...PLACES, ...people]), { ...H1, ...change }).map(
    (one) => `${one.recipient.id}@${one.channel}${one.fallback ? '!' : ''}`,
  );

describe('who is told', () => {
  const FAR = staff('far', 'grid-worker', 'haitang', ['sms', '1']);
  const NEAR = staff('near', 'grid-worker', 'haitang/g1/b3', ['sms', '2'], ['wecom', 'near']);
  const ELSEWHERE = staff('elsewhere', 'grid-worker', 'haitang/g2', ['sms', '3']);
  const TECHNICIAN = staff('tech', 'technician', 'haitang', ['sms', '4']);
  const FAMILY = [contact('son', 2, 'sms', '6'), contact('daughter', 1, 'sms', '5')];

  it('people of the role above the home, the nearest first; contacts in order; then groups and screens', () => {
    expect(who(POLICY, [FAR, NEAR, ELSEWHERE, TECHNICIAN, ...FAMILY])).toEqual([
      'near@sms',
      'near@wecom',
      'far@sms',
      'daughter@sms',
      'son@sms',
      'duty-robot@duty-robot',
      'terminal@terminal',
    ]);
  });

  it('only technicians and the committee for what concerns a device', () => {
    const people = [FAR, NEAR, TECHNICIAN, ...FAMILY];
    expect(who(POLICY, people, { kind: 'technical', priority: 'P4' })).toEqual([
      'tech@sms',
      'terminal@terminal',
    ]);
  });

  it('no contacts for a gateway', () => {
    const gateway = { home: '', path: 'haitang/g1/b3/gw1' };
    expect(who(POLICY, [NEAR, ...FAMILY], gateway)).not.toContain('son@sms');
  });

  it('one message for each channel and address, however many people stand behind it', () => {
    const both = [
      staff('a', 'grid-worker', 'haitang', ['group', '']),
      staff('b', 'grid-worker', 'haitang', ['group', '']),
    ];
    expect(who(WITHOUT_GROUP, both)).toEqual(['a@group', 'terminal@terminal']);
  });

  it.each(['P1', 'P2'] as const)(
    'a %s that would reach nobody goes to everybody above and to the fallback',
    (priority) => {
      expect(who(WITHOUT_GROUP, [TECHNICIAN, ELSEWHERE], { priority })).toEqual([
        'tech@sms!',
        'siren@siren!',
        'terminal@terminal',
      ]);
    },
  );

  it('a person whose only channel is not configured counts as nobody, and is still named', () => {
    const configured = new Set(['wecom', 'terminal', 'siren']);
    expect(who(WITHOUT_GROUP, [FAR], { configured })).toEqual([
      'far@sms',
      'siren@siren!',
      'terminal@terminal',
    ]);
    expect(who(WITHOUT_GROUP, [NEAR], { configured })).toEqual([
      'near@sms',
      'near@wecom',
      'terminal@terminal',
    ]);
  });

  it('nobody needs a fallback for a P3', () => {
    expect(who(WITHOUT_GROUP, [], { priority: 'P3' })).toEqual(['terminal@terminal']);
  });
});

describe('what the time line says about it', () => {
  function open(people: RegistryEntry[], policy: NotifyPolicy, priority: 'P1' | 'P4' = 'P1') {
    const registry = Registry.from([...PLACES, ...people]);
    const configured = new Set(['sms', 'terminal', 'siren', 'duty-robot']);
    const ctx = caseContext(registry, policy, configured, 'h1', NOON);
    return placeAlert(emptyBook(), draftOf('h1.a1', { priority }), 'raised', ctx).effects;
  }

  it('that nobody on the roster could be reached', () => {
    expect(wordsIn(open([], WITHOUT_GROUP))).toContain(
      'None of those who should be told can be reached, so fallback. Told: siren',
    );
  });

  it('that nobody at all was told, in a store of records that lost its whole policy', () => {
    const none = {
      routes: [],
      always: [],
      fallback: { channels: [] },
      escalation: [],
      targets: [],
      callBackEscalation: [],
    };
    expect(wordsIn(open([], none))).toContain('somebody has to act by hand');
    expect(wordsIn(open([], none, 'P4'))).toContain('By policy nobody is told');
  });

  it('names who is told, and counts whom the limit left out', () => {
    const crowd = Array.from({ length: LIMITS.recipientsPerStepMax + 7 }, (_, i) =>
      staff(`w${String(i).padStart(3, '0')}`, 'grid-worker', 'haitang/g1', ['sms', String(i)]),
    );
    const effects = open(crowd, POLICY);
    expect(noticesIn(effects)).toHaveLength(LIMITS.recipientsPerStepMax + 2);
    expect(noticesIn(effects).map((notice) => notice.channel)).toContain('duty-robot');
    expect(wordsIn(effects)).toContain('Told: w000姓名(grid worker, sms)');
    expect(wordsIn(effects)).toContain('7 more were over the limit');
  });

  it('gives the place of a gateway and of a home that left the registry', () => {
    const registry = Registry.from(PLACES);
    const subject = (id: string) => caseContext(registry, POLICY, new Set(), id, NOON).subject;
    expect(subject('gw1')).toMatchObject({ home: '', path: 'haitang/g1/b3/gw1', place: { zh: '网关 gw1' } });
    expect(subject('gone')).toMatchObject({ id: 'gone', place: { zh: 'gone' } });
    expect(subject('h1')).toMatchObject({
      home: 'h1',
      path: 'haitang/g1/b3/h1',
      place: { zh: '3号楼501 王秀英' },
    });
  });
});

describe('whoever has a case', () => {
  const zhou = staff('zhou', 'grid-worker', 'haitang/g2', ['sms', '1']);
  const twins = ['a', 'b'].map((id) => ({
    ...staff(id, 'grid-worker', 'haitang/g1', ['sms', id]),
    name: '李',
  }));
  const ctx = caseContext(Registry.from([...PLACES, zhou, ...twins]), POLICY, new Set(['sms']), 'h1', NOON);
  const called = (of: Partial<Case>): string[] =>
    waysToOwner({}, { kind: 'care', priority: 'P4', ...of } as Case, ctx).map(({ address }) => address);

  it('is called by their id, whatever they are called by now and wherever their place is', () => {
    expect(called({ acknowledgedBy: '周', acknowledgedByStaff: 'zhou' })).toEqual(['1']);
    // By name alone nobody here is meant: those who hear of such a case first.
    expect(called({ acknowledgedBy: '周' })).toEqual(['a', 'b', '']);
  });

  it('is both of one name where nobody knows which of them', () => {
    expect(called({ acknowledgedBy: '李' })).toEqual(['a', 'b']);
    expect(called({ acknowledgedBy: '李', acknowledgedByStaff: 'b' })).toEqual(['b']);
    expect(called({ acknowledgedBy: '周', acknowledgedByStaff: 'zhou', assignedTo: '李' })).toHaveLength(3);
  });
});

describe('the policy that comes with the service', () => {
  it('is valid, names a fallback, and routes every kind and priority', async () => {
    const text = await readFile(new URL('../config/notify.yaml', import.meta.url), 'utf8');
    const policy = notifyPolicySchema.parse(parse(text));
    // A kind that goes the way of another has no lines of its own.
    for (const kind of CASE_KINDS.filter((one) => policyKindOf(one) === one)) {
      for (const priority of PRIORITIES) {
        const routes = policy.routes.filter(
          (route) => route.kinds.includes(kind) && route.priorities.includes(priority),
        );
        expect(routes.flatMap((route) => route.roles).length, `${kind} ${priority}`).toBeGreaterThan(0);
      }
    }
    expect(policy.escalation, 'the file says what holds without it').toEqual(DEFAULT_ESCALATION);
    const channels = parse(await readFile(new URL('../config/channels.yaml', import.meta.url), 'utf8')) as {
      channels: { id: string }[];
    };
    expect(unknownChannels(policy, new Set(channels.channels.map(({ id }) => id)))).toEqual([]);
    expect(unknownChannels(policy, new Set())).not.toEqual([]);
  });
});
