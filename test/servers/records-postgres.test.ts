import { afterAll, beforeAll, describe } from 'vitest';
import { recordsContract } from '../contracts/records.ts';
import { Postgres, whyNoPostgres } from './postgres.ts';
import { postgresBeds } from './postgres-bed.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)('the exam of the records', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await Postgres.start();
    await server.query('create database exam');
  }, 60_000);
  afterAll(() => server?.stop());

  recordsContract('PostgreSQL', (kept) => postgresBeds(server, () => 'exam', kept));
});
