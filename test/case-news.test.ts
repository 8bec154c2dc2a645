import { expect, test } from 'vitest';
import { caseNewsOf, findingOf } from '../src/app/case-news.ts';
import type { WithContact } from '../src/cases/contact-owner.ts';
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

test('that a contact has an emergency is news when they come or have reached the person, and not before', () => {
  const son = '王建国（儿子）';
  const taken = line(son, { type: 'acknowledged', text: { zh: `${son} 已接手`, en: `${son} has it` } });
  const of = { status: 'acknowledged', acknowledgedBy: son } as const;
  const heard = (withContact: WithContact | undefined, one: CaseEntry) =>
    caseNewsOf(of, [one], 'Asia/Shanghai', { withContact });
  expect(heard('calls-go-on', taken)).toBeUndefined();
  expect(heard('calls-go-on', line('周敏', { step: 'on-the-way' }))).toBeUndefined();
  expect(heard('in-hand', line(son, { step: 'on-the-way' }))).toMatchObject({
    what: 'taken',
    text: { zh: `${son} 已接手，正在赶去` },
  });
  expect(heard('in-hand', line(son, { step: 'call-fine' }))).toMatchObject({
    what: 'taken',
    text: { zh: `${son} 已接手` },
  });
  // Of what is no emergency a contact has it as anybody has.
  expect(heard(undefined, taken)).toMatchObject({ what: 'taken' });
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
