import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { copySqliteFile, integrityProblems } from '../../src/store/sqlite/side-work.ts';
import { atLength } from '../runs.ts';
import { tempFolder } from './bed.ts';

const dir = tempFolder('side-work');
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const path = (name: string): string => join(dir, name);

function database(name: string): string {
  const db = new DatabaseSync(path(name));
  db.exec("CREATE TABLE words (word TEXT); INSERT INTO words VALUES ('守望')");
  db.close();
  return path(name);
}

test('work that goes wrong says why, and the next is done all the same', async () => {
  const file = database('first.sqlite');
  writeFileSync(path('taken'), 'not empty');
  await expect(copySqliteFile(file, path('taken'))).rejects.toThrow(
    /output file already exists|not a database/,
  );
  await copySqliteFile(file, path('copy.sqlite'));
  expect(await integrityProblems([path('copy.sqlite')])).toEqual([]);
});

atLength('each of those that ask at the same time gets its own answer', async () => {
  const [sound, broken] = [database('sound.sqlite'), path('broken.sqlite')];
  writeFileSync(
    broken,
    'no database at all, and long enough that it might have been the head of one: '.repeat(20),
  );
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(
      [sound, broken, sound, broken].map((file) => integrityProblems([file])),
    );
    expect(answers.map((problems) => problems.length > 0)).toEqual([false, true, false, true]);
  }
});
