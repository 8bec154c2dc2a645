import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { layTables } from '../fresh-records.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

/** More than one text can hold in hexadecimal: half a gigabyte. */
const PHOTOS = 280;
/** The journal of 60,000 homes that were enrolled at once, so often that one text does not hold it either. */
const [DISTRICTS, DISTRICT_BYTES] = [9, 32_000_000];

describe.skipIf(missing !== undefined)('records with photos', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
    await server.query('create database photos');
  }, 60_000);
  afterAll(() => server?.stop());

  test('are restored and backed up, however many there are', async () => {
    const dir = tempFolder('photos');
    const [from, back] = [join(dir, 'records.db'), join(dir, 'back.db')];
    await layTables(from);
    const records = sqliteRecords({ file: from });
    await records.open();
    const bytes = Buffer.alloc(LIMITS.photoBytesMax, 0xd8);
    for (let n = 0; n < PHOTOS; n++)
      await records.savePhoto({ id: `p${n}`, case: 'c', at: n, by: '李', mediaType: 'image/jpeg', bytes });
    await records.close();
    const store = postgresRecords({ ...server.optionsFor('photos'), partition: 'photos' });
    await store.open();
    const { rows } = await store.load(from, { replace: false });
    expect(rows['photos']).toBe(PHOTOS);
    await store.backup(back);
    await store.close();
    const again = sqliteRecords({ file: back });
    await again.open();
    const last = await again.photo('c', `p${PHOTOS - 1}`);
    expect(last?.bytes.length).toBe(LIMITS.photoBytesMax);
    await again.close();
  });

  test('and batches that enrolled whole districts are restored and backed up, however many there are', async () => {
    const dir = tempFolder('districts');
    const [from, back] = [join(dir, 'records.db'), join(dir, 'back.db')];
    await layTables(from);
    const records = sqliteRecords({ file: from });
    await records.open();
    const journal = Buffer.alloc(DISTRICT_BYTES, 0x7b);
    for (let n = 1; n <= DISTRICTS; n++)
      await records.commit({ firstSeq: n, lastSeq: n, journal, effects: [], subjects: [], at: n });
    await records.close();
    const store = postgresRecords({ ...server.optionsFor('photos'), partition: 'districts' });
    await store.open();
    expect((await store.load(from, { replace: false })).rows['journal']).toBe(DISTRICTS);
    await store.backup(back);
    await store.close();
    const again = sqliteRecords({ file: back });
    await again.open();
    const { journal: rows, lastSeq } = await again.recover();
    const sizes: number[] = [];
    for await (const { bytes } of rows(0)) sizes.push(bytes.length);
    expect([lastSeq, sizes]).toEqual([DISTRICTS, Array(DISTRICTS).fill(DISTRICT_BYTES)]);
    await again.close();
    rmSync(dir, { recursive: true });
  });
});
