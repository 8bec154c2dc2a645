import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { emptyBook } from '../src/cases/case-book.ts';
import { type About, PRIORITIES } from '../src/model/alert.ts';
import type { Notice } from '../src/model/notice.ts';
import { priorityWords } from '../src/notify/message-text.ts';
import { cases as en } from '../src/web/text/en/cases.ts';
import { cases as zh } from '../src/web/text/zh/cases.ts';
import { contextAt, draftOf, NOON, noticesIn } from './cases-fixtures.ts';

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

test('of a channel that is down nobody reads that somebody may be in need', () => {
  expect(wordsOf('person')).toBe('可能需要帮助 probably in need');
  expect(wordsOf('area')).toBe('尽快处理 soon');
});
