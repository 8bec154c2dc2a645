import { expect, test } from 'vitest';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { concernsHome, leavingHome } from '../../src/web/state/registry-news.ts';

const resident = registryEntrySchema.parse({ noun: 'resident', id: 'r1', home: 'h1', name: '王秀英' });
const contact = registryEntrySchema.parse({ noun: 'contact', id: 'k1', home: 'h1', name: '王小明' });
const shown = {
  home: { id: 'h1' },
  path: 'haitang/g1/b3/h1',
  residents: resident.noun === 'resident' ? [resident] : [],
  contacts: contact.noun === 'contact' ? [contact] : [],
  devices: [{ device: { id: 'band' } }],
};
const put = (entry: object) =>
  concernsHome({ type: 'registry', entry: registryEntrySchema.parse(entry) }, shown);
const removed = (noun: 'node' | 'home' | 'resident' | 'contact' | 'device' | 'staff', key: string) =>
  concernsHome({ type: 'registry', noun, key }, shown);

test('what is shown of a home is another when the home, a place above it or somebody in it is changed', () => {
  expect(put({ noun: 'home', id: 'h1', parent: 'haitang/g2', name: '404' })).toBe(true);
  expect(put({ noun: 'node', path: 'haitang/g1/b3', level: 'building', name: '13号楼' })).toBe(true);
  expect(put({ noun: 'resident', id: 'r2', home: 'h1', name: '李德福' })).toBe(true);
  expect(put({ noun: 'resident', id: 'r1', home: 'h2', name: '王秀英' })).toBe(true);
  expect(put({ noun: 'contact', id: 'k2', home: 'h1', name: '赵' })).toBe(true);
  expect([removed('home', 'h1'), removed('resident', 'r1'), removed('contact', 'k1')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([removed('device', 'band'), removed('node', 'haitang/g1')]).toEqual([true, true]);
});

test('and by nothing else', () => {
  expect(put({ noun: 'home', id: 'h2', parent: 'haitang/g1/b3', name: '404' })).toBe(false);
  expect(put({ noun: 'node', path: 'haitang/g1/b', level: 'building', name: '1号楼' })).toBe(false);
  expect(put({ noun: 'resident', id: 'r9', home: 'h2', name: '李德福' })).toBe(false);
  expect(put({ noun: 'staff', id: 'h1', name: '周敏' })).toBe(false);
  expect([removed('home', 'h2'), removed('resident', 'r2'), removed('staff', 'r1')]).toEqual([
    false,
    false,
    false,
  ]);
});

test('a home that goes from a place that somebody sees may take its cases out of their sight', () => {
  expect(leavingHome({ type: 'registry', noun: 'home', key: 'h1' })).toBe('h1');
  expect(leavingHome({ type: 'registry', noun: 'device', key: 'band' })).toBeUndefined();
});
