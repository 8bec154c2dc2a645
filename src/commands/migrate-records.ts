import { type Command, Option } from 'commander';
import { runningService } from '../api/control.ts';
import { placeOf } from '../app/records-place.ts';
import { type PlaceOptions, UsageError, whileToldSteps, withPlace } from '../cli.ts';
import { tell, textOf } from '../cli-words.ts';
import type { Text } from '../model/text.ts';
import { MoveRefused, moveRecords, NoRecords, placeName } from '../store/records.ts';
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
        throw new UsageError({
          zh: 'service.yaml 的 store.postgres 没有写明 PostgreSQL 服务器的地址',
          en: 'store.postgres in service.yaml does not say where the PostgreSQL server is',
        });
      if (await runningService(place.dataDir))
        throw new UsageError({
          zh: '服务正在运行：请先停止',
          en: 'the service is running: stop it first',
        });
      const moved = await whileToldSteps((told) => moveRecords(place, to, { replace: force, told })).catch(
        explain,
      );
      if (json) console.log(JSON.stringify(moved, null, 2));
      else for (const [table, count] of Object.entries(moved.rows)) console.log(`${table}\t${count}`);
      const target = placeName({ ...place, store: { ...place.store, records: to } });
      tell({
        zh: `已搬到 ${target}，直到输入 ${moved.lastSeq}`,
        en: `moved to ${target}, up to input ${moved.lastSeq}`,
      });
      if (place.store.records !== to) tell(nextSteps(to, place.archive !== undefined));
    });
}

/** An archive copies files: beside records on a server the configuration is refused, and nobody is watched until it is gone. */
function nextSteps(to: MigrateOptions['to'], isArchived: boolean): Text {
  if (to === 'sqlite' || !isArchived)
    return {
      zh: `请在 service.yaml 写 store.records: ${to}，然后启动服务`,
      en: `now say store.records: ${to} in service.yaml, and start the service`,
    };
  return {
    zh: `请在 service.yaml 写 store.records: ${to}，并删去 archive 一节，然后启动服务。归档只复制文件，今后请由 PostgreSQL 自己归档（archive_mode），已有的归档仍可恢复到此刻之前`,
    en: `now say store.records: ${to} in service.yaml, take the section archive out of it, and start the service: an archive copies files only. Use the server's own (archive_mode) from now on; the one that is there restores what was before`,
  };
}

function explain(error: unknown): never {
  const isThere = error instanceof RecordsNotEmpty || error instanceof MoveRefused;
  const { zh, en } = error instanceof Error ? textOf(error) : { zh: '', en: '' };
  if (error instanceof NoRecords) throw new UsageError({ zh, en });
  throw isThere
    ? new UsageError({ zh: `${zh}；--force 将替换现有内容`, en: `${en}; --force replaces what is there` })
    : error;
}
