import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { entriesNow, piecesOf } from '../src/app/import-pieces.ts';
import { covers, parentPath } from '../src/model/paths.ts';
import {
  entryKey,
  LEVELS,
  type Noun,
  type RegistryEntry,
  registryEntrySchema,
  STAFF_ROLES,
} from '../src/model/registry.ts';
import type { RegistryView } from '../src/ports/service.ts';
import { NOUNS, type RegistryKey } from '../src/registry/change-check.ts';
import type { LateEntries } from '../src/registry/late-people.ts';
import { Registry } from '../src/registry/registry.ts';
import { runs } from './runs.ts';

/** A small world in which names meet often: moves, replacements, removals with and without what belongs to them. */
const PATHS = ['a', 'a/b', 'a/b/c', 'a/h1', 'z'] as const;
const OFTEN = ['a', 'a/b', 'z', ...PATHS] as const;
const HOMES = ['h1', 'h2', 'h3'] as const;
const GATEWAYS = ['g1', 'g2', 'h2', 'd2'] as const;
const PEOPLE = ['p1', 'p2'] as const;
const DEVICES = ['d1', 'd2', 'd3'] as const;
const ZONES = [...Array<undefined>(5), 'Asia/Urumqi', 'Europe/Paris', 'Nowhere/Land', '+08:00'] as const;
const USUAL_LEVELS = {
  a: 'community',
  'a/b': 'grid',
  'a/b/c': 'building',
  'a/h1': 'grid',
  z: 'community',
} as const;

const one = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(values: readonly T[]) => fc.option(one(values), { nil: undefined });
const arbitraryEntry: fc.Arbitrary<RegistryEntry> = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        noun: fc.constant('node'),
        path: one(PATHS),
        level: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, one(LEVELS)),
        name: one(['x', 'y']),
        timeZone: one(ZONES),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        noun: fc.constant('home'),
        id: one(HOMES),
        parent: one(OFTEN),
        name: one(['1', '2']),
      }),
    },
    fc.record({
      noun: fc.constant('resident'),
      id: one(PEOPLE),
      home: one(HOMES),
      name: one(['Wang', 'Li']),
    }),
    fc.record({
      noun: fc.constant('contact'),
      id: one(PEOPLE),
      home: one(HOMES),
      name: fc.constant('Zhao'),
      order: one([1, 2]),
    }),
    {
      weight: 3,
      arbitrary: fc.record({
        noun: fc.constant('device'),
        id: one(DEVICES),
        model: one(['water-meter', 'water-meter', 'water-meter', 'unheard-of']),
        home: one(HOMES),
        gateway: maybe(GATEWAYS),
        resident: maybe(PEOPLE),
        enrolledAt: one([1, 2]),
      }),
    },
    fc.record({
      noun: fc.constant('gateway'),
      id: one(GATEWAYS),
      parent: one(OFTEN),
      enrolledAt: one([1, 2]),
    }),
    fc.record({
      noun: fc.constant('staff'),
      id: one(PEOPLE),
      name: fc.constant('Zhou'),
      roles: fc.array(fc.record({ role: one(STAFF_ROLES.slice(0, 2)), node: one(OFTEN) }), { maxLength: 2 }),
    }),
  )
  .map((entry) =>
    registryEntrySchema.parse(
      entry.noun === 'node' && 'level' in entry
        ? { ...entry, level: entry.level ?? USUAL_LEVELS[entry.path] }
        : entry,
    ),
  );
const arbitraryKey: fc.Arbitrary<RegistryKey> = fc.oneof(
  ...(
    [
      ['node', PATHS],
      ['home', HOMES],
      ['gateway', GATEWAYS],
      ['resident', PEOPLE],
      ['contact', PEOPLE],
      ['device', DEVICES],
      ['staff', PEOPLE],
    ] as const
  ).map(([noun, keys]) => one<string>(keys).map((key) => ({ noun, key }))),
);
/** Mostly one entry at a time, so that a world grows; sometimes several together. */
const arbitraryChange = fc.record({
  put: fc.oneof(
    { weight: 5, arbitrary: fc.array(arbitraryEntry, { minLength: 1, maxLength: 1 }) },
    fc.array(arbitraryEntry, { maxLength: 8 }),
  ),
  remove: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(arbitraryKey, { maxLength: 3 })),
});
const models = (name: string): boolean => name === 'water-meter';

/** Worlds begin with something in them: from nothing at all, most changes would be refused for want of a parent. */
const BEGINNING: RegistryEntry[] = (
  [
    { noun: 'node', path: 'a', level: 'community', name: 'x', timeZone: 'Asia/Urumqi' },
    { noun: 'node', path: 'a/b', level: 'grid', name: 'x' },
    { noun: 'node', path: 'z', level: 'community', name: 'x' },
    { noun: 'home', id: 'h1', parent: 'a/b', name: '1' },
    { noun: 'home', id: 'h3', parent: 'a', name: '1' },
    { noun: 'gateway', id: 'g1', parent: 'a/b', enrolledAt: 1 },
    { noun: 'gateway', id: 'g2', parent: 'z', enrolledAt: 1 },
    { noun: 'resident', id: 'p1', home: 'h1', name: 'Wang' },
    {
      noun: 'device',
      id: 'd1',
      model: 'water-meter',
      home: 'h1',
      gateway: 'g1',
      resident: 'p1',
      enrolledAt: 1,
    },
    { noun: 'staff', id: 'p1', name: 'Zhou', roles: [{ role: 'grid-worker', node: 'a' }] },
  ] as const
).map((entry) => registryEntrySchema.parse(entry));

/** The registry as a list that is searched from end to end: slow, and too simple to be wrong. */
class NaiveRegistry {
  entries: RegistryEntry[] = [];

  of<N extends Noun>(noun: N): Extract<RegistryEntry, { noun: N }>[] {
    return this.entries.filter((entry): entry is Extract<RegistryEntry, { noun: N }> => entry.noun === noun);
  }

  has(noun: Noun, key: string): boolean {
    return this.entries.some((entry) => entry.noun === noun && entryKey(entry) === key);
  }

  after(put: readonly RegistryEntry[], remove: readonly RegistryKey[]): NaiveRegistry {
    const next = new NaiveRegistry();
    const gone = ({ noun, key }: RegistryKey, entry: RegistryEntry) =>
      noun === entry.noun && key === entryKey(entry);
    next.entries = this.entries.filter(
      (entry) =>
        !remove.some((key) => gone(key, entry)) &&
        !put.some((other) => gone({ noun: other.noun, key: entryKey(other) }, entry)),
    );
    next.entries.push(...put);
    return next;
  }

  mayChange(put: readonly RegistryEntry[], remove: readonly RegistryKey[]): boolean {
    const names = put.map((entry) => `${entry.noun} ${entryKey(entry)}`);
    return (
      new Set(names).size === names.length &&
      remove.every(({ noun, key }) => this.has(noun, key)) &&
      this.after(put, remove).isSound()
    );
  }

  isSound(): boolean {
    return this.entries.every((entry) => this.#fits(entry));
  }

  #fits(entry: RegistryEntry): boolean {
    switch (entry.noun) {
      case 'node':
        return this.#nodeFits(entry);
      case 'home':
        return (
          this.has('node', entry.parent) &&
          !this.has('node', `${entry.parent}/${entry.id}`) &&
          !this.has('gateway', entry.id)
        );
      case 'gateway':
        return this.has('node', entry.parent) && !this.has('home', entry.id) && !this.has('device', entry.id);
      case 'resident':
      case 'contact':
        return this.has('home', entry.home);
      case 'device':
        return (
          models(entry.model) &&
          this.has('home', entry.home) &&
          (entry.gateway === undefined || this.has('gateway', entry.gateway)) &&
          (entry.resident === undefined ||
            this.of('resident').some(({ id, home }) => id === entry.resident && home === entry.home))
        );
      case 'staff':
        return entry.roles.every(({ node }) => this.has('node', node));
    }
  }

  #nodeFits({ path, level, timeZone }: Extract<RegistryEntry, { noun: 'node' }>): boolean {
    if (timeZone === 'Nowhere/Land' || timeZone === '+08:00') return false;
    if (!path.includes('/')) return level === 'sub-district' || level === 'community';
    const above = this.of('node').find((node) => node.path === parentPath(path));
    return above !== undefined && LEVELS.indexOf(above.level) < LEVELS.indexOf(level);
  }
}

const byKey = (a: RegistryEntry, b: RegistryEntry): number =>
  `${a.noun} ${entryKey(a)}` < `${b.noun} ${entryKey(b)}` ? -1 : 1;
const sorted = (entries: Iterable<RegistryEntry>): RegistryEntry[] => [...entries].sort(byKey);

/** Every question that a registry answers, asked of both. */
function expectSameAnswers(registry: Registry, naive: NaiveRegistry): void {
  expect(sorted(registry.entries())).toEqual(sorted(naive.entries));
  expect(registry.counts).toEqual({
    homes: naive.of('home').length,
    devices: naive.of('device').length,
    gateways: naive.of('gateway').length,
    staff: naive.of('staff').length,
  });
  for (const id of HOMES) {
    const home = naive.of('home').find((each) => each.id === id);
    expect(registry.home(id)).toEqual(home);
    expect(registry.homePath(id)).toBe(home && `${home.parent}/${id}`);
    const inHome = (noun: 'resident' | 'device') => sorted(naive.of(noun).filter((each) => each.home === id));
    expect(registry.residents(id)).toEqual(inHome('resident'));
    expect(registry.devices(id)).toEqual(inHome('device'));
    const contacts = naive.of('contact').filter((each) => each.home === id);
    expect(registry.contacts(id)).toEqual(contacts.sort((a, b) => a.order - b.order || byKey(a, b)));
  }
  for (const id of GATEWAYS) {
    const behind = naive.of('device').filter(({ gateway }) => gateway === id);
    expect(registry.behind(id)).toEqual(behind.map((each) => each.id).sort());
  }
  for (const path of PATHS) expectSameBelow(registry, naive, path);
}

function expectSameBelow(registry: Registry, naive: NaiveRegistry, path: string): void {
  const homes = naive.of('home').filter(({ parent }) => covers(path, parent));
  expect([...registry.homesUnder(path)].sort()).toEqual(homes.map(({ id }) => id).sort());
  const gateways = naive.of('gateway').filter(({ parent }) => covers(path, parent));
  expect([...registry.gatewaysUnder(path)].sort()).toEqual(gateways.map(({ id }) => id).sort());
  const above = naive.of('node').filter((node) => covers(node.path, path));
  const zone = above.sort((a, b) => b.path.length - a.path.length).find(({ timeZone }) => timeZone)?.timeZone;
  expect(registry.timeZone(path)).toBe(zone ?? 'Asia/Shanghai');
  for (const role of STAFF_ROLES.slice(0, 2)) {
    const holds = naive
      .of('staff')
      .filter(({ roles }) => roles.some((each) => each.role === role && covers(each.node, path)));
    expect(sorted(registry.staffFor(role, path))).toEqual(sorted(holds));
  }
}

describe('a change of the registry', () => {
  test('is refused exactly when it would leave something broken, and otherwise every index agrees with a plain list', () => {
    let accepted = 0;
    let refused = 0;
    const property = fc.property(fc.array(arbitraryChange, { minLength: 5, maxLength: 25 }), (changes) => {
      const registry = Registry.from(BEGINNING);
      let naive = new NaiveRegistry().after(BEGINNING, []);
      for (const { put, remove } of changes) {
        const failure = registry.check(put, remove, models);
        expect(failure === undefined, JSON.stringify({ failure, put, remove })).toBe(
          naive.mayChange(put, remove),
        );
        if (failure) refused++;
        else {
          if (put.length + remove.length > 0) accepted++;
          registry.apply(put, remove);
          naive = naive.after(put, remove);
          expectSameAnswers(registry, naive);
        }
      }
      expectSameAnswers(Registry.from(naive.entries), naive);
    });
    fc.assert(property, { numRuns: runs(6, 1_000) });
    // A world in which everything is refused would prove nothing.
    expect(accepted).toBeGreaterThan(10);
    expect(refused).toBeGreaterThan(10);
  });

  test('touches at least every home and gateway whose answers it changes', () => {
    const answers = (registry: Registry, subject: string) => {
      const path = registry.homePath(subject) ?? registry.gatewayPath(subject);
      const at = path ?? '';
      return JSON.stringify([
        path,
        registry.entry('gateway', subject) ?? registry.home(subject),
        registry.residents(subject),
        registry.contacts(subject),
        registry.devices(subject).map((device) => [device, registry.gateway(device.gateway ?? '')]),
        registry.behind(subject),
        registry.timeZone(at),
        registry.place(subject),
        STAFF_ROLES.map((role) => registry.staffFor(role, at).map(({ id, channels }) => [id, channels])),
      ]);
    };
    const property = fc.property(fc.array(arbitraryChange, { minLength: 5, maxLength: 25 }), (changes) => {
      const registry = Registry.from(BEGINNING);
      const subjects = [...HOMES, ...GATEWAYS];
      for (const { put, remove } of changes) {
        if (registry.check(put, remove, models)) continue;
        const touched = new Set(registry.touchedSubjects(put, remove));
        const before = subjects.map((subject) => answers(registry, subject));
        registry.apply(put, remove);
        subjects.forEach((subject, i) => {
          if (answers(registry, subject) !== before[i])
            expect([...touched], JSON.stringify({ put, remove })).toContain(subject);
        });
      }
    });
    fc.assert(property, { numRuns: runs(12, 600) });
  });

  test('may be made in the pieces of an import, one after the other, wherever its first piece may', () => {
    const addressed = fc
      .tuple(arbitraryEntry, maybe(['x:1', 'x:2']))
      .map(([entry, address]) => (entry.noun === 'device' && address ? { ...entry, address } : entry));
    let several = 0;
    const property = fc.property(
      fc.array(addressed, { maxLength: 12 }),
      fc.array(addressed, { minLength: 3, maxLength: 14 }),
      (before, put) => {
        const registry = Registry.from(BEGINNING);
        for (const entry of before) if (!registry.check([entry], [], models)) registry.apply([entry], []);
        if (registry.check(put, [], models)) return;
        const whole = Registry.from([...registry.entries()]);
        whole.apply(put, []);
        const pieces = piecesOf(registry, put, 1);
        if (registry.check(entriesNow(registry, pieces[0] ?? []), [], models)) return;
        if (pieces.length > 1) several++;
        for (const piece of pieces) {
          const now = entriesNow(registry, piece);
          expect(registry.check(now, [], models), JSON.stringify({ put, now })).toBeUndefined();
          registry.apply(now, []);
        }
        expect(sorted(registry.entries())).toEqual(sorted(whole.entries()));
      },
    );
    fc.assert(property, { numRuns: runs(300, 20_000) });
    expect(several).toBeGreaterThan(5);
  });

  test('touches nobody when every entry stays as it is', () => {
    const property = fc.property(fc.array(arbitraryEntry, { maxLength: 20 }), (entries) => {
      const registry = Registry.from(BEGINNING);
      for (const entry of entries) if (!registry.check([entry], [], models)) registry.apply([entry], []);
      const same = structuredClone([...registry.entries()]);
      expect(registry.check(same, [], models)).toBeUndefined();
      expect(registry.touchedSubjects(same, [])).toEqual([]);
    });
    fc.assert(property, { numRuns: runs(12, 600) });
  });
});

const world: RegistryEntry[] = [
  {
    noun: 'staff',
    id: 'zhou',
    name: 'Zhou',
    roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    channels: [],
  },
  { noun: 'staff', id: 'sun', name: 'Sun', roles: [{ role: 'grid-worker', node: 'haitang' }], channels: [] },
  {
    noun: 'device',
    id: 'wm1',
    model: 'water-meter',
    home: 'h501',
    gateway: 'gw',
    enrolledAt: 0,
    disabled: false,
  },
  { noun: 'resident', id: 'r1', home: 'h501', name: '王秀英', livesAlone: true },
  { noun: 'home', id: 'h501', parent: 'haitang/g1/b3/u2', name: '501' },
  { noun: 'gateway', id: 'gw', parent: 'haitang/g1/b3', enrolledAt: 0, disabled: false },
  { noun: 'node', path: 'haitang/g1/b3/u2', level: 'unit', name: '2单元' },
  { noun: 'node', path: 'haitang/g1/b3', level: 'building', name: '3号楼' },
  { noun: 'node', path: 'haitang/g1', level: 'grid', name: '第一网格' },
  { noun: 'node', path: 'haitang', level: 'community', name: '海棠社区', timeZone: 'Asia/Urumqi' },
];

describe('the registry', () => {
  test('can be shown to the edges as it is', () => {
    expectTypeOf<Registry>().toExtend<RegistryView>();
  });

  test('names the place of a home as people write it, with who lives there', () => {
    const registry = Registry.from(world);
    expect(registry.place('h501')).toEqual({ zh: '3号楼2单元501 王秀英', en: '3号楼, 2单元, 501 · 王秀英' });
    expect(registry.place('gone')).toEqual({ zh: 'gone', en: 'gone' });
  });

  test('keeps names apart that would run together', () => {
    const latin = world.map((entry) =>
      entry.noun === 'node' && entry.level === 'unit' ? { ...entry, name: 'Unit 2' } : entry,
    );
    expect(Registry.from(latin).place('h501').zh).toBe('3号楼Unit 2 501 王秀英');
  });

  test('finds the staff of a place with the nearest first', () => {
    const registry = Registry.from(world);
    expect(registry.staffFor('grid-worker', 'haitang/g1/b3/u2/h501').map(({ id }) => id)).toEqual([
      'zhou',
      'sun',
    ]);
    expect(registry.staffFor('technician', 'haitang/g1')).toEqual([]);
  });

  test.each<[string, RegistryEntry[], RegistryKey[], unknown]>([
    [
      'a missing gateway is named',
      [
        {
          noun: 'device',
          id: 'x',
          model: 'water-meter',
          home: 'h501',
          gateway: 'gw9',
          enrolledAt: 0,
          disabled: false,
        },
      ],
      [],
      {
        code: 'REGISTRY_PARENT_MISSING',
        details: { noun: 'device', key: 'x', parent: { noun: 'gateway', key: 'gw9' } },
      },
    ],
    [
      'what still belongs to something removed is named',
      [],
      [{ noun: 'gateway', key: 'gw' }],
      {
        code: 'REGISTRY_IN_USE',
        details: {
          noun: 'gateway',
          key: 'gw',
          by: { noun: 'device', key: 'wm1' },
          all: [{ noun: 'device', key: 'wm1' }],
        },
      },
    ],
    [
      'a model that nobody wrote is named',
      [{ noun: 'device', id: 'x', model: 'toaster', home: 'h501', enrolledAt: 0, disabled: false }],
      [],
      { code: 'MODEL_UNKNOWN', details: { noun: 'device', key: 'x', model: 'toaster' } },
    ],
    [
      'a zone that does not exist is named',
      [{ noun: 'node', path: 'p', level: 'community', name: 'P', timeZone: 'Asia/Beijing' }],
      [],
      {
        code: 'REGISTRY_INVALID',
        details: { noun: 'node', key: 'p', problem: '"Asia/Beijing" is not an IANA time zone' },
      },
    ],
    [
      'a path that no topic could carry is refused',
      [{ noun: 'node', path: 'haitang/g+', level: 'grid', name: 'G' }],
      [],
      {
        code: 'REGISTRY_INVALID',
        details: {
          noun: 'node',
          key: 'haitang/g+',
          problem: '"g+" in the path is not made of letters, digits and . _ : - alone',
        },
      },
    ],
    [
      'the removal of a home that is not there says so',
      [],
      [{ noun: 'home', key: 'h9' }],
      { code: 'HOME_NOT_FOUND', details: { noun: 'home', key: 'h9' } },
    ],
  ])('%s', (_, put, remove, failure) => {
    expect(Registry.from(world).check(put, remove, models)).toEqual(failure);
  });

  test('gives lists that later changes do not alter', () => {
    const registry = Registry.from(world);
    const devices = registry.devices('h501');
    registry.apply([], [{ noun: 'device', key: 'wm1' }]);
    expect(devices).toHaveLength(1);
    expect(registry.devices('h501')).toHaveLength(0);
  });

  describe('of whose people some come late', () => {
    const isLate = ({ noun }: RegistryEntry) => noun === 'resident' || noun === 'contact';
    const piecesOf = () =>
      world
        .filter(isLate)
        .map((entry) => [entry])
        .values();
    const lateRegistry = (late: LateEntries = piecesOf()) =>
      Registry.from(
        world.filter((entry) => !isLate(entry)),
        late,
      );
    const ofHome = (home: string): RegistryEntry[] =>
      world.filter((entry) => isLate(entry) && 'home' in entry && entry.home === home);

    test.each([
      ['piece by piece', piecesOf],
      ['by home as well', () => Object.assign(piecesOf(), { ofHome })],
    ])('knows them as soon as somebody asks, in whatever way, where they can be had %s', (_how, late) => {
      const whole = Registry.from(world);
      const ways: ((registry: Registry) => unknown)[] = [
        (registry) => registry.residents('h501'),
        (registry) => registry.contacts('h501'),
        (registry) => registry.place('h501'),
        (registry) => [...registry.entries()],
        (registry) => [...registry.dependents('home', 'h501')],
        ...world.map((entry) => (registry: Registry) => registry.entry(entry.noun, entryKey(entry))),
      ];
      for (const ask of ways) expect(ask(lateRegistry(late()))).toEqual(ask(whole));
    });

    test('reads those of one home alone when somebody there needs help, once, and the others later', () => {
      const asked: string[] = [];
      const pieces = piecesOf();
      const next = () => {
        asked.push('all');
        return pieces.next();
      };
      const registry = lateRegistry({
        next,
        ofHome(home) {
          asked.push(home);
          return ofHome(home);
        },
      });
      expect(registry.residents('h501')).toEqual(Registry.from(world).residents('h501'));
      expect(registry.contacts('h501')).toEqual(Registry.from(world).contacts('h501'));
      expect(asked).toEqual(['h501']);
      while (registry.readOn());
      expect([...registry.entries()]).toEqual(expect.arrayContaining(world));
      expect([...registry.entries()]).toHaveLength(world.length);
      expect(registry.contacts('h501')).toEqual(Registry.from(world).contacts('h501'));
    });

    test('does not let them come back when they have left meanwhile', () => {
      const registry = lateRegistry();
      const person = world.find(isLate) as RegistryEntry;
      registry.apply([], [{ noun: person.noun, key: entryKey(person) }]);
      expect(registry.entry(person.noun, entryKey(person))).toBeUndefined();
    });

    test('reads them piece by piece, as long as there are some', () => {
      const registry = lateRegistry();
      let pieces = 0;
      while (registry.readOn()) pieces++;
      expect(pieces).toBe(world.filter(isLate).length);
    });
  });

  test('puts what stands above first, whatever order it came in', () => {
    const nouns = [...Registry.from(world).entries()].map(({ noun }) => noun);
    expect(nouns).toEqual([...nouns].sort((a, b) => NOUNS.indexOf(a) - NOUNS.indexOf(b)));
  });
});
