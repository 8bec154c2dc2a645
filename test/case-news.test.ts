import { expect, test } from 'vitest';
import { caseNewsOf, findingOf, mayBeNews } from '../src/app/case-news.ts';
import type { CaseEntry } from '../src/model/case.ts';
import { NOON } from './cases-fixtures.ts';
import { Story } from './scenarios/story.ts';

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

test('that a contact has it and does not say that they come leaves others wanted', () => {
  const taken = line('王敏（女儿）', { type: 'acknowledged' });
  const one = { status: 'acknowledged', acknowledgedBy: '王敏（女儿）' } as const;
  expect(caseNewsOf(one, [taken], 'Asia/Shanghai', { contact: 'far' })).toMatchObject({ wanted: true });
  expect(caseNewsOf(one, [taken], 'Asia/Shanghai', { contact: 'near' })).not.toHaveProperty('wanted');
});

test('that a contact does not come after all leaves others wanted anew; of staff the calls themselves say so', () => {
  const withdrawn = line('王敏（女儿）', { type: 'step-withdrawn' });
  const one = { status: 'acknowledged', acknowledgedBy: '王敏（女儿）' } as const;
  expect(caseNewsOf(one, [withdrawn], 'Asia/Shanghai', { contact: 'far' })).toMatchObject({
    what: 'taken',
    wanted: true,
    takenBack: true,
    text: { zh: '王敏（女儿） 已接手，尚未说要赶去：仍请就近人员前往，可以接过来' },
  });
  expect(caseNewsOf(one, [withdrawn], 'Asia/Shanghai')).toBeUndefined();
  expect(mayBeNews([withdrawn])).toBe(true);
});

test('that a contact is there is news to those who were to go; of staff it follows from that they come', () => {
  const there = line('王敏（女儿）', { step: 'on-site', text: { zh: '已到场', en: 'On site' } });
  const one = { status: 'acknowledged', acknowledgedBy: '王敏（女儿）' } as const;
  expect(caseNewsOf(one, [there], 'Asia/Shanghai', { contact: 'near' })).toMatchObject({
    what: 'on-the-way',
    text: { zh: '王敏（女儿） 已到现场' },
  });
  const fine = line('王敏（女儿）', { step: 'call-fine', text: { zh: '电话接通，没事', en: 'fine' } });
  expect(caseNewsOf(one, [fine], 'Asia/Shanghai', { contact: 'near' })).toMatchObject({
    text: { zh: '王敏（女儿） 已接手' },
  });
  const inVain = line('王敏（女儿）', { step: 'call-no-answer' });
  expect(caseNewsOf(one, [inVain], 'Asia/Shanghai', { contact: 'near' })).toBeUndefined();
  expect(said('周敏', line('周敏', { step: 'on-site' }))).toBeUndefined();
});

test('a telephone call is no news to whoever was told', () => {
  expect(said('赵师傅', line('赵师傅', { step: 'call-no-answer' }))).toBeUndefined();
});

test('a case is called after what matters most in it, which says nothing of who lives there', () => {
  const story = new Story({
    homes: { h1: ['band'] },
    rules: [
      { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
      { id: 'B2', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
    ],
  });
  story.home('h1').band.presses();
  story.home('h1').band.falls();
  const one = story.case('h1.c1');
  expect(findingOf(story.core, one)).toEqual({ zh: '紧急呼叫', en: 'SOS' });
  const renamed = { noun: 'resident', id: 'h1-r', home: 'h1', name: '王芳' };
  expect(story.register([renamed])).toBe('ok');
  expect(findingOf(story.core, one)).toBeUndefined();
});
