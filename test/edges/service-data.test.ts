import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataFiles } from '../../src/store/data-files.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { atLength, someOf } from '../runs.ts';
import { testService } from '../service.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-data-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const files = () => dataFiles(join(dir, 'data'));

/** A service that runs once, and ends. */
async function once(service?: Record<string, unknown>): Promise<{ isNew: boolean }> {
  const { isNew, stop } = await testService({ dir, ...(service && { service }) });
  await stop();
  return { isNew };
}

function inFile(file: string, work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(file);
  work(db);
  db.close();
}

test.each(someOf(['gone', 'of length 0'], 2))(
  'a service whose records are %s beside its readings does not begin anew, however shortly it had run',
  async (how) => {
    await once();
    await (how === 'gone' ? rm(files().records) : truncate(files().records));
    // Also at the second start, when the first has made empty tables.
    for (let start = 0; start < 2; start++)
      await expect(once()).rejects.toThrow(
        /records\.db is empty, and .*telemetry\.db is of a service that ran before/,
      );
  },
);

atLength(
  'a service that an earlier version ran, and that lost its records, does not begin anew where readings were sealed',
  async () => {
    await once();
    inFile(files().telemetry, (db) => {
      db.exec("delete from meta where key = 'recordsId'");
      db.exec("insert or replace into meta (key, value) values ('sealedSeq', 4711)");
    });
    await rm(files().records);
    await expect(once()).rejects.toThrow(/with readings up to input 4711/);
  },
);

test('records and readings of an earlier version go on together, and know each other from then on', async () => {
  await once();
  inFile(files().telemetry, (db) => db.exec("delete from meta where key = 'recordsId'"));
  inFile(files().records, (db) => db.exec("delete from meta where key = 'records.id'"));
  expect((await once()).isNew).toBe(false);
  await rm(files().records);
  await expect(once()).rejects.toThrow(/records\.db is empty/);
});

test('records of one service and readings of another are not used together', async () => {
  await once();
  inFile(files().telemetry, (db) => db.exec("update meta set value = value + 1 where key = 'recordsId'"));
  await expect(once()).rejects.toThrow(/records\.db and .*telemetry\.db are of two different services/);
  await rm(files().telemetry);
  expect((await once()).isNew).toBe(false);
});

test('a service that has readings of nobody yet, as an import of histories leaves them, starts on empty records', async () => {
  mkdirSync(join(dir, 'data'));
  const imported = sqliteTelemetry({ file: files().telemetry });
  await imported.open();
  await imported.close();
  await once();
});

test('only the first start says that nothing was ever stored here', async () => {
  expect((await once()).isNew).toBe(true);
  expect((await once()).isNew).toBe(false);
});

test('where there must be data, a service does not start on an empty folder, as one on a disk that is not mounted is', async () => {
  await expect(once({ dataMustExist: true })).rejects.toThrow(/no data in .*is its disk not mounted/);
  await once();
  await once({ dataMustExist: true });
});

atLength('where an archive has data, a service does not begin anew in an empty folder', async () => {
  const archive = { folder: join(dir, 'archive') };
  await once({ archive });
  await rm(join(dir, 'data'), { recursive: true });
  await expect(once({ archive })).rejects.toThrow(
    /no data in .*\/data, and the archive .*\/archive has data up to 20\d\d-.*not mounted/,
  );
});
