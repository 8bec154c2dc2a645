import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine, withoutFormulaMark } from '../src/lib/csv-line.ts';

const read = (line: string) => (parse(line) as string[][])[0] ?? [];
const cell = (text: string) => read(csvLine([text, 'x']))[0];

test('what a spreadsheet would take for a formula is made text, also in full width and behind blanks', () => {
  for (const formula of [
    '=1+1',
    '+1+1',
    '-1+cmd|x',
    '@SUM(A1)',
    '＝1+1',
    '＠A1',
    '  =HYPERLINK("http://x")',
    '+86=1',
  ])
    expect(cell(formula)).toBe(`'${formula}`);
  for (const hidden of ['\t=1+1', '\r=1+1', '\n=1+1', '\0=1+1']) expect(cell(hidden)).toBe("' =1+1");
});

test('telephones, other numbers and words stay as they are', () => {
  for (const text of [
    '+8613800001111',
    '+86 138-0000-1111',
    '+86 (10) 6500 0000',
    '-3.5',
    '120',
    '王秀英',
    'a=b',
    'x-1',
  ])
    expect(cell(text)).toBe(text);
});

test('a row is one line, and nothing in it is unseen or runs the other way', () => {
  expect(csvLine(['门开着\r\n没人', 'a\u202Eb\u0007', 'x;y', 'say "no"'])).toBe(
    '门开着 没人,a b ,"x;y","say ""no"""\r\n',
  );
});

test('any cell is read back as it was, but for what is unseen', () => {
  const texts = fc.array(
    fc.string({ unit: 'binary-ascii', maxLength: 8 }).filter((text) => /^[ -&(-~]*$/.test(text)),
    {
      minLength: 2,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(texts, (cells) => {
      expect(read(csvLine(cells)).map(withoutFormulaMark)).toEqual(cells);
    }),
  );
});
