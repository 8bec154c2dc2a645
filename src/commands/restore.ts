import { resolve } from 'node:path';
import type { Command } from 'commander';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, UsageError, withPlace } from '../cli.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { BackupManifest } from '../ports/service.ts';
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
        throw new UsageError(`${source} is one backup: --until chooses an instant of an archive`);
      const { at, lastSeq } = await restoreInto(place, source, force);
      console.error(`restored ${nameOf(place)} from the backup of ${instant(at)}, up to input ${lastSeq}`);
    });
}

async function restoreArchive(
  archive: string,
  place: RecordsPlace,
  until: number,
  force: boolean,
): Promise<void> {
  const found = await findMark(archive, until).catch((error: unknown) => {
    throw error instanceof NotInArchive ? new UsageError(error.message) : error;
  });
  const { lastSeq } = await withArchiveAsBackup(found, place.dataDir, (backup) =>
    restoreInto(place, backup, force),
  );
  const { mark, archiveReaches } = found;
  console.error(`restored ${nameOf(place)} as of ${instant(mark.at)}, up to input ${lastSeq}`);
  console.error(
    mark.at === archiveReaches
      ? `lost: whatever was acknowledged after ${instant(mark.at)}; the archive reaches no further`
      : `left out: what came after ${instant(mark.at)}; the archive reaches ${instant(archiveReaches)}`,
  );
}

function restoreInto(place: RecordsPlace, backup: string, force: boolean): Promise<BackupManifest> {
  const records = place.store.records === 'postgres' ? postgresAt(place.store.postgres) : undefined;
  return restoreFrom(backup, place.dataDir, { force, records });
}

const nameOf = (place: RecordsPlace): string =>
  place.store.records === 'postgres' ? `${place.dataDir} and ${placeName(place)}` : place.dataDir;

const instant = (at: number): string => new Date(at).toISOString();

/** @throws UsageError */
function instantOf(until: string | undefined): number {
  if (until === undefined) return Number.POSITIVE_INFINITY;
  const at = parseRfc3339(until);
  if (at === undefined)
    throw new UsageError(`--until ${until}: an instant with its offset, such as 2026-11-23T08:00:00+08:00`);
  return at;
}
