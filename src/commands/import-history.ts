import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { configurationWrong } from '../app/load.ts';
import { configOption, dataOption, progressOf, UsageError } from '../cli.ts';
import { noFile, noTimeZone, ROWS, spoken, tell } from '../cli-words.ts';
import { loadServiceConfig, type ServiceConfig } from '../config/service-config.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { IMPORT_REFUSALS, type ImportRefusal } from '../model/import-refusal.ts';
import { many, type Text, TextError } from '../model/text.ts';
import { dataFiles, spoolFolder } from '../store/data-files.ts';
import type { ExportManifest } from '../store/exchange/export.ts';
import { type Imported, importFrom, type RefusedLines } from '../store/exchange/import.ts';
import { type WholeExport, wholeExport } from '../store/exchange/whole-export.ts';
import { PRECISIONS, type Precision } from '../store/outside/lines.ts';
import { OUTSIDE_INSTANT_MIN } from '../store/outside/outside-store.ts';
import { oweOutside } from '../store/outside/spool.ts';
import { localFromOf, setLocalFrom } from '../store/telemetry/local-from.ts';
import { sqliteTelemetry } from '../store/telemetry-sqlite.ts';

interface Options {
  readonly config: string;
  readonly data?: string;
  readonly precision: Precision;
  readonly timeZone: string;
  readonly giveUpOutside?: boolean;
  readonly json?: boolean;
}

const HELP: Text = {
  en: `
Takes what \`shouwang export\` wrote as line protocol or CSV, or lines of the same shape, in gzip or not:
  water_index_m3,device=<id> value=<number> <time>     event,device=<id>,event=<name> value=1 <time>
CSV begins with a line that names the columns device, kind (reading or event), name, at and value, in any order; clock
may be among them, others are passed over. Instants are RFC 3339, or those of --time-zone where they have no offset.
A folder is checked against its export.json before anything is taken. A line that is not taken is counted under its
reason; an instant before 2000 or more than a day ahead is one. If no line is taken, the exit code is 1.

The service must not run. The same instant of a device and metric twice is one reading, and the later stands: to begin
again, or to bring in what is there, changes nothing. Cut off it goes on where it was, if it is called with the same files.
Where a server outside keeps the readings, they are sent there when the service starts. Where one did and is not
configured any more, a whole export of it ends the warning that its readings are not here; --give-up-outside ends it too.

Example:
  shouwang import-history history`,
  zh: `
接受 \`shouwang export\` 写的 line protocol 或 CSV，或同样形式的行，是否 gzip 压缩均可：
  water_index_m3,device=<id> value=<number> <time>     event,device=<id>,event=<name> value=1 <time>
CSV 的首行写列名 device、kind（reading 或 event）、name、at、value，顺序不限；可以有 clock，其他列不看。
时刻为 RFC 3339；没有时差的按 --time-zone。
文件夹先与其中的 export.json 核对，之后才开始导入。没有导入的行按原因计数；早于 2000 年或晚于明天的时刻
也是一种原因。一行都没有导入时，退出码为 1。

服务须已停止。同一设备同一指标同一时刻的两个读数视为一个，以后写的为准：重新开始或再次导入不会改变任何内容。
中断后用相同的文件再次执行，从中断处继续。读数由外部服务器保存时，服务启动后会发送过去。曾由外部服务器保存、
现已不再配置时，导入它的完整导出后不再警告读数缺失；--give-up-outside 也不再警告。

示例：
  shouwang import-history history`,
};

/** `import-history`: brings exported readings into the store of a service that does not run. */
export default function addImportHistory(program: Command): void {
  program
    .command('import-history')
    .description('bring files of `export` (line protocol, CSV) into the store; the service must not run')
    .argument('[path...]', 'a folder that `export` wrote, or files in their order')
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(
      new Option('--precision <unit>', 'what times in line protocol count')
        .choices([...PRECISIONS])
        .default('ns'),
    )
    .option('--time-zone <name>', 'of times without an offset', 'Asia/Shanghai')
    .option(
      '--give-up-outside',
      'what a server outside has and is not here is expected no more; needs no files',
    )
    .option('--json', 'what was brought in, in JSON on standard output')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
}

async function run(paths: string[], options: Options): Promise<void> {
  const { config, data, timeZone, giveUpOutside = false, json } = options;
  if (!isTimeZone(timeZone)) throw new UsageError(noTimeZone(timeZone));
  if (paths.length === 0 && !giveUpOutside)
    throw new UsageError({ zh: '请写明文件夹或文件', en: 'name a folder or files' });
  const dataDir = resolve(data ?? (await configuredData(config)));
  if (paths.length > 0) {
    const named = await filesOf(paths.map((path) => resolve(path)));
    const imported = await bringIn(dataDir, named, options);
    if (json) console.log(JSON.stringify(imported));
    say(imported, dataFiles(dataDir).telemetry);
    if (imported.skipped === 0) for (const { manifest } of named.exports) takeBack(dataDir, manifest);
    if (imported.rows === 0) throw new TextError({ zh: '没有导入任何一行', en: 'not one line was taken' });
  }
  if (giveUpOutside) await giveUp(dataDir, config);
}

async function bringIn(dataDir: string, { files, exports }: Named, options: Options): Promise<Imported> {
  const { precision, timeZone } = options;
  await makeFolder(dataDir, 0o700);
  const store = sqliteTelemetry({ file: dataFiles(dataDir).telemetry });
  const { sealedSeq } = await store.open();
  const progress = progressOf({ zh: '导入', en: 'import' }, ROWS);
  try {
    const name = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
    const imported = await importFrom({
      files,
      exported: new Set(exports.flatMap((whole) => whole.files)),
      store,
      sealedSeq,
      checkpoint: join(dataDir, `import-${name}.json`),
      precision,
      timeZone,
      onProgress: (rows, share) => progress.update(rows, share),
    });
    progress.end(imported.rows);
    // Where there is no spool yet, everything that is here is sent when there is one.
    if (imported.period) oweOutside(spoolFolder(dataDir), imported.period);
    return imported;
  } finally {
    await store.close();
  }
}

function say({ rows, skipped, refused }: Imported, telemetry: string): void {
  if (skipped > 0) {
    tell({
      zh: `没有导入 ${skipped} 行：`,
      en: `${many(skipped, 'line was', 'lines were')} not taken:`,
    });
    for (const text of refusals(refused)) tell(text);
  }
  if (rows > 0)
    tell({
      zh: `${telemetry} 中已有这 ${rows} 行`,
      en: `${many(rows, 'row is', 'rows are')} in ${telemetry}`,
    });
}

const refusals = (refused: RefusedLines): Text[] =>
  Object.entries(refused).map(([reason, { count, first, fits }]) => {
    const { zh, en } = IMPORT_REFUSALS[reason as ImportRefusal];
    const hint =
      fits === undefined
        ? { zh: '', en: '' }
        : { zh: `（可用 --precision ${fits}）`, en: ` (--precision ${fits} would fit)` };
    return {
      zh: `  ${count} 行 ${reason}：${zh}${hint.zh}；第一行：${first}`,
      en: `  ${count} ${reason}: ${en}${hint.en}; the first: ${first}`,
    };
  });

const configuredData = async (dir: string): Promise<string> => (await configured(dir)).dataDir;

async function configured(dir: string): Promise<ServiceConfig> {
  const loaded = await loadServiceConfig({ dir, env: process.env });
  if (loaded.ok) return loaded.value.config;
  throw new TextError(configurationWrong(loaded.error));
}

interface Named {
  readonly files: readonly string[];
  /** Of the folders among what was named. */
  readonly exports: readonly WholeExport[];
}

async function filesOf(paths: readonly string[]): Promise<Named> {
  const files: string[] = [];
  const exports: WholeExport[] = [];
  for (const path of paths) {
    if (!existsSync(path)) throw new UsageError(noFile(path));
    if (!statSync(path).isDirectory()) {
      files.push(path);
      continue;
    }
    const progress = progressOf({ zh: '核对', en: 'check' }, ROWS);
    const whole = await wholeExport(path, (rows, share) => progress.update(rows, share));
    files.push(...whole.files);
    exports.push(whole);
  }
  return { files, exports };
}

/** What a server outside had is here again, if this is all that there was of the time that it alone knew. */
function takeBack(dataDir: string, { from, to, metrics, knownFrom }: ExportManifest): void {
  const { telemetry } = dataFiles(dataDir);
  const localFrom = localFromOf(telemetry);
  if (localFrom === undefined || knownFrom === undefined || metrics.length > 0) return;
  const begin = Math.max(from, knownFrom);
  if (begin >= localFrom || to < localFrom) return;
  const isAll = begin <= OUTSIDE_INSTANT_MIN;
  setLocalFrom(telemetry, isAll ? undefined : begin);
  const since = new Date(begin).toISOString();
  tell(
    isAll
      ? { zh: '外部数据库保存过的读数已全部在本机', en: 'what a store outside had is all here again' }
      : {
          zh: `${since} 以后的读数已全部在本机`,
          en: `what a store outside had from ${since} on is all here again`,
        },
  );
}

async function giveUp(dataDir: string, config: string): Promise<void> {
  const { store } = await configured(config);
  if (store.telemetry !== 'sqlite')
    throw new UsageError({
      zh: `--give-up-outside：service.yaml 仍写着外部数据库（store.telemetry: ${store.telemetry}）`,
      en: `--give-up-outside: service.yaml still names the store outside (store.telemetry: ${store.telemetry})`,
    });
  const { telemetry } = dataFiles(dataDir);
  const localFrom = localFromOf(telemetry);
  if (localFrom === undefined) {
    tell({ zh: '没有读数只在外部数据库中', en: 'no readings are with a store outside alone' });
    return;
  }
  setLocalFrom(telemetry, undefined);
  const since = new Date(localFrom).toISOString();
  tell({
    zh: `不再等待外部数据库中 ${since} 以前的读数`,
    en: `readings of before ${since} that a store outside has are expected no more`,
  });
}
