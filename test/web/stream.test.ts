import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Around, browserAround, TestStream } from './browser-around.ts';

/** It knows the browser, whose types the other tests are checked without. */
interface Stream {
  readonly connection: { readonly value: { readonly phase: string; readonly since: number } };
  readonly startStream: () => () => void;
  readonly onMessage: (listener: (message: object) => void) => () => void;
}
const moduleOf = (name: string): Promise<Stream> => import(`../../src/web/state/${name}.ts`);
const { connection, onMessage, startStream } = await moduleOf('stream');
const session = (await moduleOf('session')) as unknown as {
  readonly user: { value: object | undefined };
  readonly sessionState: { value: string };
};

let around: Around;
const stops: (() => void)[] = [];
beforeEach(() => {
  around = browserAround();
  stops.push(startStream());
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  session.user.value = undefined;
  session.sessionState.value = 'unknown';
  await around.end();
});

const lookAgain = () => around.document.dispatchEvent(new Event('visibilitychange'));

test('whoever goes to and fro between tabs on a slow network leaves no connection behind', () => {
  TestStream.newest().open();
  for (let times = 0; times < 3; times++) {
    // Both, as where a phone wakes; and again before the new connection stands.
    lookAgain();
    around.window.dispatchEvent(new Event('online'));
    lookAgain();
    expect(TestStream.standing().length).toBeLessThanOrEqual(2);
    TestStream.newest().open();
    expect(TestStream.standing()).toEqual([TestStream.newest()]);
  }
});

test('a network that goes while a connection is being replaced takes both', () => {
  TestStream.newest().open();
  lookAgain();
  around.window.dispatchEvent(new Event('offline'));
  expect(TestStream.standing()).toEqual([]);
});

test('while a connection is being replaced nothing is missed, and nothing told twice', () => {
  const heard = vi.fn();
  stops.push(onMessage(heard));
  const first = TestStream.newest();
  first.open();
  first.tell('hello', 10);
  lookAgain();
  first.tell('rules', 11);
  lookAgain();
  first.tell('rules', 12);
  expect(TestStream.newest().url).toContain('after=11');
  TestStream.newest().open();
  TestStream.newest().tell('rules', 12);
  TestStream.newest().tell('rules', 13);
  expect(heard).toHaveBeenCalledTimes(3);
});

test('a phone that wakes does not call live what it heard before it slept', () => {
  TestStream.newest().open();
  const { since } = connection.value;
  // Nothing runs while it sleeps: nobody noticed.
  vi.setSystemTime(Date.now() + 6 * 3_600_000);
  expect(connection.value.phase).toBe('live');
  lookAgain();
  expect(connection.value).toEqual({ phase: 'reconnecting', since });
  TestStream.newest().open();
  expect(connection.value).toEqual({ phase: 'live', since: Date.now() });
  vi.setSystemTime(Date.now() + 6 * 3_600_000);
  const before = connection.value.since;
  lookAgain();
  vi.advanceTimersByTime(10_000);
  expect(connection.value).toEqual({ phase: 'stale', since: before });
});

test('whoever was in another tab for a minute sees no break', () => {
  TestStream.newest().open();
  vi.setSystemTime(Date.now() + 60_000);
  lookAgain();
  expect(connection.value.phase).toBe('live');
});

test('a page that finds somebody else signed in asks for nothing more in the name of whoever it is of', async () => {
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  const isNow = (id: string) =>
    around.answer('/session', {
      user: { id, name: id, roles: [], locale: 'zh' },
      service: { version: '1', site: '', now: Date.now(), speed: 1, demo: false },
    });
  TestStream.newest().open();
  TestStream.newest().fail();
  await vi.advanceTimersByTimeAsync(1_000);
  await isNow('wang');
  TestStream.newest().open();
  TestStream.newest().fail();
  await vi.advanceTimersByTimeAsync(1_000);
  const before = TestStream.all.length;
  await isNow('lin');
  expect(reload).toHaveBeenCalledOnce();
  expect(TestStream.all).toHaveLength(before);
});
