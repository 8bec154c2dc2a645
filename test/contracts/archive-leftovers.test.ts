import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { chineseOfMessage } from '../../src/model/system-words.ts';
import { Archiver, freeOf } from '../../src/store/archive/archiver.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from './bed.ts';
import { T0 } from './fixtures.ts';

let root: string;
let folder: string;
let archiver: Archiver;
/** What the disk of the archive has left; undefined: enough. */
let free: number | undefined;
let freeNow: () => number | undefined;
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
  free = undefined;
  freeNow = () => free;
  archiver = new Archiver(join(root, 'data'), {
    folder,
    baseEveryMs: HOUR,
    keepMs: HOUR,
    free: () => freeNow(),
  });
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

test('what a crash left of a base is no reason to say that the disk has no room for the next one', async () => {
  const left = join(folder, nameOf(1));
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'records.db'), 'half of it');
  freeNow = () => (existsSync(left) ? 1000 : 1e9);
  await archiver.round(at(2));
  expect(archiver.status()).toEqual({ reaches: at(2), begunAnew: 1, trouble: undefined });
});

test('a disk that does not say how large it is is tried', () => {
  expect(freeOf({ blocks: 0, bavail: 0, bsize: 512 })).toBeUndefined();
  expect(freeOf({ blocks: 100, bavail: 0, bsize: 4096 })).toBe(0);
  expect(freeOf({ blocks: 100, bavail: 2, bsize: 4096 })).toBe(8192);
});

test('a disk that has no room for a base is not filled again and again: it is named, and the archive goes on behind the base that is there', async () => {
  free = 1000;
  await archiver.round(at(1));
  expect(archiver.status()).toMatchObject({
    reaches: undefined,
    begunAnew: 0,
    trouble: expect.stringMatching(/^a base takes \d+ MB, and 1 MB are free on the disk of the archive$/),
  });
  expect(chineseOfMessage(archiver.status().trouble ?? '')).toMatch(
    /^一份完整副本需要 \d+ MB，归档盘只剩 1 MB$/,
  );
  expect(existsSync(folder)).toBe(false);
  free = 1e9;
  await archiver.round(at(2));
  expect(archiver.status()).toEqual({ reaches: at(2), begunAnew: 1, trouble: undefined });
  free = 1000;
  await archiver.round(at(63));
  expect(archiver.status()).toMatchObject({ reaches: at(63), begunAnew: 1, trouble: expect.any(String) });
  expect(readdirSync(folder)).toEqual([nameOf(2)]);
  free = 1e9;
  await archiver.round(at(64));
  expect(archiver.status()).toEqual({ reaches: at(64), begunAnew: 2, trouble: undefined });
});
