import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leftUntold, untoldHomes } from '../src/app/untold-homes.ts';
import { Duty, Rosters } from '../src/cases/duty/on-duty.ts';
import { Reach } from '../src/cases/reach.ts';
import { recipientsFor } from '../src/cases/recipients.ts';
import { type NotifyPolicy, notifyPolicySchema } from '../src/model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import { rostersSchema } from '../src/model/roster.ts';
import { untoldPlaces, untoldText } from '../src/model/untold.ts';
import { Registry } from '../src/registry/registry.ts';
import { runs } from './runs.ts';

const entry = (value: unknown): RegistryEntry => registryEntrySchema.parse(value);
const PLACES = [
  { noun: 'node', path: 'haitang', level: 'community', name: '海棠社区' },
  { noun: 'node', path: 'haitang/g1', level: 'grid', name: '一网格' },
  { noun: 'node', path: 'haitang/g2', level: 'grid', name: '二网格' },
  { noun: 'node', path: 'yulan', level: 'community', name: '玉兰社区' },
  { noun: 'node', path: 'yulan/n1', level: 'grid', name: '一网格' },
  { noun: 'home', id: 'h1', parent: 'haitang/g1', name: '101' },
  { noun: 'home', id: 'h2', parent: 'haitang/g2', name: '201' },
  { noun: 'home', id: 'y1', parent: 'yulan/n1', name: '901' },
  { noun: 'home', id: 'y2', parent: 'yulan/n1', name: '902' },
].map(entry);
const by = (channel: string | null) => (channel === null ? [] : [{ channel, address: '1' }]);
const staff = (id: string, node: string, role = 'grid-worker', channel: string | null = 'sms') =>
  entry({ noun: 'staff', id, name: id, roles: [{ role, node }], channels: by(channel) });
const contact = (id: string, home: string, channel: string | null = null) =>
  entry({ noun: 'contact', id, home, name: id, channels: by(channel) });
const resident = (id: string, home: string, channel: string | null = null) =>
  entry({ noun: 'resident', id, home, name: id, channels: by(channel) });

const GRAVE = { kinds: ['safety'], priorities: ['P1', 'P2'] };
const policyOf = (routes: object[], steps: object[] = []): NotifyPolicy =>
  notifyPolicySchema.parse({
    routes: routes.map((route) => ({ ...GRAVE, roles: [], ...route })),
    escalation:
      steps.length === 0
        ? []
        : [
            {
              ...GRAVE,
              steps: steps.map((step, i) => ({ after: `${i + 1}min`, ...step })),
              repeatEvery: '5min',
            },
          ],
    always: ['terminal'],
    fallback: { channels: ['terminal'] },
  });
const USUAL = policyOf([{ roles: ['grid-worker', 'contact'] }]);
const CHANNELS = new Set(['terminal', 'sms', 'robot']);

const sourcesOf = (people: RegistryEntry[], policy = USUAL, rosters: unknown[] = []) => ({
  registry: Registry.from([...PLACES, ...people]),
  policy,
  duty: new Duty(new Rosters(rostersSchema.parse({ rosters }))),
});
const untoldIn = (...of: Parameters<typeof sourcesOf>): string[] =>
  [...untoldHomes(sourcesOf(...of), CHANNELS).gaps.keys()].sort();

describe('nobody could be told of a home', () => {
  const ZHOU = staff('zhou', 'haitang');

  test('above which no staff stands, and which has no contact; it counts in the highest node where nobody stands', () => {
    const found = untoldHomes(sourcesOf([staff('sun', 'haitang/g2')]), CHANNELS);
    expect([...found.gaps]).toEqual([
      ['h1', 'haitang/g1'],
      ['y1', 'yulan'],
      ['y2', 'yulan'],
    ]);
    expect(found.places).toEqual([
      { node: 'yulan', name: '玉兰社区', homes: 2 },
      { node: 'haitang/g1', name: '海棠社区一网格', homes: 1 },
    ]);
    expect(untoldText(found)).toEqual({
      zh: '3 户的 P1、P2 事项通知不到任何人，只会到屏幕、程序与后备渠道：玉兰社区（yulan）2 户、海棠社区一网格（haitang/g1）1 户',
      en: 'of a P1 or P2 in 3 homes no person could be told, only screens, programs and the fallback: 2 in 玉兰社区 (yulan), 1 in 海棠社区一网格 (haitang/g1)',
    });
  });

  test('unless a contact has a channel that is configured, and the policy tells contacts at some step', () => {
    expect(untoldIn([ZHOU, contact('son', 'y1', 'sms'), contact('old', 'y2')])).toEqual(['y2']);
    expect(untoldIn([ZHOU, contact('son', 'y1', 'letter')])).toEqual(['y1', 'y2']);
    const family = [ZHOU, contact('son', 'y1', 'sms')];
    expect(untoldIn(family, policyOf([{ roles: ['grid-worker'] }]))).toEqual(['y1', 'y2']);
    expect(untoldIn(family, policyOf([], [{ roles: ['volunteer'] }, { roles: ['contact'] }]))).toEqual([
      'y2',
    ]);
  });

  test('though its resident is asked, and a screen hears of it; anybody with a role above is told in the end', () => {
    expect(untoldIn([ZHOU, resident('r', 'y1', 'sms')], policyOf([{ roles: ['resident'] }]))).toEqual([
      'y1',
      'y2',
    ]);
    expect(untoldIn([ZHOU, staff('tech', 'yulan/n1', 'technician')])).toEqual([]);
    expect(untoldIn([ZHOU, staff('mute', 'yulan', 'grid-worker', null)])).toEqual(['y1', 'y2']);
  });

  test('unless a group, a person by name or somebody on a roster hears of that place', () => {
    const far = [ZHOU];
    expect(untoldIn(far, policyOf([{ channels: ['robot'] }]))).toEqual([]);
    expect(untoldIn(far, policyOf([{ channels: ['robot'], nodes: ['haitang'] }]))).toEqual(['y1', 'y2']);
    expect(untoldIn(far, policyOf([{ channels: ['gone'] }]))).toEqual(['y1', 'y2']);
    expect(untoldIn(far, policyOf([{ people: ['zhou'], nodes: ['yulan'] }]))).toEqual([]);
    const roster = { id: 'night', name: '夜班', node: 'haitang', members: ['zhou'], starts: '2026-01-01' };
    const shifts = [{ id: 'all', name: '全天', from: '00:00', to: '00:00' }];
    const onNight = policyOf([{ rosters: ['night'] }]);
    expect(untoldIn(far, onNight, [{ ...roster, shifts }])).toEqual([]);
    expect(untoldIn(far, onNight, [{ ...roster, members: ['gone'], otherwise: [], shifts }])).toEqual([
      'y1',
      'y2',
    ]);
  });

  test('where one of P1 and P2 reaches nobody', () => {
    const onlyP1 = policyOf([{ channels: ['robot'], priorities: ['P1'] }]);
    expect(untoldIn([ZHOU], onlyP1)).toEqual(['y1', 'y2']);
  });

  const role = fc.constantFrom('grid-worker', 'committee', 'technician', 'contact', 'resident');
  const told = fc.record({
    roles: fc.uniqueArray(role, { maxLength: 2 }),
    channels: fc.constantFrom([], [], ['robot'], ['gone']),
    people: fc.constantFrom([], ['p0'], ['p1']),
    by: fc.constantFrom(undefined, ['sms'], ['voice']),
    nodes: fc.constantFrom(undefined, undefined, ['yulan'], ['haitang/g1']),
  });
  const channel = fc.constantFrom(null, 'sms', 'letter');
  const people = fc.tuple(
    fc.array(fc.tuple(fc.constantFrom('haitang', 'haitang/g1', 'yulan/n1'), channel), { maxLength: 2 }),
    fc.array(fc.tuple(fc.constantFrom('h1', 'h2', 'y1'), channel), { maxLength: 3 }),
  );

  test('exactly where the notices of every step would go to nobody but screens, programs and the fallback', () => {
    fc.assert(
      fc.property(
        fc.array(told, { maxLength: 2 }),
        fc.array(told, { maxLength: 2 }),
        people,
        (routes, steps, who) => {
          const policy = policyOf(
            routes,
            steps.map(({ nodes: _, ...step }) => step),
          );
          const sources = sourcesOf(
            [
              ...who[0].map(([node, way], i) => staff(`p${i}`, node, 'committee', way)),
              ...who[1].map(([home, way], i) => contact(`c${i}`, home, way)),
            ],
            policy,
          );
          const { registry } = sources;
          const found = untoldHomes(sources, CHANNELS).gaps;
          for (const { id: home } of registry.homes()) {
            const path = registry.homePath(home) as string;
            const isTold = (priority: 'P1' | 'P2'): boolean =>
              [
                policy,
                ...(policy.escalation[0]?.steps ?? []).map((step) => ({
                  ...policy,
                  routes: [{ ...GRAVE, ...step }],
                })),
              ].some((at) =>
                recipientsFor(at as NotifyPolicy, registry, {
                  home,
                  path,
                  priority,
                  kind: 'safety',
                  configured: CHANNELS,
                }).some(
                  ({ recipient, channel: over, fallback, screen }) =>
                    !screen &&
                    CHANNELS.has(over) &&
                    recipient.kind !== 'resident' &&
                    !(fallback && recipient.kind === 'channel'),
                ),
              );
            expect([home, found.has(home)]).toEqual([home, !(isTold('P1') && isTold('P2'))]);
          }
        },
      ),
      { numRuns: runs(100, 2000) },
    );
  });
});

describe('a change of the registry', () => {
  const ZHOU = staff('zhou', 'haitang/g1');
  const SUN = staff('sun', 'haitang/g2');
  const HUA = staff('hua', 'yulan');
  const left = (
    people: RegistryEntry[],
    put: RegistryEntry[],
    remove: { noun: 'staff' | 'contact' | 'home'; key: string }[] = [],
  ) => leftUntold(sourcesOf(people), CHANNELS, put, remove).places;

  test('leaves those with nobody whose only staff leaves, moves, or loses the channel', () => {
    const all = [ZHOU, SUN, HUA];
    const g2 = [{ node: 'haitang/g2', name: '海棠社区二网格', homes: 1 }];
    expect(left(all, [], [{ noun: 'staff', key: 'sun' }])).toEqual(g2);
    expect(left(all, [staff('sun', 'haitang/g1')])).toEqual(g2);
    expect(left(all, [staff('sun', 'haitang/g2', 'grid-worker', 'letter')])).toEqual(g2);
    expect(left(all, [staff('li', 'haitang/g2')], [{ noun: 'staff', key: 'sun' }])).toEqual([]);
  });

  test('leaves a home with nobody that is new, that moves there, or whose only contact goes; old gaps are no news', () => {
    const yulan = (homes: number) => [{ node: 'yulan', name: '玉兰社区', homes }];
    const y3 = entry({ noun: 'home', id: 'y3', parent: 'yulan/n1', name: '903' });
    expect(left([ZHOU, SUN], [y3])).toEqual(yulan(1));
    expect(left([ZHOU, SUN], [y3, contact('son', 'y3', 'sms')])).toEqual([]);
    expect(left([ZHOU, SUN], [entry({ noun: 'home', id: 'h1', parent: 'yulan/n1', name: '101' })])).toEqual(
      yulan(1),
    );
    expect(left([ZHOU, SUN, contact('son', 'y1', 'sms')], [], [{ noun: 'contact', key: 'son' }])).toEqual(
      yulan(1),
    );
    expect(left([ZHOU, SUN, contact('son', 'y1', 'sms')], [contact('son', 'y2', 'sms')])).toEqual(yulan(1));
    expect(left([ZHOU, SUN], [], [{ noun: 'home', key: 'y1' }])).toEqual([]);
  });

  test('is told with the names of nodes that come with it, as far as the caller may hear of the place', () => {
    const node = entry({ noun: 'node', path: 'lan', level: 'community', name: '兰社区' });
    const home = entry({ noun: 'home', id: 'l1', parent: 'lan', name: '1' });
    expect(left([ZHOU], [node, home])).toEqual([{ node: 'lan', name: '兰社区', homes: 1 }]);
    expect(
      leftUntold(sourcesOf([ZHOU]), CHANNELS, [node, home], [], (path) => path.startsWith('haitang/')),
    ).toEqual({
      homes: 0,
      places: [],
    });
  });
});

test('of many places the first are named, and how many more there are', () => {
  const places = Array.from({ length: 8 }, (_, i) => ({ node: `n${i}`, name: `社区${i}`, homes: 1 }));
  expect(untoldPlaces({ homes: 8, places }).zh).toMatch(/^社区0（n0）1 户、.*社区4（n4）1 户，另有 3 处$/);
  expect(untoldPlaces({ homes: 8, places }).en).toMatch(/and 3 more places$/);
});

test('a policy that names nobody at all leaves everybody to the fallback', () => {
  const reach = new Reach({
    policy: { routes: [], escalation: [] },
    staff: [],
    roster: () => undefined,
    channels: CHANNELS,
  });
  expect(reach.isUntold('haitang/g1/h1', () => [])).toBe(true);
});
