import { expect, test } from 'vitest';
import { caseNewsOf } from '../src/app/case-news.ts';
import type { CaseEntry } from '../src/model/case.ts';
import { NOON } from './cases-fixtures.ts';

const line = (by: string, change: Partial<CaseEntry>): CaseEntry => ({
  n: 1,
  at: NOON,
  by,
  type: 'step',
  text: { zh: '已出发', en: 'On the way' },
  ...change,
});
const said = (acknowledgedBy: string | undefined, ...lines: CaseEntry[]) =>
  caseNewsOf(
    { status: 'acknowledged', ...(acknowledgedBy ? { acknowledgedBy } : {}) },
    lines,
    'Asia/Shanghai',
  );

test('whoever sets out with a case that is theirs has it', () => {
  const news = said('赵师傅', line('赵师傅', { step: 'on-the-way' }));
  expect(news).toMatchObject({ what: 'on-the-way', text: { zh: '赵师傅 已接手，正在赶去' } });
});

test('whoever goes along with somebody else’s has it not, and nobody is told that they have', () => {
  const news = said('赵师傅', line('周敏', { step: 'on-the-way' }));
  expect(news?.text).toEqual({
    zh: '赵师傅 已接手，周敏 正在赶去',
    en: '赵师傅 has it, 周敏 is on the way',
  });
});

test('a telephone call is no news to whoever was told', () => {
  expect(said('赵师傅', line('赵师傅', { step: 'call-no-answer' }))).toBeUndefined();
});
