import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textOf } from '../../src/cli-words.ts';
import { readListFile } from '../../src/config/list-file.ts';
import { readText } from '../../src/config/yaml-file.ts';
import { listText } from '../../src/model/list-text.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
/** 王秀英 as a spreadsheet in Chinese saves it. */
const WANG = Uint8Array.of(0xcd, 0xf5, 0xd0, 0xe3, 0xd3, 0xa2);
const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
const textIn = (bytes: Uint8Array) => {
  const read = listText(bytes);
  return read.ok ? read.text : read;
};

describe('a list is read in the encoding in which the spreadsheet has saved it', () => {
  test('UTF-8, with a mark at its beginning and without', () => {
    expect(textIn(utf8('姓名\n王秀英'))).toBe('姓名\n王秀英');
    expect(textIn(joined(Uint8Array.of(0xef, 0xbb, 0xbf), utf8('姓名')))).toBe('姓名');
  });

  test('GB18030, which is its "CSV" in China', () => {
    expect(textIn(joined(utf8('name\n'), WANG))).toBe('name\n王秀英');
  });

  test('UTF-16 in either order, which is its "Unicode text"', () => {
    const little = Buffer.from('姓名\t王秀英', 'utf16le');
    expect(textIn(joined(Uint8Array.of(0xff, 0xfe), little))).toBe('姓名\t王秀英');
    expect(textIn(joined(Uint8Array.of(0xfe, 0xff), Buffer.from(little).swap16()))).toBe('姓名\t王秀英');
  });

  test('a line that another program has added in GB18030 does not make other names of all the others', () => {
    const list = joined(utf8('home,resident\nh1,李德福\nh2,张桂芳\nh3,'), WANG, utf8('\n'));
    expect(textIn(list)).toEqual({ ok: false, why: 'mixed', line: 4 });
  });

  test('nor does a line in UTF-8 in a list in GB18030', () => {
    const row = joined(utf8('h1,'), WANG, utf8('\n'));
    const list = joined(utf8('home,resident\n'), row, row, utf8('h3,李德福的女儿'), Uint8Array.of(0xff));
    expect(textIn(list)).toMatchObject({ ok: false, why: 'mixed' });
  });

  test('a workbook is none, whatever it is called', () => {
    expect(textIn(utf8('PK\u0003\u0004\u0014'))).toEqual({ ok: false, why: 'workbook' });
    expect(textIn(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1))).toEqual({ ok: false, why: 'workbook' });
  });
});

test('a workbook under the name of a list is refused with what to do', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'list-')), 'homes.csv');
  await writeFile(file, 'PK\u0003\u0004\u0014');
  const said = await readListFile(file).catch((error: Error) => textOf(error));
  expect(said).toMatchObject({
    zh: expect.stringContaining('CSV UTF-8'),
    en: expect.stringContaining('GBK can be read'),
  });
});

test('a configuration that an editor has saved in GB18030 has the names that stand in it', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'list-')), 'registry.yaml');
  await writeFile(file, joined(utf8('name: '), WANG));
  expect(await readText(file)).toEqual({ ok: true, value: 'name: 王秀英' });
});
