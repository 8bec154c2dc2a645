import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Around, browserAround, settled } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly startSession: () => void;
  readonly sessionState: { value: string };
  readonly user: { value: { readonly name: string } | undefined };
}
const { sessionState, startSession, user } = (await import(
  `../../src/web/state/${'session'}.ts`
)) as unknown as Parts;

const reload = vi.fn();
let around: Around;
const signedIn = (id: string) =>
  around.answer('/session', {
    user: { id, name: id, roles: [], locale: 'zh' },
    service: { version: '1', site: '', now: 0, speed: 1, demo: false },
  });
beforeAll(async () => {
  around = browserAround();
  vi.stubGlobal('location', { reload });
  startSession();
  await signedIn('wang');
});
afterAll(() => around.end());

test('a tab that noticed nothing of it is no longer theirs whose session ended when somebody else signs in in another', async () => {
  expect([sessionState.value, user.value?.name]).toEqual(['signed-in', 'wang']);
  const news = Object.assign(new Event('storage'), { key: 'shouwang.signed-in', newValue: '1' });
  around.window.dispatchEvent(news);
  await settled();
  await signedIn('lin');
  expect(reload).toHaveBeenCalledTimes(1);
});
