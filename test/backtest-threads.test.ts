import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { threadsFor } from '../src/backtest/threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'threads-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of this length that takes no room on the disk. */
function fileOf(name: string, megabytes: number): string {
  const file = join(folder, name);
  writeFileSync(file, '');
  truncateSync(file, megabytes * 2 ** 20);
  return file;
}

test('a backtest takes a second thread by itself where so much is read that it saves time', () => {
  const several = Math.min(2, availableParallelism());
  expect(threadsFor([fileOf('million.ndjson', 300)])).toBe(1);
  expect(threadsFor([fileOf('a.ndjson', 300), fileOf('b.ndjson', 300)])).toBe(several);
  // What is compressed holds a multiple of its length.
  expect(threadsFor([fileOf('month.ndjson.gz', 20)])).toBe(1);
  expect(threadsFor([fileOf('year.ndjson.gz', 138)])).toBe(several);
});
