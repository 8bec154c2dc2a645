import { expect, test } from 'vitest';
import { joinedNames } from '../src/model/joined-names.ts';

test('names of places stand together where they are Chinese, and apart where numbers or letters would meet', () => {
  expect(joinedNames(['3号楼', '2单元', '501'])).toBe('3号楼2单元501');
  expect(joinedNames(['村西社区', '第一网格', 'b2', 'u1', '6'])).toBe('村西社区第一网格b2 u1 6');
  expect(joinedNames([])).toBe('');
});
