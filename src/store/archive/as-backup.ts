import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backupTo } from '../backup.ts';
import { dataFiles } from '../data-files.ts';
import { sqliteRecords } from '../records-sqlite.ts';
import { sqliteTelemetry } from '../telemetry-sqlite.ts';
import { buildStores, type Restorable } from './restore.ts';

/**
 * Makes of an instant in an archive a backup like any other, checked in the same way, and hands its folder over. Both
 * are removed at the end. Needs room for the data twice.
 * @param beside the temporary folder gets this name with an ending
 * @throws DamagedArchive, BackupRefused
 */
export async function withArchiveAsBackup<T>(
  found: Restorable,
  beside: string,
  use: (backup: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(`${beside}.restoring-`);
  try {
    await buildStores(found, folder);
    const files = dataFiles(folder);
    const records = sqliteRecords({ file: files.records });
    const telemetry = sqliteTelemetry({ file: files.telemetry });
    const backup = join(folder, 'backup');
    try {
      await records.open();
      await telemetry.open();
      await backupTo(backup, { records, telemetry }, found.mark.at);
    } finally {
      await telemetry.close();
      await records.close();
    }
    return await use(backup);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
