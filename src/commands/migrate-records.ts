import { type Command, Option } from 'commander';
import { runningService } from '../api/control.ts';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, UsageError, withPlace } from '../cli.ts';
import { MoveRefused, moveRecords, placeName } from '../store/records.ts';
import { RecordsNotEmpty } from '../store/records-postgres.ts';

interface MigrateOptions extends PlaceOptions {
  readonly to: 'sqlite' | 'postgres';
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `migrate-records --to postgres`: moves the records between SQLite and PostgreSQL. The service must not run. */
export default function addMigrateRecords(program: Command): void {
  withPlace(
    program
      .command('migrate-records')
      .description(
        'move the records between the file in the data folder and PostgreSQL; the service must not run',
      )
      .addOption(
        new Option('--to <engine>', 'where they go').choices(['sqlite', 'postgres']).makeOptionMandatory(),
      ),
  )
    .option('--force', 'replace what is there now')
    .option('--json', 'the rows by table on standard output')
    .action(async ({ to, force = false, json, ...options }: MigrateOptions) => {
      const place = await placeOf(options);
      if (!place.store.postgres)
        throw new UsageError('store.postgres in service.yaml does not say where the PostgreSQL server is');
      if (await runningService(place.dataDir)) throw new UsageError('the service is running: stop it first');
      const moved = await moveRecords(place, to, { replace: force }).catch(explain);
      if (json) console.log(JSON.stringify(moved, null, 2));
      else for (const [table, count] of Object.entries(moved.rows)) console.log(`${table}\t${count}`);
      const target = placeName({ ...place, store: { ...place.store, records: to } });
      console.error(`moved to ${target}, up to input ${moved.lastSeq}`);
      if (place.store.records !== to)
        console.error(`now say store.records: ${to} in service.yaml, and start the service`);
    });
}

function explain(error: unknown): never {
  const isThere = error instanceof RecordsNotEmpty || error instanceof MoveRefused;
  throw isThere ? new UsageError(`${error.message}; --force replaces what is there`) : error;
}
