import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBeside } from '../../src/config/import-beside.ts';
import { type ImportReader, readHere } from '../../src/config/import-reader.ts';
import { madeHomeId } from '../../src/config/made-homes.ts';
import { messageIn } from '../../src/config/problem-words.ts';
import { type ImportAnswer, importParser } from '../../src/config/registry-import.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { Registry } from '../../src/registry/registry.ts';
import { runs } from '../runs.ts';

const isModel = (name: string): boolean => name === 'water-meter';

/** A registry with what lists have put into it. */
function town(before: readonly RegistryEntry[] = [], read: ImportReader = readHere) {
  const registry = Registry.from(before);
  const parser = importParser(
    {
      existing: (noun, key) => registry.entry(noun, key),
      below: (noun, key) => registry.dependents(noun, key),
      problems: (put) => registry.problems(put, [], isModel),
    },
    { models: ['water-meter'] },
    read,
  );
  const dryRun = async (...lines: string[]) => (await parser('csv', lines.join('\n'))) as ImportAnswer;
  return {
    registry,
    dryRun,
    take: async (...lines: string[]) => {
      const answer = await dryRun(...lines);
      registry.apply(answer.put, []);
      return answer;
    },
  };
}
const HEADER = '社区,楼栋,单元,房号,姓名,电话,联系人,联系人电话';
const WANG = '玉兰,3号楼,2单元,501,王秀英,13800000001,王建国,13900000001';
const LI = '玉兰,3号楼,2单元,502,李德福,13800000002,,';
const homesOf = ({ registry }: ReturnType<typeof town>) => [...registry.homes()].map(({ id }) => id).sort();
const messages = ({ problems }: ImportAnswer) => problems.map(({ line, message }) => `${line} ${message}`);

describe('a list of homes without ids', () => {
  test('makes an id of place and room, which can be read and hangs on nothing else', async () => {
    const { made, problems } = await town().dryRun(HEADER, WANG, LI);
    expect(problems).toEqual([]);
    const ids = made?.map(({ home }) => home) ?? [];
    expect(ids).toEqual([
      expect.stringMatching(/^3-2-501-\w{10}$/),
      expect.stringMatching(/^3-2-502-\w{10}$/),
    ]);
    const other = await town().dryRun(HEADER, LI.replace('李德福', '别人'), WANG);
    expect(other.made?.map(({ home }) => home)).toEqual([ids[1], ids[0]]);
    // Written down: a later version that makes others would enrol a whole town twice.
    expect(madeHomeId('玉兰/3号楼/2单元', '501')).toBe(ids[0]);
    expect(ids[0]).toBe('3-2-501-zhvv6a84tn');
  });

  test('changes nothing when it is imported again, in whatever order and spelling of the room', async () => {
    const one = town();
    await one.take(HEADER, WANG, LI);
    const again = await one.dryRun(HEADER, LI, WANG.replace(',501,', ',５０１,'));
    expect(again.made?.map(({ known }) => known)).toEqual([true, true]);
    expect(again.put.map((entry) => entry.noun)).toEqual(['home']);
    const same = await one.dryRun(HEADER, LI, WANG);
    expect(same.put).toEqual([]);
  });

  test('finds the home that stands at the door already, under the id that somebody gave it', async () => {
    const one = town();
    await one.take('社区,楼栋,单元,住户,房号,姓名', '玉兰,3号楼,2单元,yl-501,501室,王秀英');
    const { made, put } = await one.take(HEADER, WANG.replace(',501,', ',501室,'));
    expect(made).toMatchObject([{ line: 2, home: 'yl-501', known: true }]);
    expect(put.map((entry) => `${entry.noun} ${'id' in entry ? entry.id : ''}`)).toEqual([
      'resident yl-501-r1',
      'contact yl-501-k1',
    ]);
    expect(homesOf(one)).toEqual(['yl-501']);
  });

  test('never hands the home of one person to another', async () => {
    const one = town();
    await one.take(HEADER, WANG);
    const answer = await one.dryRun(HEADER, WANG.replace('王秀英', '赵永年'));
    expect(messages(answer)[0]).toMatch(/^2 other people are registered in this room, home "3-2-501-/);
    expect(messageIn('zh', answer.problems[0]?.message ?? '')).toContain('登记的是别人');
    expect(answer.put).toEqual([]);
  });

  test('takes whoever lives there as well for another resident, and each for who they are by their names', async () => {
    const one = town();
    await one.take(HEADER, WANG);
    await one.take(HEADER, WANG.replace('王秀英,13800000001', '周大海,13800000009'), WANG);
    const [home = ''] = homesOf(one);
    expect(one.registry.residents(home).map(({ id, name, phone }) => [id, name, phone])).toEqual([
      [`${home}-r1`, '王秀英', '13800000001'],
      [`${home}-r2`, '周大海', '13800000009'],
    ]);
  });

  test('does not bring back to its old door a home that somebody has put elsewhere', async () => {
    const one = town();
    await one.take(HEADER, WANG);
    const [id = ''] = homesOf(one);
    const home = one.registry.home(id);
    if (home) one.registry.apply([{ ...home, name: '502' }], []);
    expect(messages(await one.dryRun(HEADER, WANG))).toEqual([
      `2 home "${id}", which was made for this place and room, has another place or room by now: correct the list, or write its id`,
    ]);
  });

  test('is asked which is meant where two homes have the room', async () => {
    const one = town();
    await one.take('社区,楼栋,单元,住户,房号', '玉兰,3号楼,2单元,a,501', '玉兰,3号楼,2单元,b,501');
    expect(messages(await one.dryRun(HEADER, WANG))).toEqual([
      '2 several homes have this room: a, b; write the id of the one that is meant',
    ]);
  });

  test('may give ids to some: a row without one is of the home at that door, one with another is refused', async () => {
    const head = '社区,楼栋,住户,房号,姓名';
    const both = await town().dryRun(head, '玉兰,3号楼,h1,501,王秀英', '玉兰,3号楼,,501,周大海');
    expect(both.put.filter(({ noun }) => noun === 'home')).toMatchObject([{ id: 'h1', name: '501' }]);
    const late = await town().dryRun(head, '玉兰,3号楼,,501,王秀英', '玉兰,3号楼,h1,501,周大海');
    expect(messages(late)).toEqual(['3 住户: found "h1", but the room "501" stands without an id in line 2']);
    expect(messages(await town().dryRun(head, '玉兰,3号楼,,,王秀英'))).toEqual(['2 住户 is missing']);
  });

  test('enrols devices in the homes that it finds, read beside as well', async () => {
    const head = '社区,楼栋,房号,设备,型号,登记时间';
    const one = town([], readBeside);
    await one.take('社区,楼栋,住户,房号', '玉兰,3号楼,h1,501');
    await one.take(head, '玉兰,3号楼,501,wm1,water-meter,2026-01-01');
    expect(one.registry.device('wm1')?.home).toBe('h1');
  });

  test('has one id for each door, and the same for the same door', () => {
    const part = fc.constantFrom('1号楼', '11号楼', '1', '11', '1单元', 'a', '甲', '501', '1501');
    const door = fc.tuple(fc.array(part, { minLength: 1, maxLength: 4 }), part);
    fc.assert(
      fc.property(door, door, ([places, room], [otherPlaces, otherRoom]) => {
        const [id, other] = [
          madeHomeId(places.join('/'), room),
          madeHomeId(otherPlaces.join('/'), otherRoom),
        ];
        const isSame = places.join('/') === otherPlaces.join('/') && room === otherRoom;
        expect(id === other).toBe(isSame);
        expect(`${id}-r99`).toMatch(/^[A-Za-z0-9._:-]{1,64}$/);
      }),
      { numRuns: runs(200) },
    );
  });
});
