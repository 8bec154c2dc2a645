import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { emptyBook } from '../src/cases/case-book.ts';
import { type About, PRIORITIES } from '../src/model/alert.ts';
import type { Notice } from '../src/model/notice.ts';
import { digestOf } from '../src/notify/digest.ts';
import { priorityWords } from '../src/notify/message-text.ts';
import { cases as en } from '../src/web/text/en/cases.ts';
import { cases as zh } from '../src/web/text/zh/cases.ts';
import { contextAt, draftOf, NOON, noticesIn } from './cases-fixtures.ts';
import { Story } from './scenarios/story.ts';

const wordsOf = (about: About): string | undefined => {
  const { effects } = placeAlert(emptyBook(), draftOf('h1.a1', { about }), 'raised', contextAt(NOON));
  const [notice] = noticesIn(effects);
  return notice && `${priorityWords(notice, 'zh')} ${priorityWords(notice, 'en')}`;
};

test('a priority is called by the same words in a notice and in the console', () => {
  const content = { event: 'case-opened', title: { zh: '', en: '' }, body: { zh: '', en: '' } } as const;
  for (const priority of PRIORITIES) {
    const notice = { content: { ...content, priority } } as unknown as Notice;
    expect(priorityWords(notice, 'zh')).toBe(zh[`priority.${priority}`]);
    expect(priorityWords(notice, 'en')).toBe(en[`priority.${priority}`].toLowerCase());
  }
});

test('of what somebody asked for nobody reads that something is to be checked, in a notice as in the console', () => {
  const story = new Story({ homes: { h1: ['band'] }, rules: [] });
  story.until('10:00');
  for (const [category, priority] of [
    ['errands', 'P3'],
    ['house-repair', 'P4'],
  ] as const) {
    const command = { type: 'home.request', home: 'h1', category, from: '', note: '请来一趟' } as const;
    expect(story.command(command, '吴强').ok).toBe(true);
    const notice = story.notices.at(-1) as Notice;
    expect(priorityWords(notice, 'zh')).toBe(zh[`priority.requests.${priority}`]);
    expect(priorityWords(notice, 'en')).toBe(en[`priority.requests.${priority}`].toLowerCase());
  }
  expect(zh['priority.requests.P3']).toBe('待办理');
  const told = story.notices.filter(({ content }) => content.priority === 'P3');
  expect(priorityWords(digestOf(told, NOON), 'zh')).toBe('待办理');
});

test('of a channel that is down nobody reads that somebody may be in need', () => {
  expect(wordsOf('person')).toBe('可能需要帮助 probably in need');
  expect(wordsOf('area')).toBe('尽快处理 soon');
});
