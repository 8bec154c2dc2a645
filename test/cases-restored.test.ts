import { expect, test } from 'vitest';
import { type CaseBook, gatheringCase, openCase } from '../src/cases/case-book.ts';
import { caseTimers, ladderDue } from '../src/cases/ladder.ts';
import { restoredBook, type StoredBook } from '../src/cases/restored-book.ts';
import { contextAt, MINUTE, NOON } from './cases-fixtures.ts';

/** What an earlier version stored: a P1 in somebody's hands, a technical case that nobody has, one notice unanswered. */
const BEFORE =
  '{"nextCase":3,"open":{"safety":{"id":"h1.c1","kind":"safety","status":"acknowledged","priority":"P1","subject":"h1","home":"h1","path":"haitang/g1/b3/u2/h1","title":{"zh":"3号楼2单元501 王秀英：手环报告跌倒","en":"Building 3, 501 · 王秀英: The band reports a fall"},"openedAt":1772337600000,"dueAt":1772340420000,"alerts":["h1.a1"],"version":2,"entries":8,"acknowledgedAt":1772337720000,"acknowledgedBy":"张敏"},"technical":{"id":"h1.c2","kind":"technical","status":"open","priority":"P3","subject":"h1","home":"h1","path":"haitang/g1/b3/u2/h1","title":{"zh":"3号楼2单元501 王秀英：手环报告跌倒","en":"Building 3, 501 · 王秀英: The band reports a fall"},"openedAt":1772337660000,"dueAt":1772352060000,"alerts":["h1.a2"],"version":1,"entries":3}},"lastChange":{"safety":{"version":2,"by":"system","at":1772337720000},"technical":{"version":1,"by":"system","at":1772337660000}},"standing":["h1.a1","h1.a2"],"earlier":{},"ladders":{"safety":{"steps":[{"afterMs":60000,"roles":["committee"],"channels":[]}],"repeatEveryMs":300000,"from":1772337720000,"taken":0,"before":0,"nextAt":1772340420000,"held":true},"technical":{"steps":[{"afterMs":60000,"roles":["committee"],"channels":[]}],"repeatEveryMs":300000,"from":1772337660000,"taken":0,"before":0,"nextAt":1772337720000,"held":false}},"told":{"safety":1772337600000,"technical":1772337660000},"awaited":{"safety":{"left":["h1.c1.case-opened.staff:zhang.duty-robot"],"ways":["duty-robot\\n"],"alert":{"id":"h1.a1","version":1,"title":{"zh":"手环报告跌倒","en":"The band reports a fall"}}}},"unanswered":{"safety":[]}}';

const restored = (): CaseBook => restoredBook(JSON.parse(BEFORE) as StoredBook);

test('a book of an earlier version is read with all that was known of its cases', () => {
  const book = restored();
  expect(book.cases.map((one) => one.case.id)).toEqual(['h1.c1', 'h1.c2']);
  expect(gatheringCase(book, 'safety')).toMatchObject({
    case: { status: 'acknowledged', acknowledgedBy: '张敏' },
    lastChange: { version: 2 },
    ladder: { held: true },
    awaited: { left: ['h1.c1.case-opened.staff:zhang.duty-robot'] },
    told: NOON,
    unanswered: [],
  });
  expect(openCase(book, 'h1.c2')).not.toHaveProperty('awaited');
  expect(restoredBook(book)).toBe(book);
});

test('its ladders go on where they stood', () => {
  const book = restored();
  expect(ladderDue(book)).toBe(NOON + 2 * MINUTE);
  const lines = caseTimers(book, contextAt(NOON + 2 * MINUTE)).flatMap((effect) =>
    effect.type === 'case' ? [`${effect.case.id} ${effect.entries.map(({ type }) => type).join(' ')}`] : [],
  );
  expect(lines).toEqual(['h1.c2 escalated notice']);
  expect(ladderDue(book)).toBe(NOON + 7 * MINUTE);
});
