import { expect, test } from 'vitest';
import { readHere } from '../../src/config/import-reader.ts';
import { messageIn } from '../../src/config/problem-words.ts';
import { type ImportAnswer, importParser } from '../../src/config/registry-import.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { Registry } from '../../src/registry/registry.ts';

const node = (path: string, level: 'sub-district' | 'community' | 'grid' | 'building', name: string) =>
  ({ noun: 'node', path, level, name }) as const satisfies RegistryEntry;
const TOWN = [
  node('haitang', 'community', '海棠社区'),
  node('haitang/g1', 'grid', '第一网格'),
  node('haitang/g1/b3', 'building', '3号楼'),
];

/** A registry in which places have paths of their own. */
function town(...entries: readonly RegistryEntry[]) {
  const registry = Registry.from(entries);
  const parser = importParser(
    {
      existing: (noun, key) => registry.entry(noun, key),
      below: (noun, key) => registry.dependents(noun, key),
      nodes: () => registry.nodes(),
      problems: (put) => registry.problems(put, [], () => true),
    },
    {},
    readHere,
  );
  const ask = async (format: 'csv' | 'yaml', ...lines: string[]) =>
    (await parser(format, lines.join('\n'))) as ImportAnswer;
  return { registry, ask };
}
const HEADER = '社区,网格,楼栋,房号,姓名,网关,设备,型号,安装日期';
const ROW = '海棠社区,第一网格,3号楼,501,王秀英,gw-1,wm-1,water-meter,2026-03-01';
const placesOf = ({ put }: ImportAnswer) =>
  put.flatMap((one) =>
    'parent' in one ? [`${one.noun} in ${one.parent}`] : 'path' in one ? [one.path] : [],
  );
const said = ({ problems }: ImportAnswer) =>
  problems.map(({ line, message }) => `${line} ${messageIn('zh', message)}`);

test('a table that names a place means the one that is called so, whatever its path', async () => {
  const answer = await town(...TOWN).ask('csv', HEADER, ROW);
  expect(answer.problems).toEqual([]);
  expect(placesOf(answer)).toEqual(['home in haitang/g1/b3', 'gateway in haitang/g1/b3']);
});

test('what is new in it stands in the place that is meant', async () => {
  const answer = await town(...TOWN).ask('csv', HEADER, ROW.replace('3号楼', '7号楼'));
  expect(placesOf(answer)).toEqual([
    'haitang/g1/7号楼',
    'home in haitang/g1/7号楼',
    'gateway in haitang/g1/7号楼',
  ]);
});

test('the same list once more changes nothing, and finds the homes that stand there under their own ids', async () => {
  const { registry, ask } = town(...TOWN);
  registry.apply((await ask('csv', HEADER, ROW)).put, []);
  expect((await ask('csv', HEADER, ROW)).put).toEqual([]);
  const own = town(...TOWN, { noun: 'home', id: 'yl-501', parent: 'haitang/g1/b3', name: '501' });
  expect((await own.ask('csv', HEADER, ROW)).made).toMatchObject([{ home: 'yl-501', known: true }]);
});

test('a community is found in its sub-district, of which a table says nothing', async () => {
  const entries = [node('jd', 'sub-district', '城东街道'), node('jd/haitang', 'community', '海棠社区')];
  for (const name of ['海棠社区', 'haitang'])
    expect(placesOf(await town(...entries).ask('csv', '社区,房号', `${name},501`))).toEqual([
      'home in jd/haitang',
    ]);
});

test('where several are called so the table is refused with their paths', async () => {
  const entries = [...TOWN, node('haitang/g9', 'grid', '第一网格')];
  expect(said(await town(...entries).ask('csv', HEADER, ROW))).toEqual([
    '2 这里有几处都叫 "第一网格"：haitang/g1, haitang/g9；请改写其路径的最后一段，写明是哪一处',
  ]);
});

test('a path in YAML that makes a second place of one name is refused with the path of the first', async () => {
  const yaml = [
    'communities:',
    '  - id: haitang',
    '    name: 海棠社区',
    '    grids:',
    '      - { id: grid1, name: 第一网格 }',
  ];
  expect(said(await town(...TOWN).ask('yaml', ...yaml))).toEqual([
    '5 这里已有叫 "第一网格" 的地方（haitang/g1）：若是同一处，请写它的编号；否则请另起名称',
  ]);
  expect(
    (await town(...TOWN).ask('yaml', ...yaml.map((line) => line.replace('grid1', 'g1')))).problems,
  ).toEqual([]);
});
