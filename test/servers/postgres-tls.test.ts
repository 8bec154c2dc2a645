import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordsAway } from '../../src/ports/records.ts';
import { postgresRecords } from '../../src/store/records-postgres.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)('PostgreSQL over TLS', () => {
  let server: Postgres;
  let caFile: string;
  beforeAll(async () => {
    server = await Postgres.start();
    caFile = await server.useTls('localhost');
  }, 60_000);
  afterAll(() => server?.stop());

  const openWith = async (over: Record<string, unknown>, host = 'localhost'): Promise<string> => {
    const options = { ...(await server.database()), password: 'of-the-records', ...over };
    options.url = options.url.replace('127.0.0.1', host);
    const store = postgresRecords(options);
    try {
      await store.open();
      const [row] = await server.query(
        `select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name like 'shouwang%' limit 1`,
      );
      return row?.['ssl'] ? 'over TLS' : 'in the clear';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await store.close();
    }
  };

  it('shows a certificate for its name, by an authority that is trusted', async () => {
    expect(await openWith({ tls: 'verified', caFile })).toBe('over TLS');
    expect(await openWith({ tls: 'verified' })).toMatch(/self.signed|unable to verify/);
    expect(await openWith({ tls: 'verified', caFile }, '127.0.0.1')).toMatch(/does not match/);
    expect(await openWith({ tls: 'unverified' }, '127.0.0.1')).toBe('over TLS');
  });

  it('lets nobody in without it, or with another password', async () => {
    expect(await openWith({ tls: 'off' })).toMatch(/no encryption|pg_hba/);
    expect(await openWith({ tls: 'verified', caFile, password: 'another' })).toMatch(
      /password authentication failed/,
    );
  });

  it('is shown a password that was changed at the server and in its file, without a restart', async () => {
    const passwordFile = join(mkdtempSync(join(tmpdir(), 'shouwang-password-')), 'password');
    writeFileSync(passwordFile, 'of-the-records\n');
    const place = await server.database();
    const url = place.url.replace('127.0.0.1', 'localhost');
    const store = postgresRecords({
      ...place,
      url,
      tls: 'verified',
      caFile,
      password: 'of-the-records',
      passwordFile,
    });
    await store.open();
    try {
      await server.query("alter role postgres password 'another'");
      writeFileSync(passwordFile, 'another\n');
      await server.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'shouwang%'",
      );
      const write = async () => {
        await store.saveMeta('after', 'the change');
        return store.meta('after');
      };
      await expect.poll(() => write().catch(() => undefined)).toBe('the change');
    } finally {
      await store.close();
      await server.query("alter role postgres password 'of-the-records'");
    }
  });

  it('is asked for in vain where the server has none, or shows a certificate that is not accepted: that is said, and not waited for', async () => {
    const bare = await Postgres.start();
    try {
      const options = { ...(await bare.database()), tls: 'verified' as const };
      const refused = postgresRecords(options).open();
      await expect(refused).rejects.toThrow(/PostgreSQL at .* has no TLS.*`tls: off`/);
      await expect(refused).rejects.not.toBeInstanceOf(RecordsAway);
    } finally {
      await bare.stop();
    }
    const strange = { ...(await server.database()), password: 'of-the-records', tls: 'verified' as const };
    const refused = postgresRecords(strange).open();
    await expect(refused).rejects.toThrow(/certificate of PostgreSQL at .* is not accepted/);
    await expect(refused).rejects.not.toBeInstanceOf(RecordsAway);
  });
});
