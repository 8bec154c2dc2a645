import { expect, test } from 'vitest';
import { placeAlert } from '../src/cases/alerts.ts';
import { emptyBook } from '../src/cases/case-book.ts';
import type { About } from '../src/model/alert.ts';
import { priorityWords } from '../src/notify/message-text.ts';
import { contextAt, draftOf, NOON, noticesIn } from './cases-fixtures.ts';

const wordsOf = (about: About): string | undefined => {
  const { effects } = placeAlert(emptyBook(), draftOf('h1.a1', { about }), 'raised', contextAt(NOON));
  const [notice] = noticesIn(effects);
  return notice && `${priorityWords(notice, 'zh')} ${priorityWords(notice, 'en')}`;
};

test('of a channel that is down nobody reads that somebody may be in need', () => {
  expect(wordsOf('person')).toBe('可能需要帮助 probably in need');
  expect(wordsOf('area')).toBe('尽快处理 soon');
});
