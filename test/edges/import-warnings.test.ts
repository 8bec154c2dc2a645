import { describe, expect, test } from 'vitest';
import { madeLines, warningLines } from '../../src/app/import-changes.ts';
import { readHere } from '../../src/config/import-reader.ts';
import { plainPlace } from '../../src/config/import-warnings.ts';
import { type ImportAnswer, importParser } from '../../src/config/registry-import.ts';
import { Registry } from '../../src/registry/registry.ts';

const isModel = (name: string): boolean => name === 'water-meter';

/** A town that each list is put into after the other; what is said of the last. */
async function warned(...lists: readonly (readonly string[])[]): Promise<ImportAnswer> {
  const registry = Registry.from([]);
  const parser = importParser(
    {
      existing: (noun, key) => registry.entry(noun, key),
      below: (noun, key) => registry.dependents(noun, key),
      problems: (put) => registry.problems(put, [], isModel),
    },
    {},
    readHere,
  );
  let last: ImportAnswer | undefined;
  for (const list of lists) {
    last = (await parser('csv', list.join('\n'))) as ImportAnswer;
    expect(last.problems).toEqual([]);
    registry.apply(last.put, []);
  }
  return last as ImportAnswer;
}
const codes = ({ warnings = [] }: ImportAnswer) => warnings.map(({ line, code }) => `${line} ${code}`);

const PLACES = '社区,网格,楼栋,单元,住户,房号';
const PEOPLE = '社区,楼栋,住户,房号,姓名,电话,联系人,联系人电话';

describe('what is probably a mistake is said of its line, and hinders nothing', () => {
  test('a unit without a building', async () => {
    const answer = await warned([PLACES, '玉兰,,,2单元,h1,501', '玉兰,,,2单元,h2,502']);
    expect(codes(answer)).toEqual(['2 unit-without-building']);
    expect(answer.put.length).toBe(4);
    expect(warningLines(answer, 'x.csv', 'zh')).toEqual([
      '! x.csv:2 单元“2单元”上面没有楼栋：各楼的“2单元”会混在一起',
    ]);
  });

  test('two homes with one room in one place, of the list or of the registry, however the room is written', async () => {
    const twice = [PLACES, '玉兰,g1,3号楼,2单元,h1,501', '玉兰,g1,3号楼,2单元,h2,501室'];
    const answer = await warned(twice);
    expect(codes(answer)).toEqual(['3 same-room']);
    expect(answer.warnings?.[0]?.text.zh).toContain('住户 h1（第 2 行）');
    const later = await warned([PLACES, twice[1] ?? ''], [PLACES, '玉兰,g1,3号楼,2单元,h2,501']);
    expect(later.warnings?.map(({ text }) => text.zh)).toEqual([
      '房号“501”在同一处已有住户 h1（已登记）：同一户请用同一个住户编号',
    ]);
    expect(codes(await warned(twice, twice))).toEqual([]);
  });

  test('a row in which a level was left out that others of the place have', async () => {
    const list = [PLACES, '玉兰,g1,3号楼,2单元,h1,501', '玉兰,g1,3号楼,,h2,502', '玉兰,,4号楼,,h3,101'];
    expect(codes(await warned(list))).toEqual(['3 beside-lower-places', '4 beside-lower-places']);
    expect((await warned(list)).warnings?.map(({ text }) => text.zh)).toEqual([
      '没有写到单元，而同在“3号楼”的其他住户写到了单元：是否漏填？',
      '没有写到网格，而同在“玉兰”的其他住户写到了网格：是否漏填？',
    ]);
  });

  test('a number that is shorter than the others of its model: a spreadsheet has taken it for an amount', async () => {
    const row = (home: string, device: string) => `玉兰,${home},${device},water-meter,2026-03-01`;
    const head = '社区,住户,设备,型号,安装日期';
    const whole = ['00012341', '00012342', '00012343'].map((id, i) => row(`h${i}`, id));
    const answer = await warned([head, ...whole, row('h9', '12344')]);
    expect(codes(answer)).toEqual(['5 shorter-number']);
    expect(answer.warnings?.[0]?.text.zh).toContain('“12344”比名单中同型号的其他编号（8 位）短');
    expect(codes(await warned([head, ...whole, row('h9', '00012344')]))).toEqual([]);
    expect(codes(await warned([head, row('h1', '00012341'), row('h2', '1')]))).toEqual([]);
  });

  test('one place that is spelt in two ways', async () => {
    const list = [PLACES, '玉兰,,3号楼,,h1,501', '玉兰,,三号楼,,h2,502', '玉兰,,13号楼,,h3,502'];
    expect(codes(await warned(list))).toEqual(['3 place-spelt-otherwise']);
    expect(codes(await warned(list.slice(0, 2), [PLACES, '玉兰,,3栋,,h2,502']))).toEqual([
      '2 place-spelt-otherwise',
    ]);
    const spellings = ['3号楼', '3 号楼', '３栋', '三幢', '第3号楼'].map(plainPlace);
    expect(new Set(spellings).size).toBe(1);
    const others = ['1单元', '十一单元', '11单元', '二十三单元', '23单元', '十单元'].map(plainPlace);
    expect(others).toEqual(['1单元', '11单元', '11单元', '23单元', '23单元', '10单元']);
  });

  test('one person in two homes, and a contact who has the telephone of the resident', async () => {
    const list = [
      PEOPLE,
      '玉兰,1号楼,h1,101,王秀英,13800000001,王建国,138 0000 0001',
      '玉兰,2号楼,h2,201,王秀英,13800000001,王建国,13900000001',
      '玉兰,2号楼,h3,202,王秀英,13800000003,,',
    ];
    expect(codes(await warned(list))).toEqual(['2 contact-has-own-phone', '3 person-twice']);
  });

  test('a resident who would be called otherwise: whoever moved in has nothing of who lived there', async () => {
    const answer = await warned(
      [PEOPLE, '玉兰,1号楼,h1,101,王秀英,13800000001,,'],
      [PEOPLE, '玉兰,1号楼,h1,101,赵永年,13800000009,,'],
    );
    expect(codes(answer)).toEqual(['2 another-person']);
  });

  test('nothing of a list as it should be', async () => {
    const list = [
      PLACES,
      '玉兰,g1,3号楼,1单元,h1,501',
      '玉兰,g1,3号楼,2单元,h2,501',
      '玉兰,g1,13号楼,1单元,h3,501',
      '玉兰,g2,5号楼,1单元,h4,502',
    ];
    expect(codes(await warned(list))).toEqual([]);
  });
});

test('the terminal says which home each row without an id stands for', async () => {
  const answer = await warned(
    ['社区,楼栋,住户,房号', '玉兰,3号楼,h1,501'],
    ['社区,楼栋,房号,姓名', '玉兰,3号楼,501,王秀英', '玉兰,3号楼,502,李德福'],
  );
  expect(madeLines(answer, 'x.csv', 'zh')).toEqual([
    '= x.csv:2 玉兰/3号楼/501 → 已登记的住户 h1',
    expect.stringMatching(/^= x\.csv:3 玉兰\/3号楼\/502 → 新住户，编号 3-502-\w{10}$/),
  ]);
});

test('people who name a channel that the running service does not have', async () => {
  const parser = importParser(
    { existing: () => undefined, problems: () => [], channels: new Set(['duty']) },
    {},
    readHere,
  );
  const answer = (await parser(
    'yaml',
    'staff:\n  - { id: zhou, name: 周敏, channels: [{ channel: duty, address: "1" }] }\n  - { id: sun, name: 孙伟, channels: [{ channel: dooty, address: "2" }] }\n',
  )) as ImportAnswer;
  expect(codes(answer)).toEqual(['3 channel-not-there']);
  expect(warningLines(answer, 'staff.yaml', 'en')).toEqual([
    '! staff.yaml:3 "孙伟" names the channel dooty, which the running service does not have: nobody is told over it. Compare channels.yaml; one that was added since the start is there after a restart',
  ]);
});
