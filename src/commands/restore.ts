import { resolve } from 'node:path';
import type { Command } from 'commander';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, withPlace } from '../cli.ts';
import { restoreFrom } from '../store/backup.ts';
import { placeName, postgresAt } from '../store/records.ts';

interface RestoreOptions extends PlaceOptions {
  readonly from: string;
  readonly force?: boolean;
}

/** `restore --from <folder>`: puts a backup in the place of the data. The service must not run. */
export default function addRestoreCommand(program: Command): void {
  withPlace(
    program
      .command('restore')
      .description('put a backup in the place of the data; the service must not run')
      .requiredOption('--from <folder>', 'the folder that `backup` wrote'),
  )
    .option('--force', 'replace the data that is there now')
    .action(async ({ from, force = false, ...options }: RestoreOptions) => {
      const place = await placeOf(options);
      const records = place.store.records === 'postgres' ? postgresAt(place.store.postgres) : undefined;
      const { at, lastSeq } = await restoreFrom(resolve(from), place.dataDir, { force, records });
      const made = new Date(at).toISOString();
      const where = records ? `${place.dataDir} and ${placeName(place)}` : place.dataDir;
      console.error(`restored ${where} from the backup of ${made}, up to input ${lastSeq}`);
    });
}
