import { describe, expect, test } from 'vitest';
import { parseRegistryCsv } from '../../src/config/registry-csv.ts';
import { parseRegistryYaml } from '../../src/config/registry-yaml.ts';
import { formatProblem, problemIn } from '../../src/config/yaml-file.ts';

const parse = (...lines: string[]) =>
  parseRegistryCsv(lines.join('\r\n'), 'x.csv', { models: ['water-meter'] });

/** Name and telephone of everybody in the file. */
function people(...lines: string[]): string[] {
  const parsed = parse(...lines);
  if (!parsed.ok) return parsed.error.map(formatProblem);
  return parsed.value.put.flatMap((entry) =>
    entry.noun === 'resident' || entry.noun === 'contact'
      ? [`${entry.noun} ${entry.name} ${entry.phone ?? 'none'}`]
      : [],
  );
}

describe('a list of residents, as a neighbourhood keeps it', () => {
  test('needs no columns of devices: these are enrolled on the spot', () => {
    expect(
      people('社区,楼栋,单元,住户,房号,姓名,手机号码', '玉兰,3号楼,1单元,h1,102,张三,13800000001'),
    ).toEqual(['resident 张三 13800000001']);
    expect(people('社区,住户,设备', '玉兰,h1,wm1')).toEqual([
      'x.csv:1 the first line must name the columns; model 型号, enrolled_at 登记时间 missing',
    ]);
  });

  test('has under 联系电话 the telephone of whoever is named before it', () => {
    expect(people('社区,住户,姓名,联系电话', '玉兰,h1,张三,13800000001')).toEqual([
      'resident 张三 13800000001',
    ]);
    expect(
      people('社区,住户,姓名,联系电话,家属姓名,家属电话', '玉兰,h1,张三,13800000001,张伟,13900000001'),
    ).toEqual(['resident 张三 13800000001', 'contact 张伟 13900000001']);
    expect(
      people('社区,住户,姓名,电话,联系人,联系电话', '玉兰,h1,张三,13800000001,张伟,13900000001'),
    ).toEqual(['resident 张三 13800000001', 'contact 张伟 13900000001']);
    expect(people('社区,住户,姓名,联系人,联系电话', '玉兰,h1,张三,张伟,13900000001')).toEqual([
      'resident 张三 none',
      'contact 张伟 13900000001',
    ]);
  });

  test('loses no telephone for which nobody is named', () => {
    expect(people('社区,住户,姓名,联系人,联系人电话', '玉兰,h1,张三,,13900000001')).toEqual([
      'x.csv:2 联系人电话: found "13900000001", but contact is empty',
    ]);
    expect(people('社区,住户,姓名,电话', '玉兰,h1,,13800000001')).toEqual([
      'x.csv:2 电话: found "13800000001", but resident is empty',
    ]);
  });

  test.each([
    ['138 0000 0001', '138 0000 0001'],
    ["'13800000001", '13800000001'],
    ['１３８００００００１', '1380000001'],
    ['13800000001.0', '13800000001'],
    ['0571-88880000转8', '0571-88880000转8'],
  ])('takes the telephone %s', (text, phone) => {
    expect(people('社区,住户,姓名,电话', `玉兰,h1,张三,${text}`)).toEqual([`resident 张三 ${phone}`]);
  });

  test('takes no number that a spreadsheet has rounded, and no word, for a telephone', () => {
    const lines = ['社区,住户,姓名,电话', '玉兰,h1,张三,1.38E+10', '玉兰,h2,李四,问家属'];
    expect(people(...lines)).toEqual([
      'x.csv:2 电话: found "1.38E+10", which a spreadsheet has rounded: format its column as text and enter the number anew',
      'x.csv:3 电话: found "问家属", expected a telephone number, or nothing',
    ]);
  });

  test('is told of its mistakes in Chinese, and which headings there are in both languages', () => {
    const parsed = parse('社区,住户,姓名,电话', '玉兰,h1,张三,1.38E+10', '玉兰,h2,,1', '玉兰,h3,李四,问家属');
    const told = parsed.ok ? [] : parsed.error.map(problemIn('zh'));
    expect(told.join('\n')).not.toMatch(/found|expected|empty/);
    expect(told[0]).toContain('取整');
    const unknown = parse('社区,住户,序号', '玉兰,h1,1');
    expect(unknown.ok ? '' : unknown.error[0]?.message).toContain('resident 老人');
  });
});

describe('a place', () => {
  test('may say where its families call', () => {
    const file = (phone: string) =>
      parseRegistryYaml(
        `communities:\n  - id: haitang\n    phone: ${phone}\n    grids: [{ id: g1 }]\n`,
        'x.yaml',
      );
    const read = file('"0571-8888 1234"');
    expect(read.ok && read.value.put).toMatchObject([
      { noun: 'node', path: 'haitang', phone: '0571-8888 1234' },
      { noun: 'node', path: 'haitang/g1' },
    ]);
    expect(file('居委会').ok).toBe(false);
  });
});
