import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRecords } from '../../src/config/csv-table.ts';
import { runs } from '../runs.ts';

const plainSign = fc.constantFrom(
  'a',
  '7',
  ',',
  ',',
  ';',
  '\t',
  '\n',
  '\n',
  ' ',
  'é',
  '张',
  '😀',
  '\uFEFF',
  '\u2028',
);
const text = fc.tuple(
  fc.array(fc.oneof({ weight: 20, arbitrary: plainSign }, fc.constantFrom('"', '\r', '\r\n', '\ud800')), {
    maxLength: 40,
  }),
  fc.constantFrom('\n', '\r\n'),
);

test('a table without quotes is read as the whole parser reads it, with the same lines', () => {
  fc.assert(
    fc.property(text, ([signs, end]) => {
      const csv = signs.join('').replaceAll('\n', end);
      const first = /^[^\r\n]*/.exec(csv)?.[0] ?? '';
      const whole = parse(csv, {
        bom: true,
        delimiter: [',', ';', '\t'].find((each) => first.includes(each)) ?? ',',
        info: true,
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: true,
        skip_records_with_error: true,
        on_skip: () => undefined,
      }) as unknown as ReturnType<typeof readRecords>;
      const plainly = (records: typeof whole) => records.map(({ info, record }) => [info.lines, ...record]);
      expect(plainly(readRecords(csv, 'homes.csv', []))).toEqual(plainly(whole));
    }),
    { numRuns: runs(200, 40_000) },
  );
});
