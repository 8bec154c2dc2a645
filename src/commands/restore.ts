import { resolve } from 'node:path';
import type { Command } from 'commander';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, UsageError, whileToldSteps, withPlace } from '../cli.ts';
import { tell } from '../cli-words.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { Text } from '../model/text.ts';
import type { BackupManifest } from '../ports/backup-manifest.ts';
import { withArchiveAsBackup } from '../store/archive/as-backup.ts';
import { findMark, NotInArchive } from '../store/archive/restore.ts';
import { isBackup, restoreFrom } from '../store/backup.ts';
import { placeName, postgresAt, type RecordsPlace } from '../store/records.ts';

interface RestoreOptions extends PlaceOptions {
  readonly from: string;
  readonly until?: string;
  readonly force?: boolean;
}

/** `restore --from <folder>`: puts a backup in the place of the data. The service must not run. */
export default function addRestoreCommand(program: Command): void {
  withPlace(
    program
      .command('restore')
      .description('put a backup in the place of the data; the service must not run')
      .requiredOption('--from <folder>', 'the folder that `backup` wrote, or the folder of the archive')
      .option(
        '--until <instant>',
        'of an archive: as it was then (RFC 3339); the last instant in it if absent',
      ),
  )
    .option('--force', 'replace the data that is there now')
    .action(async ({ from, until, force = false, ...options }: RestoreOptions) => {
      const [source, place] = [resolve(from), await placeOf(options)];
      if (!isBackup(source)) return restoreArchive(source, place, instantOf(until), force);
      if (until !== undefined)
        throw new UsageError({
          zh: `${source} 是一份备份：--until 只用于归档`,
          en: `${source} is one backup: --until chooses an instant of an archive`,
        });
      const { at, lastSeq } = await restoreInto(place, source, force);
      tell({
        zh: `已用 ${instant(at)} 的备份恢复 ${nameOf(place).zh}，直到输入 ${lastSeq}`,
        en: `restored ${nameOf(place).en} from the backup of ${instant(at)}, up to input ${lastSeq}`,
      });
    });
}

async function restoreArchive(
  archive: string,
  place: RecordsPlace,
  until: number,
  force: boolean,
): Promise<void> {
  const found = await findMark(archive, until).catch((error: unknown) => {
    throw error instanceof NotInArchive ? new UsageError(error.text) : error;
  });
  tell({ zh: '正在由归档还原……', en: 'building it from the archive …' });
  const { lastSeq } = await withArchiveAsBackup(found, place.dataDir, (backup) =>
    restoreInto(place, backup, force),
  );
  const { mark, archiveReaches } = found;
  tell({
    zh: `${nameOf(place).zh} 已恢复到 ${instant(mark.at)}，直到输入 ${lastSeq}`,
    en: `restored ${nameOf(place).en} as of ${instant(mark.at)}, up to input ${lastSeq}`,
  });
  tell(
    mark.at === archiveReaches
      ? {
          zh: `丢失：${instant(mark.at)} 之后确认的内容；归档到此为止`,
          en: `lost: whatever was acknowledged after ${instant(mark.at)}; the archive reaches no further`,
        }
      : {
          zh: `未恢复：${instant(mark.at)} 之后的内容；归档到 ${instant(archiveReaches)} 为止`,
          en: `left out: what came after ${instant(mark.at)}; the archive reaches ${instant(archiveReaches)}`,
        },
  );
}

function restoreInto(place: RecordsPlace, backup: string, force: boolean): Promise<BackupManifest> {
  const records = place.store.records === 'postgres' ? postgresAt(place.store.postgres) : undefined;
  return whileToldSteps((told) => restoreFrom(backup, place.dataDir, { force, records, told }));
}

const nameOf = (place: RecordsPlace): Text =>
  place.store.records === 'postgres'
    ? { zh: `${place.dataDir} 和 ${placeName(place)}`, en: `${place.dataDir} and ${placeName(place)}` }
    : { zh: place.dataDir, en: place.dataDir };

const instant = (at: number): string => new Date(at).toISOString();

/** @throws UsageError */
function instantOf(until: string | undefined): number {
  if (until === undefined) return Number.POSITIVE_INFINITY;
  // To the minute is said without seconds.
  const at = parseRfc3339(until.replace(/^(.{10}.\d\d:\d\d)(?=[Zz+-])/, '$1:00'));
  if (at === undefined)
    throw new UsageError({
      zh: `--until ${until}：应为带时区的时刻，例如 2026-11-23T08:00:00+08:00`,
      en: `--until ${until}: an instant with its offset, such as 2026-11-23T08:00:00+08:00`,
    });
  return at;
}
