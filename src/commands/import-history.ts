import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { configurationWrong } from '../app/load.ts';
import { configOption, dataOption, progressOf, UsageError } from '../cli.ts';
import { ROWS, spoken, tell } from '../cli-words.ts';
import { loadServiceConfig } from '../config/service-config.ts';
import { type Text, TextError } from '../model/text.ts';
import { dataFiles, spoolFolder } from '../store/data-files.ts';
import { importFrom } from '../store/exchange/import.ts';
import type { Precision } from '../store/outside/lines.ts';
import { oweOutside } from '../store/outside/spool.ts';
import { sqliteTelemetry } from '../store/telemetry-sqlite.ts';

interface Options {
  readonly config: string;
  readonly data?: string;
  readonly precision: Precision;
  readonly json?: boolean;
}

const HELP: Text = {
  en: `
Takes what \`shouwang export\` wrote as line protocol or CSV, or lines of the same shape:
  water_index_m3,device=<id> value=<number> <time>     event,device=<id>,event=<name> value=1 <time>
The service must not run. The same instant of a device and metric twice is one reading, and the later stands: to begin
again, or to bring in what is there, changes nothing. Cut off it goes on where it was, if it is called with the same files.
Where a server outside keeps the readings, they are sent there when the service starts.

Example:
  shouwang import-history history`,
  zh: `
接受 \`shouwang export\` 写的 line protocol 或 CSV，或同样形式的行：
  water_index_m3,device=<id> value=<number> <time>     event,device=<id>,event=<name> value=1 <time>
服务须已停止。同一设备同一指标同一时刻的两个读数视为一个，以后写的为准：重新开始或再次导入不会改变任何内容。
中断后用相同的文件再次执行，从中断处继续。读数由外部服务器保存时，服务启动后会发送过去。

示例：
  shouwang import-history history`,
};

/** `import-history`: brings exported readings into the store of a service that does not run. */
export default function addImportHistory(program: Command): void {
  program
    .command('import-history')
    .description('bring files of `export` (line protocol, CSV) into the store; the service must not run')
    .argument('<path...>', 'a folder that `export` wrote, or files in their order')
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(
      new Option('--precision <unit>', 'of times in line protocol').choices(['ns', 'ms']).default('ns'),
    )
    .option('--json', 'what was brought in, in JSON on standard output')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
}

async function run(paths: string[], { config, data, precision, json }: Options): Promise<void> {
  const dataDir = resolve(data ?? (await configuredData(config)));
  const files = paths.map((path) => resolve(path)).flatMap(filesOf);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = sqliteTelemetry({ file: dataFiles(dataDir).telemetry });
  const { sealedSeq } = await store.open();
  const progress = progressOf({ zh: '导入', en: 'import' }, ROWS);
  try {
    const name = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
    const imported = await importFrom({
      files,
      store,
      sealedSeq,
      checkpoint: join(dataDir, `import-${name}.json`),
      precision,
      onProgress: (rows, share) => progress.update(rows, share),
    });
    progress.end(imported.rows);
    // Where there is no spool yet, everything that is here is sent when there is one.
    if (imported.period) oweOutside(spoolFolder(dataDir), imported.period);
    if (json) console.log(JSON.stringify(imported));
    const { rows, skipped, firstSkipped } = imported;
    if (skipped > 0)
      tell({
        zh: `略去 ${skipped} 行不属于本系统的内容，第一行：${firstSkipped}`,
        en: `${skipped} lines are none of ours and were left out, the first: ${firstSkipped}`,
      });
    const { telemetry } = dataFiles(dataDir);
    tell({ zh: `${telemetry} 中已有这 ${rows} 行`, en: `${rows} rows are in ${telemetry}` });
  } finally {
    await store.close();
  }
}

async function configuredData(dir: string): Promise<string> {
  const loaded = await loadServiceConfig({ dir, env: process.env });
  if (loaded.ok) return loaded.value.config.dataDir;
  throw new TextError(configurationWrong(loaded.error));
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) throw new UsageError({ zh: `${path} 不存在`, en: `${path} does not exist` });
  if (!statSync(path).isDirectory()) return [path];
  if (!existsSync(join(path, 'export.json')))
    throw new UsageError({
      zh: `${path} 不是完整的导出：缺少 export.json`,
      en: `${path} is no whole export: it has no export.json`,
    });
  const parts = readdirSync(path).filter((name) => /^part-\d+\./.test(name) && !name.endsWith('.partial'));
  if (parts.some((name) => name.endsWith('.parquet')))
    throw new UsageError({
      zh: `${path} 是 Parquet，供其他软件读取：请导出 line protocol 或 CSV`,
      en: `${path} is Parquet, which is for reading elsewhere: export line protocol or CSV`,
    });
  return parts.sort().map((name) => join(path, name));
}
