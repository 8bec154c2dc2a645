import { expect, test } from 'vitest';
import { digestOf, together } from '../../src/notify/digest.ts';
import { EXAMPLE_NOTICE, EXAMPLE_QUESTION } from '../../src/notify/example.ts';

test('those of the home, who cannot sign in, are not told to sign in and take cases one by one, however many wait', () => {
  const question = { ...EXAMPLE_NOTICE, ...EXAMPLE_QUESTION };
  const other = { ...question, id: 'h501.c3.case-opened.resident:h501-r.duty-robot', case: 'h501.c3' };
  expect(together(question, [question, other])).toEqual([]);
  const toSon = { kind: 'contact', id: 'son', name: '王建国', role: 'contact' } as const;
  const calls = ['c2', 'c3'].map((id) => ({ ...EXAMPLE_NOTICE, recipient: toSon, id, case: `h501.${id}` }));
  for (const one of calls) expect(together(one, calls)).toEqual([]);
  const alarm = { ...EXAMPLE_NOTICE, address: question.address };
  expect(together(alarm, [question, alarm])).toEqual([alarm]);
  expect(digestOf([alarm, { ...alarm, id: 'x' }], 0).content.title.zh).toContain('待接手');
});
