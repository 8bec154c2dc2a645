import { expect, test } from 'vitest';
import type { NumberedCase } from '../../src/ports/records.ts';
import { dueTarget, nextStep, ownerName } from '../../src/web/cases/next-step.ts';

const NOW = Date.UTC(2026, 2, 1);
const caseOf = (over: Partial<NumberedCase>): NumberedCase => ({
  id: 'h1.c1',
  number: 1,
  kind: 'safety',
  status: 'open',
  priority: 'P1',
  subject: 'h1',
  home: 'h1',
  path: 'hai/g1/h1',
  title: { zh: '', en: '' },
  openedAt: NOW,
  dueAt: NOW,
  alerts: [],
  version: 1,
  entries: 1,
  ...over,
});
const mine = { status: 'acknowledged', acknowledgedBy: '周敏', acknowledgedAt: NOW } as const;
const due = { onSite: NOW + 1, resolve: NOW + 2 };

test.each([
  ['open', caseOf({}), 'acknowledge'],
  ['mine', caseOf({ ...mine, due }), 'on-the-way'],
  ['mine, on the way', caseOf({ ...mine, due, onTheWayAt: NOW }), 'on-site'],
  ['mine, there', caseOf({ ...mine, due: { resolve: NOW }, onTheWayAt: NOW, onSiteAt: NOW }), 'resolve'],
  [
    'mine, reopened after somebody had been there',
    caseOf({
      ...mine,
      due,
      onTheWayAt: NOW - 9,
      onSiteAt: NOW - 8,
      acknowledgedAt: NOW,
      round: { from: NOW },
    }),
    'on-the-way',
  ],
  ['mine, nobody has to go there', caseOf({ ...mine, due: { resolve: NOW } }), 'resolve'],
  ['somebody else’s', caseOf({ ...mine, acknowledgedBy: '吴强' }), 'take-over'],
  ['offered to me', caseOf({ ...mine, acknowledgedBy: '吴强', assignedTo: '周敏' }), 'acknowledge'],
  ['resolved by another', caseOf({ status: 'resolved', resolvedBy: '吴强' }), 'call-back'],
  ['resolved by me', caseOf({ status: 'resolved', resolvedBy: '周敏' }), undefined],
  [
    'resolved by another of my name',
    caseOf({ status: 'resolved', resolvedBy: '周敏', resolvedByAccount: 'zhou2' }),
    'call-back',
  ],
  ['somebody’s of my name', caseOf({ ...mine, acknowledgedByAccount: 'zhou2' }), 'take-over'],
  ['over', caseOf({ status: 'struck-off', resolvedBy: '吴强' }), undefined],
] as const)('the next step of a case that is %s', (_, one, expected) => {
  expect(nextStep(one, { name: '周敏', account: 'zhou' })).toBe(expected);
});

test('what runs out next is what the due-date belongs to; cases of before do not say', () => {
  expect(dueTarget(caseOf({ due: { contact: NOW, resolve: NOW + 9 } }))).toBe('contact');
  expect(dueTarget(caseOf({}))).toBe('acknowledge');
  expect(dueTarget(caseOf(mine))).toBe('resolve');
  expect(dueTarget(caseOf({ status: 'resolved' }))).toBe('callBack');
});

test('somebody else of my name is told apart by the account', () => {
  const me = { name: '周敏', account: 'zhou' };
  expect(ownerName(caseOf({ ...mine, acknowledgedByAccount: 'zhou2' }), me)).toBe('周敏 (zhou2)');
  expect(ownerName(caseOf({ ...mine, acknowledgedByAccount: 'zhou' }), me)).toBe('周敏');
  expect(ownerName(caseOf({ ...mine, acknowledgedBy: '吴强', acknowledgedByAccount: 'wu' }), me)).toBe(
    '吴强',
  );
});
