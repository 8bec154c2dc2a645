import { expect, test } from 'vitest';
import { parseImport } from '../src/config/registry-import.ts';
import { hashSecret, verifySecret } from '../src/lib/secrets.ts';
import { parentPath } from '../src/model/paths.ts';
import { entryKey, type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import { atLength } from '../test/runs.ts';
import { connectionsOf, makeCommunity } from './community.ts';
import { registryCsv, registryYaml } from './registry-files.ts';

const START = Date.parse('2026-03-01T00:00:00+08:00');
const community = makeCommunity({ seed: 1, homes: 420, start: START });
const of = <N extends RegistryEntry['noun']>(noun: N): Extract<RegistryEntry, { noun: N }>[] =>
  community.entries.filter((entry): entry is Extract<RegistryEntry, { noun: N }> => entry.noun === noun);

test('every entry is as the registry wants it, each name stands once, and parents come first', () => {
  const seen = new Set<string>();
  for (const entry of community.entries) {
    expect(registryEntrySchema.parse(entry)).toEqual(entry);
    const key = `${entry.noun} ${entryKey(entry)}`;
    expect(seen.has(key), key).toBe(false);
    seen.add(key);
    const needs = {
      node: () => (parentPath(entryKey(entry)) ? [`node ${parentPath(entryKey(entry))}`] : []),
      home: () => [`node ${'parent' in entry ? entry.parent : ''}`],
      gateway: () => [`node ${'parent' in entry ? entry.parent : ''}`],
      resident: () => [`home ${'home' in entry ? entry.home : ''}`],
      contact: () => [`home ${'home' in entry ? entry.home : ''}`],
      device: () => [
        `home ${'home' in entry ? entry.home : ''}`,
        ...('gateway' in entry && entry.gateway ? [`gateway ${entry.gateway}`] : []),
      ],
      staff: () => ('roles' in entry ? entry.roles.map(({ node }) => `node ${node}`) : []),
    }[entry.noun]();
    for (const need of needs) expect(seen.has(need), `${key} needs ${need}`).toBe(true);
  }
});

test('there are as many homes as asked for, each with a resident, contacts and a meter, most with a band', () => {
  expect(community.homes).toHaveLength(420);
  expect(of('home')).toHaveLength(420);
  expect(of('resident')).toHaveLength(420);
  for (const home of community.homes) {
    expect(of('device').some(({ id }) => id === home.meter.id)).toBe(true);
    expect(home.meter.id).toBe(`wm-${home.id}`);
    expect(2026 - home.birthYear).toBeGreaterThan(60);
    expect(2026 - home.birthYear).toBeLessThan(100);
  }
  const orders = of('contact').filter(({ home }) => home === community.homes[0]!.id);
  expect(orders.map(({ order }) => order)).toEqual(orders.map((_, i) => i + 1));
  const bands = community.homes.filter(({ band }) => band).length / 420;
  expect(bands).toBeGreaterThan(0.8);
  expect(bands).toBeLessThan(0.9);
});

test('no phone number can be anybody’s', () => {
  const phones = [...of('resident'), ...of('contact'), ...of('staff')].map(({ phone }) => phone);
  expect(phones.every((phone) => /^000-\d{4}-\d{4}$/.test(phone ?? ''))).toBe(true);
});

test('every role stands over every home', () => {
  for (const role of [
    'grid-worker',
    'building-steward',
    'committee',
    'sub-district-duty',
    'technician',
    'volunteer',
  ]) {
    const nodes = of('staff').flatMap(({ roles }) =>
      roles.filter((each) => each.role === role).map(({ node }) => node),
    );
    for (const { path } of community.homes)
      expect(
        nodes.some((node) => path === node || path.startsWith(`${node}/`)),
        `${role} ${path}`,
      ).toBe(true);
  }
});

test('what connects by itself has a secret of its own, and nothing else has one', () => {
  const direct = of('device').filter(({ gateway }) => !gateway);
  expect([...community.secrets.keys()].sort()).toEqual(
    [...direct, ...of('gateway')].map(({ id }) => id).sort(),
  );
  expect(connectionsOf(community)).toBe(community.secrets.size);
  const secrets = [...community.secrets.values()];
  expect(new Set(secrets).size).toBe(secrets.length);
  expect(secrets.every((secret) => /^[\w-]{32}$/.test(secret))).toBe(true);
});

atLength('a registry in YAML is read back as the same entries, and its hashes fit the secrets', () => {
  const small = makeCommunity({ seed: 2, homes: 40, start: START, hash: hashSecret, uploadDaily: true });
  const read = parseImport('yaml', registryYaml(small), 'sim.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.error.slice(0, 3)));
  const entries = byKey(read.value.put);
  const wanted = byKey(small.entries);
  expect([...entries.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [key, entry] of wanted) expect(entries.get(key), key).toEqual(entry);
  const [id, secret] = [...small.secrets][0]!;
  const hashed = small.entries.find((entry) => entryKey(entry) === id);
  expect(hashed && 'secretHash' in hashed && verifySecret(secret, hashed.secretHash ?? '')).toBe(true);
});

test('a registry in CSV is read back with every device at its place', () => {
  const small = makeCommunity({ seed: 2, homes: 40, start: START });
  const csv = registryCsv(small);
  expect(csv.split('\n')[0]).toBe('community,grid,building,unit,home,device,model,gateway,enrolled_at');
  const read = parseImport('csv', csv, 'sim.csv');
  if (!read.ok) throw new Error(JSON.stringify(read.error.slice(0, 3)));
  const entries = byKey(read.value.put);
  for (const entry of small.entries) {
    if (entry.noun !== 'device') continue;
    const { id, home, model, gateway, enrolledAt } = entry;
    expect(entries.get(`device ${id}`)).toMatchObject({
      id,
      home,
      model,
      enrolledAt,
      ...(gateway ? { gateway } : {}),
    });
  }
});

const byKey = (entries: readonly RegistryEntry[]): Map<string, RegistryEntry> =>
  new Map(entries.map((entry) => [`${entry.noun} ${entryKey(entry)}`, entry]));
