import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NumberedCase } from '../../src/ports/records.ts';
import { type Around, browserAround, settled, TestStream } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly feed: {
    readonly value: {
      readonly phase: string;
      readonly moreProblem?: { readonly text: string };
      readonly list: { readonly rows: readonly NumberedCase[]; readonly waiting: readonly NumberedCase[] };
    };
  };
  readonly loadMore: () => Promise<void>;
  readonly openFeed: (filter: object) => () => void;
  readonly startStream: () => () => void;
  readonly user: { value: object | undefined };
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/${name}.ts`);
const parts = {
  ...(await moduleOf('cases/case-feed')),
  ...(await moduleOf('state/stream')),
  ...(await moduleOf('state/session')),
} as Parts;
const { feed, loadMore, openFeed, startStream, user } = parts;

let around: Around;
const stops: (() => void)[] = [];
let readers = 0;
beforeEach(() => {
  around = browserAround();
  // Another reader each time: what was shown to the one before is no answer.
  readers += 1;
  user.value = { id: `reader-${readers}`, roles: [{ role: 'responder', node: 'haitang' }] };
  stops.push(startStream(), openFeed({ status: ['open', 'acknowledged'], priority: [] }));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  user.value = undefined;
  await around.end();
});

const one = (id: string, version = 1, status = 'open'): NumberedCase =>
  ({
    ...{ id, version, status, number: version, priority: 'P2', kind: 'safety', path: 'haitang/g1' },
    ...{ home: id, alerts: [], dueAt: 0, openedAt: 0, title: { zh: '', en: '' } },
  }) as unknown as NumberedCase;
const tell = (id: number, of: NumberedCase) =>
  TestStream.newest().tell('case', id, { change: 'opened', case: of, entries: [] });
const shown = () =>
  [...feed.value.list.rows, ...feed.value.list.waiting].map(({ id, status }) => `${id} ${status}`).sort();

test('a case that is opened while the list is on its way is not missing from it', async () => {
  TestStream.newest().open();
  tell(11, one('new'));
  // The first question was before the stream stood, the second when it did.
  expect(around.asked('/cases?')).toHaveLength(2);
  await around.answer('/cases?', { items: [one('known')] });
  await around.answer('/cases?', { items: [one('known')] });
  expect(shown()).toEqual(['known open', 'new open']);
});

test('a case that somebody takes while the list is on its way is not shown as nobody’s', async () => {
  TestStream.newest().open();
  tell(11, one('known', 2, 'acknowledged'));
  await around.answer('/cases?', { items: [] });
  await around.answer('/cases?', { items: [one('known')] });
  expect(shown()).toEqual(['known acknowledged']);
});

test('nor is either where the list is asked for anew after a gap', async () => {
  TestStream.newest().open();
  await around.answer('/cases?', { items: [] });
  await around.answer('/cases?', { items: [one('known')] });
  TestStream.newest().tell('reset', 99);
  tell(100, one('new'));
  tell(101, one('known', 2, 'acknowledged'));
  await around.answer('/cases?', { items: [one('known')] });
  expect(shown()).toEqual(['known acknowledged', 'new open']);
});

test('where more of the list does not come, that is said until it does', async () => {
  await around.answer('/cases?', { items: [one('known')], next: 'after known' });
  void loadMore();
  // As a service says it that was replaced meanwhile, and gives out other cursors.
  await around.answer('/cases?', { code: 'REQUEST_INVALID' }, 400);
  expect(feed.value.moreProblem).toMatchObject({ code: 'REQUEST_INVALID' });
  expect(shown()).toEqual(['known open']);
  void loadMore();
  await around.answer('/cases?', { items: [one('more')] });
  expect(feed.value.moreProblem).toBeUndefined();
  expect(shown()).toEqual(['known open', 'more open']);
});

test('a list that could not be loaded after a gap is asked for again, by nobody’s hand', async () => {
  TestStream.newest().open();
  await around.answer('/cases?', { items: [] });
  await around.answer('/cases?', { items: [one('known')] });
  TestStream.newest().tell('reset', 99);
  await around.answer('/cases?', {}, 503);
  expect(shown()).toEqual(['known open']);
  await vi.advanceTimersByTimeAsync(15_000);
  await around.answer('/cases?', { items: [one('known'), one('missed')] });
  expect(shown()).toEqual(['known open', 'missed open']);
});

test('nor does a screen that nobody touches stay without its first list', async () => {
  TestStream.newest().open();
  await around.answer('/cases?', { items: [] });
  await around.answer('/cases?', {}, 503);
  expect(feed.value.phase).toBe('failed');
  await vi.advanceTimersByTimeAsync(15_000);
  await around.answer('/cases?', { items: [one('known')] });
  expect([feed.value.phase, shown()]).toEqual(['ready', ['known open']]);
});

test('what the service refuses is not asked for again and again', async () => {
  TestStream.newest().open();
  await around.answer('/cases?', { items: [] });
  await around.answer('/cases?', {}, 403);
  await vi.advanceTimersByTimeAsync(60_000);
  await settled();
  expect(around.asked('/cases?')).toEqual([]);
});
