import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isForDemo, markForDemo } from '../src/app/demo-folder.ts';
import { UsageError } from '../src/cli.ts';
import addDemo from '../src/commands/demo.ts';
import { run } from './edges/command-line.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-demo-folder-'));
});
afterAll(() => rm(dir, { recursive: true }));

test('a demo keeps its data in a folder that is not there yet, or empty, and comes back to it', async () => {
  const fresh = join(dir, 'fresh');
  expect(await isForDemo(fresh)).toBe(true);
  await markForDemo(fresh);
  await writeFile(join(fresh, 'records.db'), '');
  expect(await isForDemo(fresh)).toBe(true);
});

test('where a service has its data no demo begins, and nothing there is touched', async () => {
  const data = join(dir, 'data');
  await mkdir(data);
  await writeFile(join(data, 'records.db'), '');
  const { error } = await run(addDemo, 'demo', '--keep', data);
  expect(error).toBeInstanceOf(UsageError);
  expect(String(error)).toContain(data);
  expect(await readdir(data)).toEqual(['records.db']);
});
