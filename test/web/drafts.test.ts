import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Around, browserAround } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly readDraft: (name: string) => string | undefined;
  readonly writeDraft: (name: string, value: string) => void;
  readonly refreshSession: () => Promise<unknown>;
  readonly sessionState: { value: string };
  readonly user: { value: object | undefined };
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/state/${name}.ts`);
const parts = { ...(await moduleOf('drafts')), ...(await moduleOf('session')) } as Parts;
const { readDraft, refreshSession, sessionState, user, writeDraft } = parts;

const storage = new Map<string, string>();
let around: Around;
beforeEach(() => {
  around = browserAround();
  storage.clear();
  vi.stubGlobal(
    'sessionStorage',
    new Proxy(
      {
        getItem: (name: string) => storage.get(name) ?? null,
        setItem: (name: string, value: string) => storage.set(name, value),
        removeItem: (name: string) => storage.delete(name),
      },
      {
        ownKeys: () => [...storage.keys()],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      },
    ),
  );
});
afterEach(async () => {
  user.value = undefined;
  sessionState.value = 'unknown';
  await around.end();
});

/** On a page that was loaded anew, and knows nobody yet. */
async function signedIn(id: string): Promise<void> {
  user.value = undefined;
  sessionState.value = 'unknown';
  const asked = refreshSession();
  await around.answer('/session', {
    user: { id, name: id, roles: [], locale: 'zh' },
    service: { version: '1', site: '', now: 0, speed: 1, demo: false },
  });
  await asked;
}

test('what somebody was typing is there after a reload', async () => {
  await signedIn('wang');
  writeDraft('note.501.c1', '门内有声响');
  await signedIn('wang');
  expect(readDraft('note.501.c1')).toBe('门内有声响');
});

test('whoever signs in on a page that was loaded anew since somebody else wrote on it is shown nothing of that', async () => {
  await signedIn('wang');
  writeDraft('note.501.c1', '门内有声响');
  // The session ended, and the page was loaded again: it no longer knows whose it was.
  await signedIn('lin');
  expect(readDraft('note.501.c1')).toBeUndefined();
});
