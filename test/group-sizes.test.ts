import { expect, test } from 'vitest';
import { groupSizes } from '../src/registry/group-sizes.ts';
import { Registry } from '../src/registry/registry.ts';

test('groups are buildings, and their units where there are several', () => {
  const homes = (parent: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({
      noun: 'home',
      id: `${parent}/${n}`.replaceAll('/', '-'),
      parent,
      name: 'x',
    }));
  const node = (path: string, level: string) => ({ noun: 'node', path, level, name: path });
  const registry = Registry.from([
    { noun: 'node', path: 'c', level: 'community', name: 'c', timeZone: 'Asia/Shanghai' },
    node('c/b1', 'building'),
    node('c/b1/u1', 'unit'),
    node('c/b1/u2', 'unit'),
    ...homes('c/b1/u1', 4),
    ...homes('c/b1/u2', 3),
    node('c/b2', 'building'),
    node('c/b2/u1', 'unit'),
    ...homes('c/b2/u1', 5),
    ...homes('c', 2),
  ] as Parameters<typeof Registry.from>[0]);
  expect(groupSizes(registry)).toEqual([2, 3, 4, 5, 7]);
});
