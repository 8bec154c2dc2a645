import { expect, test } from 'vitest';
import { deviceSearch, homeSearch } from '../src/api/home-search.ts';
import { registryEntrySchema } from '../src/model/registry.ts';
import { Registry } from '../src/registry/registry.ts';

const entries = [
  { noun: 'node', path: 'ht', level: 'community', name: '海棠社区' },
  { noun: 'node', path: 'ht/b8', level: 'building', name: '8号楼' },
  { noun: 'node', path: 'ht/b8/u1', level: 'unit', name: '1单元' },
  { noun: 'node', path: 'ht/b8/u2', level: 'unit', name: '2单元' },
  { noun: 'home', id: 'h-8-1-402', parent: 'ht/b8/u1', name: '402' },
  { noun: 'home', id: 'h-8-2-402', parent: 'ht/b8/u2', name: '402', address: '海棠路 88 号' },
  { noun: 'resident', id: 'r1', home: 'h-8-1-402', name: '王秀英', phone: '000-0000-4021', livesAlone: true },
  { noun: 'resident', id: 'r2', home: 'h-8-2-402', name: '李 建国', livesAlone: true },
  { noun: 'contact', id: 'k1', home: 'h-8-2-402', name: '李明', phone: '+86 000 5555 001', order: 1 },
  { noun: 'device', id: 'wm-0001', model: 'water-meter', home: 'h-8-1-402', enrolledAt: 0 },
  {
    noun: 'device',
    id: 'btn-1',
    model: 'button',
    home: 'h-8-1-402',
    address: 'deveui:24e124538b223213',
    enrolledAt: 0,
  },
  {
    noun: 'device',
    id: 'wm-0002',
    model: 'water-meter',
    home: 'h-8-2-402',
    address: 'mac:a4:c1:38:8d:18:b2',
    enrolledAt: 0,
  },
].map((entry) => registryEntrySchema.parse(entry));
const registry = Registry.from(entries);
const found = (text: string): string[] =>
  [...registry.homes()]
    .filter(homeSearch(registry, text, () => true))
    .map(({ id }) => id)
    .sort();

const [first, second] = ['h-8-1-402', 'h-8-2-402'];
test.each([
  ['8号楼1单元402', [first]],
  ['8号楼 1单元 402', [first]],
  ['海棠 402', [first, second]],
  ['8-2-402', [second]],
  ['王秀英', [first]],
  ['李建国', [second]],
  ['402 李', [second]],
  ['WM-0001', [first]],
  ['0000-4021', [first]],
  ['5555001', [second]],
  ['海棠路88号', [second]],
  // Three digits are a door: every second telephone has them.
  ['555', []],
  ['9号楼', []],
])('whoever asks for %s means %j', (text, homes) => {
  expect(found(text)).toEqual(homes);
});

const devices = (text: string): string[] =>
  [...registry.allDevices()]
    .filter(
      deviceSearch(
        registry,
        text,
        () => true,
        (model) => (model === 'button' ? { zh: '按钮', en: 'button' } : undefined),
      ),
    )
    .map(({ id }) => id)
    .sort();

test.each([
  ['wm-0001', ['wm-0001']],
  ['8-1-402', ['btn-1', 'wm-0001']],
  ['402 按钮', ['btn-1']],
  ['王秀英', ['btn-1', 'wm-0001']],
  ['24E1-2453 8B22-3213', ['btn-1']],
  ['24e124538b223213', ['btn-1']],
  ['A4C1388D18B2', ['wm-0002']],
  ['a4:c1:38', ['wm-0002']],
  ['5555001', ['wm-0002']],
  ['王秀英 wm-0002', []],
])('whoever looks among devices for %s means %j', (text, ids) => {
  expect(devices(text)).toEqual(ids);
});
