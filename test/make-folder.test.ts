import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../src/lib/make-folder.ts';
import { tempFolder } from './contracts/bed.ts';

const dir = tempFolder('folders');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a folder is made with all above it, and one that is there is left as it is', async () => {
  const deep = join(dir, 'a/b/c');
  await makeFolder(deep, 0o700);
  expect(statSync(deep).isDirectory()).toBe(true);
  writeFileSync(join(deep, 'kept'), '');
  await makeFolder(deep, 0o700);
  expect(existsSync(join(deep, 'kept'))).toBe(true);
});

test('what stands in the way is named', async () => {
  mkdirSync(join(dir, 'd'));
  writeFileSync(join(dir, 'd/file'), '');
  await expect(makeFolder(join(dir, 'd/file'), 0o700)).rejects.toThrow(/EEXIST/);
  await expect(makeFolder(join(dir, 'd/file/below'), 0o700)).rejects.toThrow(/ENOTDIR/);
});

test.skipIf(!existsSync('/proc/self'))(
  'a file system that takes no folders says so, and nothing tries on',
  async () => {
    await expect(makeFolder('/proc/x/y', 0o700)).rejects.toThrow(/ENOENT/);
  },
);
