import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveBytes } from '../soak/measures.ts';
import { type Around, browserAround, TestStream } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly untaken: { readonly value: ReadonlyMap<string, unknown> | undefined };
  readonly startAwaited: () => () => void;
  readonly startUntaken: () => () => void;
  readonly startStream: () => () => void;
  readonly user: { value: object | undefined };
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/state/${name}.ts`);
const parts = {
  ...(await moduleOf('untaken')),
  ...(await moduleOf('awaited')),
  ...(await moduleOf('session')),
  ...(await moduleOf('stream')),
} as Parts;
const { startAwaited, startStream, startUntaken, untaken, user } = parts;

let around: Around;
const stops: (() => void)[] = [];
beforeEach(() => {
  around = browserAround();
  user.value = { id: 'wang', roles: [{ role: 'responder', node: 'haitang' }] };
  stops.push(startUntaken(), startAwaited(), startStream());
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  user.value = undefined;
  await around.end();
});

const CASES = 1_000;
const WORDS = 'x'.repeat(10_000);
const tell = (n: number, status: string) =>
  TestStream.newest().tell('case', n, {
    change: 'updated',
    case: { id: `c${n}`, version: 1, status, priority: 'P1', path: 'haitang', home: 'h', title: WORDS },
    entries: [],
  });

test('a page that stands open for weeks keeps nothing of the cases that came and went', async () => {
  TestStream.newest().open();
  while (around.asked('/cases?').length > 0) await around.answer('/cases?', { items: [] });
  tell(1, 'open');
  const before = liveBytes();
  for (let n = 2; n < CASES; n++) tell(n, 'struck-off');
  expect(liveBytes() - before).toBeLessThan((CASES * WORDS.length) / 4);
  expect([...(untaken.value?.keys() ?? [])]).toEqual(['c1']);
});

test('what was told while the answer was on its way is not lost with it', async () => {
  TestStream.newest().open();
  tell(1, 'open');
  while (around.asked('/cases?').length > 0) await around.answer('/cases?', { items: [] });
  expect([...(untaken.value?.keys() ?? [])]).toEqual(['c1']);
});
