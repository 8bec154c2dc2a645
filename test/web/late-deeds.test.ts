import { expect, test } from 'vitest';
import type { Action } from '../../src/web/state/action.ts';
import { heldIfLate, isLate, isPromise } from '../../src/web/state/late-deeds.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PRESSED = Date.UTC(2026, 2, 1, 3, 31);

const pressed = (part: Partial<Action>): Action => ({
  key: 'k',
  user: 'wang',
  case: '501.c1',
  number: 1,
  type: 'acknowledge',
  body: {},
  createdAt: PRESSED,
  attempts: 1,
  state: 'waiting',
  ...part,
});
const after = (ms: number, part: Partial<Action> = {}) => heldIfLate(pressed(part), PRESSED + ms).state;

test('that somebody takes a case is sent by itself for three minutes, and asked about afterwards', () => {
  expect(after(3 * MINUTE)).toBe('waiting');
  expect(after(3 * MINUTE + 1)).toBe('held');
  expect(after(3 * MINUTE + 1, { state: 'sending' })).toBe('held');
  expect(after(4 * MINUTE, { state: 'refused' })).toBe('refused');
});

test('what is held says no more when it will be tried again', () => {
  expect(heldIfLate(pressed({ nextAt: PRESSED + 1 }), PRESSED + HOUR)).not.toHaveProperty('nextAt');
});

test('notes and outcomes are true later as well, and are asked about after twelve hours', () => {
  for (const type of ['note', 'resolve', 'photo', 'call-back'] as const) {
    const promise = isPromise(type, {}, 'acknowledged');
    expect(after(12 * HOUR, { type, promise })).toBe('waiting');
    expect(after(12 * HOUR + 1, { type, promise })).toBe('held');
  }
});

test('who sets out promises; who was there tells it, unless nobody has the case and the step would take it', () => {
  expect(isPromise('assign', {}, 'acknowledged')).toBe(true);
  expect(isPromise('step', { step: 'on-the-way' }, 'acknowledged')).toBe(true);
  expect(isPromise('step', { step: 'on-site' }, 'acknowledged')).toBe(false);
  expect(isPromise('step', { step: 'on-site' }, 'open')).toBe(true);
  expect(isPromise('step', { step: 'call-no-answer' }, 'open')).toBe(true);
  expect(isPromise('note', { text: 'x' }, 'open')).toBe(false);
});

test('what an earlier version of the page left behind is rather asked about once too often', () => {
  expect(after(4 * MINUTE, { type: 'step' })).toBe('held');
  expect(after(4 * MINUTE, { type: 'note' })).toBe('waiting');
});

test('who says that it is still so promises anew from then on', () => {
  const confirmedAt = PRESSED + 5 * HOUR;
  expect(after(5 * HOUR + 3 * MINUTE, { confirmedAt })).toBe('waiting');
  expect(after(5 * HOUR + 4 * MINUTE, { confirmedAt })).toBe('held');
});

test('a clock that was set back does not keep a promise young', () => {
  expect(after(-30_000)).toBe('waiting');
  expect(after(-HOUR)).toBe('held');
  expect(after(-HOUR, { type: 'note' })).toBe('waiting');
});

test('the time line is told when something was done that came more than a minute later', () => {
  expect(isLate(pressed({}), PRESSED + MINUTE)).toBe(false);
  expect(isLate(pressed({}), PRESSED + MINUTE + 1)).toBe(true);
});
