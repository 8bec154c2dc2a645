import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { askService, runningService } from '../api/control.ts';
import { dataFolder } from '../app/named-service.ts';
import { configOption, dataOption, UsageError } from '../cli.ts';
import type { BackupManifest } from '../ports/service.ts';
import { backupTo } from '../store/backup.ts';
import { dataFiles } from '../store/data-files.ts';
import { sqliteRecords } from '../store/records-sqlite.ts';
import { sqliteTelemetry } from '../store/telemetry-sqlite.ts';

interface BackupOptions {
  readonly out: string;
  readonly config: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `backup --out <folder>`: a verified copy of the data, of a service that runs or of one that does not. */
export default function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('write a verified copy of the data into a new folder, also while the service runs')
    .requiredOption('--out <folder>', 'the new folder; it must not exist or be empty')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--json', 'the manifest of the backup on standard output')
    .action(async ({ out, json, ...folders }: BackupOptions) => {
      const manifest = await backup(resolve(await dataFolder(folders)), resolve(out));
      if (json) console.log(JSON.stringify(manifest, null, 2));
      else
        for (const file of manifest.files) console.log(`${file.sha256}  ${file.name}  ${file.bytes} bytes`);
      console.error(`backed up to ${resolve(out)}, up to input ${manifest.lastSeq}; every copy was checked`);
    });
}

async function backup(dataDir: string, dir: string): Promise<BackupManifest> {
  const service = await runningService(dataDir);
  if (service) return askService<BackupManifest>(service, 'POST', '/backup', { dir });
  const { records: recordsFile, telemetry: telemetryFile } = dataFiles(dataDir);
  const records = sqliteRecords({ file: mustExist(recordsFile) });
  const telemetry = sqliteTelemetry({ file: mustExist(telemetryFile) });
  await records.open();
  try {
    await telemetry.open();
    return await backupTo(dir, { records, telemetry });
  } finally {
    await telemetry.close();
    await records.close();
  }
}

/** A wrong folder must not become an empty backup. */
function mustExist(file: string): string {
  if (!existsSync(file)) throw new UsageError(`${file} does not exist: is --data the folder of the data?`);
  return file;
}
