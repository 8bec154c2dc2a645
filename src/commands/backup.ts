import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { askPatiently, ConnectionLost, type Control, runningService } from '../api/control.ts';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, progressOf, UsageError, withPlace } from '../cli.ts';
import { tell } from '../cli-words.ts';
import { SECOND } from '../lib/clock.ts';
import { TextError } from '../model/text.ts';
import type { BackupManifest } from '../ports/backup-manifest.ts';
import { backupTo } from '../store/backup.ts';
import { dataFiles } from '../store/data-files.ts';
import { type RecordsPlace, recordsAt, refuseMoved } from '../store/records.ts';
import { sqliteTelemetry } from '../store/telemetry-sqlite.ts';

interface BackupOptions extends PlaceOptions {
  readonly out: string;
  readonly json?: boolean;
}

/** `backup --out <folder>`: a verified copy of the data, of a service that runs or of one that does not. */
export default function addBackupCommand(program: Command): void {
  withPlace(
    program
      .command('backup')
      .description('write a verified copy of the data into a new folder, also while the service runs')
      .requiredOption('--out <folder>', 'the new folder; it must not exist or be empty'),
  )
    .option('--json', 'the manifest of the backup on standard output')
    .action(async ({ out, json, ...place }: BackupOptions) => {
      const [from, dir] = [await placeOf(place), resolve(out)];
      const manifest = await whileTold(dir, () => backup(from, dir));
      if (json) console.log(JSON.stringify(manifest, null, 2));
      else
        for (const file of manifest.files) console.log(`${file.sha256}  ${file.name}  ${file.bytes} bytes`);
      tell({
        zh: `已备份到 ${resolve(out)}，直到输入 ${manifest.lastSeq}；每个副本都已校验`,
        en: `backed up to ${resolve(out)}, up to input ${manifest.lastSeq}; every copy was checked`,
      });
    });
}

async function backup(place: RecordsPlace, dir: string): Promise<BackupManifest> {
  const service = await runningService(place.dataDir);
  if (service) return askForIt(service, dir);
  const files = dataFiles(place.dataDir);
  if (place.store.records === 'sqlite') mustExist(files.records);
  const telemetry = sqliteTelemetry({ file: mustExist(files.telemetry) });
  const records = recordsAt(place);
  await records.open();
  try {
    // No service would start on a copy of them: a nightly job that goes on copying these has to say so.
    await refuseMoved(records);
    await telemetry.open();
    return await backupTo(dir, { records, telemetry });
  } finally {
    await telemetry.close();
    await records.close();
  }
}

/** The folder says whether it is whole, also to whoever did not hear the answer: its manifest is written last. */
async function askForIt(service: Control, dir: string): Promise<BackupManifest> {
  try {
    return await askPatiently<BackupManifest>(service, 'POST', '/backup', { dir });
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    throw new TextError(
      {
        zh: `${error.text.zh}：${dir} 中有 backup.json，备份才完整；没有则须重做`,
        en: `${error.text.en}: the backup is whole where ${dir} has a backup.json; otherwise make another`,
      },
      { cause: error },
    );
  }
}

/** Shows how much has been written, so that long work is not taken for none. */
async function whileTold<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const progress = progressOf({ zh: '备份', en: 'backup' }, { zh: '兆字节', en: 'MB' });
  const telling = setInterval(() => progress.update(megabytesIn(dir)), SECOND);
  try {
    return await work();
  } finally {
    clearInterval(telling);
    progress.clear();
  }
}

/** 0 also where we may not look: it is the service that writes. */
function megabytesIn(dir: string): number {
  try {
    const sizes = readdirSync(dir).map((name) => statSync(join(dir, name)).size);
    return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
  } catch {
    return 0;
  }
}

/** A wrong folder must not become an empty backup. */
function mustExist(file: string): string {
  if (!existsSync(file))
    throw new UsageError({
      zh: `${file} 不存在：--data 是数据文件夹吗？`,
      en: `${file} does not exist: is --data the folder of the data?`,
    });
  return file;
}
