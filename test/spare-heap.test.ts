import { expect, test } from 'vitest';
import { SpareHeap } from '../src/app/spare-heap.ts';

const MB = 1024 * 1024;
const [AT_REST, BUSY] = [0.1, 0.9];

/** What it answers to one look a second, in megabytes that are in use. */
const looks = (heap: SpareHeap, used: readonly number[], busy = AT_REST): boolean[] =>
  used.map((mb) => heap.isToCollect(mb * MB, busy));

test('what a load left behind is collected when the load is over, and not while it lasts', () => {
  const heap = new SpareHeap();
  expect(looks(heap, [100, 110])).toEqual([false, false]);
  expect(looks(heap, [200, 300, 350], BUSY)).toEqual([false, false, false]);
  expect(looks(heap, [350])).toEqual([true]);
});

test('little is left alone: half as much again as was in use at the least, and 32 MB', () => {
  const heap = new SpareHeap();
  expect(looks(heap, [400, 590])).toEqual([false, false]);
  expect(looks(heap, [601])).toEqual([true]);
  expect(looks(new SpareHeap(), [40, 71])).toEqual([false, false]);
  expect(looks(new SpareHeap(), [40, 73])).toEqual([false, true]);
});

test('after a collection it is counted from what that has left', () => {
  const heap = new SpareHeap();
  expect(looks(heap, [100, 200])).toEqual([false, true]);
  expect(looks(heap, [210, 120, 170])).toEqual([false, false, false]);
  expect(looks(heap, [181])).toEqual([true]);
});

test('what lives is not asked for again and again', () => {
  const heap = new SpareHeap();
  expect(looks(heap, [100, 200])).toEqual([false, true]);
  expect(looks(heap, [200, 210, 250, 290])).toEqual([false, false, false, false]);
  expect(looks(heap, [301])).toEqual([true]);
});

test('a load that goes on while it is collected does not pass for what lives', () => {
  const heap = new SpareHeap();
  expect(looks(heap, [100, 200])).toEqual([false, true]);
  expect(looks(heap, [110, 180, 240], BUSY)).toEqual([false, false, false]);
  expect(looks(heap, [240])).toEqual([true]);
});
