import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkKey } from '../src/app/link-key.ts';
import { linkKeyFile } from '../src/store/data-files.ts';

let dir = '';
const meta = new Map<string, string>();
const errors: string[] = [];
const keyIn = (folder: string): Promise<string> =>
  linkKey(
    folder,
    { meta: async (key) => meta.get(key), removeMeta: async (key) => void meta.delete(key) },
    { error: (_fields, message) => errors.push(message) },
  );

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-key-'));
  meta.clear();
  errors.length = 0;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('the key of links stands in a file of its own, for the service alone, and stays', async () => {
  const key = await keyIn(dir);
  expect(await readFile(linkKeyFile(dir), 'utf8')).toBe(key);
  expect((await stat(linkKeyFile(dir))).mode & 0o777).toBe(0o600);
  expect(await keyIn(dir)).toBe(key);
  expect([...meta.keys(), ...errors]).toEqual([]);
});

test('a key that an earlier version left in the records is removed, and signs nothing any more', async () => {
  const former = 'IeA_vzD2_S4T40kWw7RJ1l4DcSfdWpWl';
  meta.set('notice-links.secret', former);
  expect(await keyIn(dir)).not.toBe(former);
  expect(meta.size).toBe(0);
});

test('where the file is gone or holds no key, another is made', async () => {
  const key = await keyIn(dir);
  await rm(linkKeyFile(dir));
  const next = await keyIn(dir);
  expect(next).not.toBe(key);
  await writeFile(linkKeyFile(dir), '');
  expect((await keyIn(dir)).length).toBe(next.length);
});

test('a folder that takes no file keeps nobody from starting: it is said, and links end with the process', async () => {
  expect(await keyIn(join(dir, 'no-such-folder'))).toMatch(/^[\w-]{32}$/);
  expect(errors).toHaveLength(1);
});
