import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { tempFolder } from './bed.ts';

const PROGRAM = join(import.meta.dirname, 'archive-copy-step.ts');

test('a disk that takes a part of the log, and no more, is told: no mark says that the rest is in the archive', () => {
  const dir = tempFolder('archive-full-disk');
  const db = new DatabaseSync(join(dir, 'a.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; create table t (x)');
  for (let i = 0; i < 100; i++) db.exec('insert into t values (zeroblob(3000))');
  const copied = (before: string): string =>
    execFileSync(
      'sh',
      [
        '-c',
        `${before} exec "$0" "$@"`,
        process.execPath,
        PROGRAM,
        join(dir, 'a.db-wal'),
        join(dir, 'segment'),
      ],
      {
        encoding: 'utf8',
      },
    ).trim();
  expect(copied('')).toBe('whole');
  // The most that the system lets a file have, in blocks: the same to whoever writes as a disk that is full.
  expect(copied('ulimit -f 100;')).toBe('EFBIG');
  db.close();
});
