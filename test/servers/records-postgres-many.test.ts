import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import type { RecordRetention } from '../../src/ports/records.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { tempFolder } from '../contracts/bed.ts';
import { T0 } from '../contracts/fixtures.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

const CASES = 20_000;
const KEPT: RecordRetention = {
  alertsMs: DAY,
  casesMs: 10_000 * DAY,
  photosMs: DAY,
  visitsMs: DAY,
  rejectionsKept: 1,
  eventsKept: 1,
  rejectionsMs: DAY,
  eventsMs: DAY,
  idempotencyMs: DAY,
};

describe.skipIf(missing !== undefined)('records of years in PostgreSQL', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
  }, 60_000);
  afterAll(() => server?.stop());

  test('lose their old notices of no case, though the server holds not nearly all cases in its memory', async () => {
    const options = { ...(await server.database()), statementMsMax: 4_000 };
    const database = new URL(options.url).pathname.slice(1);
    // What four megabytes are to a city's cases, this is to these.
    await server.query(`alter database ${database} set work_mem = '64kB'`);
    const store = postgresRecords(options);
    await store.open();
    await server.query(
      `set search_path = shouwang_main;
       insert into cases (number, id, version, entries, path, home, kind, status, priority, owner, assigned,
           owner_account, owner_staff, assigned_account, assigned_staff, opened_at, due_at, doc)
         select n, 'c' || n, 1, 0, '', 'h', 'safety', 'struck-off', 'P1', '', '', '', '', '', '', ${T0}, ${T0}, '{}'
         from generate_series(1, ${CASES}) n;
       insert into notices (id, case_id, path, channel, state, priority, created_at, doc)
         select 'n' || n, case when n % 1000 = 0 then 'test' else 'c' || n end, '', 'sms', 'sent', 'P1', ${T0}, '{}'
         from generate_series(1, ${CASES}) n;
       analyze`,
      database,
    );
    const gone = await store.retain(KEPT, T0 + 20_000 * DAY);
    expect(gone).toMatchObject({ notices: CASES / 1000, cases: 0 });
    await store.close();
  });

  test('give way to others that are loaded, also where to delete them takes longer than an answer may', async () => {
    const root = tempFolder('postgres-many');
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const options = { ...(await server.database()), statementMsMax: 4_000 };
    const database = new URL(options.url).pathname.slice(1);
    const store = postgresRecords(options);
    await store.open();
    onTestFinished(() => store.close());
    await store.saveMeta('kept', 'yes');
    await store.backup(join(root, 'records.db'));
    await server.query(
      `set search_path = shouwang_main;
       create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(6); return null; end $$;
       create trigger slow before delete on meta for each statement execute function slow()`,
      database,
    );
    const told: [number, number][] = [];
    await store.load(join(root, 'records.db'), { replace: true, told: (...rows) => void told.push(rows) });
    expect(await store.meta('kept')).toBe('yes');
    expect(told.at(-1)).toEqual([told.at(-1)?.[1], told.at(-1)?.[1]]);
  });
});
