import { expect, test } from 'vitest';
import { ruleSetSchema } from '../src/model/rule-set.ts';
import { ruleContent } from '../src/rules/content.ts';

const W1 = { id: 'W1', kind: 'low-consumption', params: { windowHours: 24, belowLitres: 10 } };
const setOf = (rule: object, version = 'a', more: object = {}) =>
  ruleSetSchema.parse({ version, rules: [rule], ...more });

test('the mark of a rule set is what it says, not what it is called or how it is laid out', () => {
  const content = ruleContent(setOf(W1));
  expect(content).toMatch(/^[0-9a-f]{8}$/);
  expect(ruleContent(setOf(W1, 'b'))).toBe(content);
  expect(ruleContent(setOf({ ...W1, params: { belowLitres: 10, windowHours: 24 } }))).toBe(content);
});

test('a limit, a priority, a plan or an exception changes it', () => {
  const exception = { home: 'h1', rule: 'W1', enabled: false, author: 'Li', reason: 'well water' };
  const marks = [
    setOf(W1),
    setOf({ ...W1, params: { windowHours: 24, belowLitres: 11 } }),
    setOf({ ...W1, priority: 'P3' }),
    setOf({ ...W1, mode: 'shadow' }),
    setOf(W1, 'a', { plans: { dry: { title: 'dry', rules: { W1: { params: { belowLitres: 5 } } } } } }),
    setOf(W1, 'a', { overrides: [exception] }),
    setOf(W1, 'a', { overrides: [{ ...exception, author: 'Wang' }] }),
  ].map(ruleContent);
  expect(new Set(marks).size).toBe(marks.length);
});
