import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { Archiver } from '../../src/store/archive/archiver.ts';
import { backupTo, restoreFrom } from '../../src/store/backup.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { sqliteRecords } from '../../src/store/records-sqlite.ts';
import { sqliteTelemetry } from '../../src/store/telemetry-sqlite.ts';
import { tempFolder } from './bed.ts';
import { Committer, T0 } from './fixtures.ts';
import { aReport } from './telemetry.ts';

let root: string;
beforeEach(() => {
  root = tempFolder('private');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Files and folders that others than their owner may do anything with. */
const openTo = (dir: string): string[] =>
  ['', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })].filter(
    (name) => (statSync(join(dir, name)).mode & 0o077) !== 0,
  );

// Windows has no such modes.
test.skipIf(process.platform === 'win32')(
  'data, its log, backups, archives and what is restored are their owner’s alone, whoever makes them',
  async () => {
    const data = join(root, 'a/data');
    const files = dataFiles(data);
    const records = sqliteRecords({ file: files.records, archived: true });
    const telemetry = sqliteTelemetry({ file: files.telemetry, archived: true });
    await records.open();
    await telemetry.open();
    await new Committer(records).commit([]);
    await telemetry.append([aReport(1, 'd1', [{ metric: 'pulse_bpm', value: 70, at: T0 }])]);
    const archiver = new Archiver(data, { folder: join(root, 'archive'), baseEveryMs: DAY, keepMs: DAY });
    await archiver.round(T0);
    await archiver.round(T0 + 1);
    await backupTo(join(root, 'backup'), { records, telemetry }, T0);
    expect(readdirSync(data)).toContain('records.db-wal');
    expect(openTo(join(root, 'a/data'))).toEqual([]);
    expect(openTo(join(root, 'archive'))).toEqual([]);
    expect(openTo(join(root, 'backup'))).toEqual([]);
    await archiver.close(T0 + 2);
    await records.close();
    await telemetry.close();
    mkdirSync(join(root, 'restored'), { mode: 0o700 });
    await restoreFrom(join(root, 'backup'), join(root, 'restored'));
    expect(openTo(join(root, 'restored'))).toEqual([]);
  },
);
