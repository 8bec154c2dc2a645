import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { DAY } from '../../../src/lib/clock.ts';
import { sqliteTelemetry } from '../../../src/store/telemetry-sqlite.ts';
import { settle } from '../telemetry.ts';
import { GONE, GONE_AT, reportsOf } from './telemetry.ts';

/**
 * `node test/contracts/stored/make-telemetry.ts`: writes down the telemetry file of this version, with readings in
 * chunks and in blocks (the newest were in memory only), under the number of its tables. Run before that number grows; later versions are tested on it.
 */
const dir = mkdtempSync(join(tmpdir(), 'shouwang-stored-'));
const file = join(dir, 'telemetry.db');
const sizes = { sealPoints: 60, sealAgeMs: 365 * DAY, compactBlocks: 4, chunkPoints: 24 };
const store = sqliteTelemetry({ file, stepMs: 0, ...sizes });
await store.open();
let isGone = false;
for (const report of reportsOf()) {
  if (!isGone && report.report.receivedAt >= GONE_AT) await store.removeDevice(GONE);
  isGone = report.report.receivedAt >= GONE_AT;
  await store.append([report]);
  await settle(store, report.report.receivedAt);
}
await store.close();

const db = new DatabaseSync(file);
const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
const rows = (table: string) => (db.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n;
console.log(`${rows('chunks')} chunks, ${rows('blocks')} blocks, ${rows('device_events')} events`);
db.exec('PRAGMA journal_mode = DELETE; VACUUM');
db.close();
const to = join(import.meta.dirname, `telemetry-${version}.db.gz`);
writeFileSync(to, gzipSync(readFileSync(file), { level: 9 }));
rmSync(dir, { recursive: true });
console.log(to);
