import { describe, expect, test } from 'vitest';
import { messageIn, pathIn } from '../../src/config/problem-words.ts';
import { parseToImport } from '../../src/config/registry-import.ts';

const HEADER = '社区,楼栋,单元,房号,姓名,电话,设备编号,设备型号,安装日期,表号';
const ROW = '玉兰,3号楼,2单元,501,王秀英,13800000001,wm-1,water-meter,2026/3/1,';
const parse = (...lines: string[]) =>
  parseToImport('csv', lines.join('\r\n'), 'x.csv', { models: ['water-meter'], now: Date.UTC(2026, 10, 28) });

/** What is registered, or what is wrong in Chinese, with its line. */
function taken(...lines: string[]): unknown[] {
  const read = parse(...lines);
  if (!read.ok)
    return read.error.map(({ line, path, message }) => {
      const place = path === '' ? '' : `${pathIn('zh', path)}：`;
      return `${line} ${place}${messageIn('zh', message)}`;
    });
  return read.value.put.flatMap((one) => ('id' in one && one.noun !== 'home' ? [one.noun, one.id] : []));
}
const AS_MEANT = taken(HEADER, ROW);
const filled = (text: string, other: string) => ROW.replace(text, other);

describe('what a spreadsheet does to a list', () => {
  test('is nothing where it only adds', () => {
    expect(AS_MEANT).toEqual(['resident', expect.stringMatching(/-r1$/), 'device', 'wm-1']);
    expect(taken(`\uFEFF${HEADER}`, ROW)).toEqual(AS_MEANT);
    const semicolons = [HEADER, ROW].map((line) => line.replaceAll(',', ';'));
    expect(taken(...semicolons)).toEqual(AS_MEANT);
    expect(taken('sep=;', ...semicolons)).toEqual(AS_MEANT);
    expect(taken(`${HEADER},,,`, `${ROW},,,`, ',,,,,,,,,,,,')).toEqual(AS_MEANT);
    expect(taken(HEADER, `${ROW},,`)).toEqual(AS_MEANT);
    expect(taken(HEADER.replace('楼栋', '楼 栋'), ROW)).toEqual(AS_MEANT);
    expect(taken(HEADER, filled('2026/3/1', '2026年3月1日'))).toEqual(AS_MEANT);
  });

  test('is told with the line and the heading of the list where it has spoilt something', () => {
    expect(taken(HEADER, filled('wm-1', '1.23E+11'))).toEqual([
      '2 设备编号：为 "1.23E+11"，号码已被表格软件取整、尾数丢失：请把该列设为“文本”格式，重新填写号码',
    ]);
    expect(taken(HEADER, `${ROW}8.66123E+14`)).toEqual([
      expect.stringMatching(/^2 表号：为 "8\.66123E\+14"/),
    ]);
    expect(taken(HEADER, filled('王秀英', '#N/A'))).toEqual([
      '2 姓名：为 "#N/A"，这是表格软件的公式错误：请填写实际内容',
    ]);
    expect(taken(HEADER, filled('3号楼', '3月2日'))).toEqual([
      expect.stringMatching(/^2 楼栋：为 "3月2日"，是/),
    ]);
    expect(taken(HEADER, filled('2026/3/1', '46082'))).toEqual([
      expect.stringMatching(/^2 安装日期：写的是 "46082"，应为日期/),
    ]);
  });

  test('in the column of addresses is told by the heading as well', () => {
    expect(taken(HEADER, `${ROW}00012345`)).toEqual([
      '2 设备 "wm-1" 表号：写的是 "00012345"，应为类型、冒号和编号，如 deveui:70b3d59bd0000001',
    ]);
  });

  test('with a title above the headings is told as that, and not as a column that nobody knows', () => {
    expect(taken('玉兰社区独居老人台账,,,,,,,,,', HEADER, ROW)).toEqual([
      '1 "玉兰社区独居老人台账" 写在列名上面：请删去这一行，首行应为列名',
    ]);
  });

  test('that leaves a column without a heading is told where something stands in it', () => {
    expect(
      taken(`${HEADER},`, `${ROW},`, `${filled('501', '502').replace('wm-1', 'wm-2')},行动不便`),
    ).toEqual(['1 第 11 列没有列名，但第 3 行写有 "行动不便"：请补上列名，或删去该列']);
  });

  test('with merged cells is told by the heading of the column that is empty', () => {
    expect(taken(HEADER, ROW, ',,,502,李德福,,,,,')).toEqual(['3 缺少社区']);
  });
});

test('two headings for one thing are told by both', () => {
  expect(taken('社区,住户编号,姓名,电话,手机', '玉兰,h1,王秀英,1,2')).toEqual([
    '1 电话 与 手机 是同一列：请只保留一列',
  ]);
});

test('whoever writes that there is nothing has written nothing', () => {
  const read = parse('社区,单元,住户编号,姓名,电话,联系人,联系人电话', '玉兰,/,h1,王秀英,无,无,—');
  expect(read.ok && read.value.put.map(({ noun }) => noun)).toEqual(['node', 'home', 'resident']);
  expect(read.ok && read.value.put.find(({ noun }) => noun === 'resident')).not.toHaveProperty('phone');
});
