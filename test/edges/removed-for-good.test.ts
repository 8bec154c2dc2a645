import { DatabaseSync } from 'node:sqlite';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TelemetryFeed } from '../../src/app/telemetry-feed.ts';
import { HOUR } from '../../src/lib/clock.ts';
import type { RecordStore } from '../../src/ports/records.ts';
import type { TelemetryStore } from '../../src/ports/telemetry.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from '../contracts/bed.ts';
import { Committer, T0 } from '../contracts/fixtures.ts';
import { aReport, settle } from '../contracts/telemetry.ts';

const REMOVED = { type: 'registry-remove', noun: 'device', key: 'm1' } as const;
const OWED = 'readings.erase.';

let dir: string;
let records: RecordStore;
let telemetry: TelemetryStore;
const enrolled = new Set<string>();

beforeEach(async () => {
  dir = tempFolder('removed-for-good');
  enrolled.clear();
  records = sqliteRecords({ file: dataFiles(dir).records });
  telemetry = sqliteTelemetry({ file: dataFiles(dir).telemetry, sealPoints: 1 });
  await records.open();
  await telemetry.open();
  await telemetry.append([said('m1', 1), said('m2', 2)]);
  await settle(telemetry, T0 + HOUR);
});
afterEach(async () => {
  await telemetry.close();
  await records.close();
});

const said = (device: string, seq: number) =>
  aReport(seq, device, [{ metric: 'water_index_m3', value: seq, at: T0 }]);
const feed = () =>
  new TelemetryFeed(telemetry, pino({ level: 'silent' }), {
    records,
    isEnrolled: (device) => enrolled.has(device),
  });
const readingsOf = (device: string) =>
  telemetry.range({ device, metric: 'water_index_m3', from: 0, to: T0 + HOUR });

async function start(): Promise<TelemetryFeed> {
  const one = feed();
  one.catchUp(async function* () {}, 2, 2);
  await one.caughtUp();
  return one;
}

test('readings of a removed device are erased at the next start, where a crash came between', async () => {
  await new Committer(records).commit([REMOVED]);
  await start();
  expect([await readingsOf('m1'), await readingsOf('m2')]).toEqual([[], [expect.anything()]]);
  expect(await records.metaUnder(OWED)).toEqual([]);
});

test('readings of a removed device are erased as soon as the disk takes it', async () => {
  const one = await start();
  const disk = new DatabaseSync(dataFiles(dir).telemetry);
  disk.exec(
    "create trigger full before delete on devices begin select raise(abort, 'database or disk is full'); end",
  );
  await new Committer(records).commit([REMOVED]);
  await one.take({ reports: [], lastSeq: 3, effects: [REMOVED] });
  expect(await readingsOf('m1')).toHaveLength(1);
  disk.exec('drop trigger full');
  disk.close();
  // Its id is given out again: what is said under it now stays.
  await one.take({ reports: [said('m1', 4)], lastSeq: 4, effects: [] });
  expect(await readingsOf('m1')).toMatchObject([{ value: 4 }]);
  expect(await records.metaUnder(OWED)).toEqual([]);
});

test('a device that is enrolled again by then keeps what it says', async () => {
  await new Committer(records).commit([REMOVED]);
  enrolled.add('m1');
  await start();
  expect(await readingsOf('m1')).toHaveLength(1);
  expect(await records.metaUnder(OWED)).toEqual([]);
});

test('while all is well nothing is left to be noted', async () => {
  const one = await start();
  await new Committer(records).commit([REMOVED]);
  await one.take({ reports: [], lastSeq: 3, effects: [REMOVED] });
  expect(await readingsOf('m1')).toEqual([]);
  expect(await records.metaUnder(OWED)).toEqual([]);
});
