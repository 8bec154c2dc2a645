import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { Archiver } from '../../src/store/archive/archiver.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from './bed.ts';
import { T0 } from './fixtures.ts';

let root: string;
let folder: string;
let archiver: Archiver;
let close: () => Promise<void>;
const at = (minute: number): number => T0 + minute * MINUTE;
const nameOf = (minute: number): string => new Date(at(minute)).toISOString().replaceAll(':', '');

beforeEach(async () => {
  root = tempFolder('archive-leftovers');
  folder = join(root, 'archive');
  const files = dataFiles(join(root, 'data'));
  const records = sqliteRecords({ file: files.records, archived: true });
  const telemetry = sqliteTelemetry({ file: files.telemetry, archived: true });
  await records.open();
  await telemetry.open();
  archiver = new Archiver(join(root, 'data'), { folder, baseEveryMs: HOUR, keepMs: HOUR });
  close = async () => {
    await archiver.close(at(1_000));
    await telemetry.close();
    await records.close();
  };
});
afterEach(async () => {
  await close();
  rmSync(root, { recursive: true, force: true });
});

test('a base for which there was no room leaves nothing behind: else it would keep the archive full for ever', async () => {
  // The second of both bases cannot be copied, when the first one lies there already.
  const { telemetry } = dataFiles(join(root, 'data'));
  renameSync(telemetry, `${telemetry}.away`);
  await archiver.round(at(1));
  expect(archiver.status().trouble).toMatch(/no such file/);
  expect(readdirSync(folder)).toEqual([]);
  renameSync(`${telemetry}.away`, telemetry);
  await archiver.round(at(2));
  expect(archiver.status()).toMatchObject({ reaches: at(2), trouble: undefined });
});

test('what a crash left of a base goes with the next one, and nothing else does', async () => {
  const [left, other] = [join(folder, nameOf(1)), join(folder, 'notes')];
  for (const one of [left, other]) mkdirSync(one, { recursive: true });
  writeFileSync(join(left, 'records.db'), 'half of it');
  await archiver.round(at(2));
  expect(readdirSync(folder).sort()).toEqual([nameOf(2), 'notes']);
});
