import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { DEFAULT_RETENTION } from '../../src/store/retention.ts';
import { openSqliteFile, transaction } from '../../src/store/sqlite/file.ts';
import { wipeFreed } from '../../src/store/sqlite/wipe.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { fileBed, tempFolder } from './bed.ts';
import { aRejection, Committer, rejectionEffect, T0 } from './fixtures.ts';
import { aReport } from './telemetry.ts';

/** What was deleted is not in the files either: whoever has a disk that was thrown away reads them, and not the tables. */

const beds: { dispose(): void }[] = [];
afterEach(() => {
  for (const bed of beds.splice(0)) bed.dispose();
});

function bedOf<S>(make: (file: string) => S) {
  const bed = fileBed(make);
  beds.push(bed);
  return bed;
}

/** How often a text stands in the files of this folder. */
const timesIn = (folder: string, text: string): number =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { name }) => sum + readFileSync(join(folder, name)).toString('latin1').split(text).length - 1,
      0,
    );

test('people who are removed are in no page of the records any more, when a night has passed', async () => {
  const bed = bedOf((file) => sqliteRecords({ file }));
  const folder = dirname(dirname(bed.backupFile));
  const store = bed.store();
  await store.open();
  const committer = new Committer(store);
  const ids = Array.from({ length: 400 }, (_, i) => `r${i}`);
  const journal = new TextEncoder().encode('Wang Xiuying '.repeat(2_000));
  for (const id of ids) {
    const entry = {
      noun: 'resident',
      id,
      home: 'h1',
      name: 'Wang Xiuying',
      phone: `1380000${id}`,
    } as RegistryEntry;
    const payload = new TextEncoder().encode('Wang Xiuying is here');
    await committer.commit(
      [{ type: 'registry-put', entry }, rejectionEffect(aRejection({ device: 'band', payload }))],
      {
        journal,
        subjects: [{ subject: 'h1', seq: committer.seq + 1, state: `"Wang Xiuying ${'x'.repeat(9_000)}"` }],
      },
    );
  }
  expect(timesIn(folder, 'Wang Xiuying')).toBeGreaterThan(1_000);
  const gone: Effect[] = ids.map((key) => ({ type: 'registry-remove', noun: 'resident', key }));
  const subjects = [{ subject: 'h1', seq: committer.seq + 1, state: undefined }];
  await committer.commit([...gone, { type: 'registry-remove', noun: 'device', key: 'band' }], { subjects });
  await store.completeCheckpoint({ seq: committer.seq, shared: '{}' });
  await store.trimJournal(committer.seq);
  await store.retain(DEFAULT_RETENTION.records, T0);
  expect(timesIn(folder, 'Wang Xiuying')).toBe(0);
  await store.close();
});

test('nor is the name of a device, nor what it measured, in those of the readings', async () => {
  const bed = bedOf((file) => sqliteTelemetry({ file, sealAgeMs: MINUTE }));
  const folder = dirname(dirname(bed.backupFile));
  const store = bed.store();
  await store.open();
  for (let i = 0; i < 200; i++) {
    const at = T0 + i * MINUTE;
    await store.append([
      aReport(i + 1, `band-of-wang-${i % 50}`, [{ metric: 'latitude_deg', value: 31.2304, at }]),
    ]);
    await store.maintain(at + MINUTE);
  }
  const measured = Buffer.alloc(8);
  measured.writeDoubleLE(31.2304);
  const inFile = (): number => timesIn(folder, 'band-of-wang') + timesIn(folder, measured.toString('latin1'));
  expect(inFile()).toBeGreaterThan(50);
  for (let i = 0; i < 50; i++) await store.removeDevice(`band-of-wang-${i}`);
  await store.retain({ default: 0 });
  // Removals are remembered until what the journal still brings of the device has come.
  expect(timesIn(folder, measured.toString('latin1'))).toBe(0);
  await store.append([aReport(1_000, 'another', [{ metric: 'pulse_bpm', value: 70, at: T0 }])]);
  await store.retain({ default: 0 });
  expect(inFile()).toBe(0);
  await store.close();
});

test('a wiping that a crash cut off is taken up, and leaves neither its table nor a longer file', async () => {
  const folder = tempFolder('wiping');
  const { db, close } = openSqliteFile(join(folder, 'x.db'));
  const write = async (work: () => void): Promise<void> => transaction(db, work);
  const pagesOf = () => Object.values(db.prepare('pragma page_count').get() ?? {})[0] as number;
  db.exec('create table secret (text)');
  for (let i = 0; i < 2_000; i++) db.prepare('insert into secret values (?)').run('secret '.repeat(1_000));
  db.exec('delete from secret');
  const pages = pagesOf();
  let steps = 0;
  const crashing = async (): Promise<void> => {
    if (++steps === 5) throw new Error('the end');
  };
  await expect(wipeFreed({ db, write, pause: crashing })).rejects.toThrow('the end');
  expect(await wipeFreed({ db, write, pause: async () => undefined })).toBeGreaterThan(3_000);
  db.exec('pragma wal_checkpoint(truncate)');
  expect(timesIn(folder, 'secret secret')).toBe(0);
  expect(db.prepare("select count(*) as n from sqlite_master where name = 'wiping'").get()).toEqual({ n: 0 });
  expect(pagesOf()).toBeLessThan(pages + 20);
  close();
});
