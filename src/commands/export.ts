import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import pino from 'pino';
import { configurationWrong } from '../app/load.ts';
import { completeHistory, historyIn, sayElsewhere } from '../app/whole-history.ts';
import { configOption, dataOption, progressOf, UsageError } from '../cli.ts';
import { noInstant, ROWS, spoken, tell, warn } from '../cli-words.ts';
import { loadServiceConfig, type ServiceConfig } from '../config/service-config.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import { METRIC_NAMES, type MetricName } from '../model/metrics.ts';
import { many, type Text, TextError } from '../model/text.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';
import { dataFiles } from '../store/data-files.ts';
import { ExportRefused, type ExportSource, exportTo } from '../store/exchange/export.ts';
import { FORMATS, type Format } from '../store/exchange/part.ts';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from '../store/outside/outside-store.ts';
import { StoreLocked } from '../store/sqlite/file.ts';
import { outsideAt, telemetryAt } from '../store/telemetry.ts';

interface Options {
  readonly format: Format;
  readonly out: string;
  readonly store?: string;
  readonly config: string;
  readonly data?: string;
  readonly from?: string;
  readonly to?: string;
  readonly metric?: string[];
  readonly partRows: string;
  readonly json?: boolean;
}

const HELP: Text = {
  en: `
Device by device, never one in two files: a file is closed behind the device with which it has --part-rows rows or more.
export.json is written last and says what is whole.
Called again after it was cut off, it goes on behind the last whole file. Line protocol has times in nanoseconds, and is
taken as it is by InfluxDB, VictoriaMetrics and Telegraf; csv and parquet have the columns device, kind, name, at,
value, clock.

The local store of a running service is in use: take a backup and name its telemetry.db with --store. Where an InfluxDB
server keeps the readings it is read itself; what still waits in the spool of a running service is not there yet.

Examples:
  shouwang export --format line-protocol --out history
  shouwang export --format parquet --out 2026 --from 2026-01-01T00:00:00+08:00 --metric water_index_m3 --store backup/telemetry.db`,
  zh: `
按设备逐个写出，同一设备不分在两个文件中：写完一台设备后行数已达 --part-rows，就另开一个文件。
export.json 最后写，说明哪些已完整。
中断后再次执行，从最后一个完整文件之后继续。line protocol 的时间为纳秒，InfluxDB、VictoriaMetrics、Telegraf
可直接读取；csv 和 parquet 的列为 device、kind、name、at、value、clock。

运行中的服务占用本机存储：请先备份，再用 --store 指定其中的 telemetry.db。读数在 InfluxDB 服务器上时直接读取
服务器；运行中的服务待发缓存里的读数还不在其中。

示例：
  shouwang export --format line-protocol --out history
  shouwang export --format parquet --out 2026 --from 2026-01-01T00:00:00+08:00 --metric water_index_m3 --store backup/telemetry.db`,
};

/** `export`: readings and events of a store as files. */
export default function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write stored readings and events into files: line protocol, CSV or Parquet')
    .addOption(new Option('--format <format>', 'of the files').choices([...FORMATS]).makeOptionMandatory())
    .requiredOption('--out <folder>', 'new folder, or one with the beginning of this export')
    .option('--store <file>', 'a telemetry.db that no service runs on')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--from <instant>', 'only from this instant on (RFC 3339)')
    .option('--to <instant>', 'only before this instant')
    .option('--metric <name...>', 'only these metrics, and no events')
    .option('--part-rows <n>', 'rows with which a file is closed, behind the device at hand', '1000000')
    .option('--json', 'what was written, in JSON on standard output')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { format, metric: metrics, json } = options;
  const unknown = metrics?.find((name) => !METRIC_NAMES.includes(name as MetricName));
  if (unknown !== undefined)
    throw new UsageError({ zh: `没有指标 ${unknown}`, en: `no metric is called ${unknown}` });
  const partRows = Number(options.partRows);
  if (!/^\d+$/.test(options.partRows) || partRows < 1)
    throw new UsageError({
      zh: `--part-rows：“${options.partRows}” 不是行数`,
      en: `--part-rows: "${options.partRows}" is no number of rows`,
    });
  const period = {
    from: instantOf(options.from, OUTSIDE_INSTANT_MIN),
    to: instantOf(options.to, OUTSIDE_INSTANT_MAX),
  };
  if (period.to <= period.from)
    throw new UsageError({
      zh: '--from/--to：时段在开始之前就结束了',
      en: '--from/--to: the period ends before it begins',
    });
  const { source, close } = await openSource(options);
  const progress = progressOf({ zh: '导出', en: 'export' }, ROWS);
  try {
    const manifest = await exportTo({
      source,
      dir: resolve(options.out),
      format,
      period,
      ...(metrics && { metrics: metrics as MetricName[] }),
      ...(source.localFrom && { localFrom: source.localFrom() }),
      partRows,
      onProgress: (rows, share) => progress.update(rows, share),
    });
    progress.end(manifest.rows);
    if (json) console.log(JSON.stringify(manifest));
    tell({
      zh: `${resolve(options.out)} 中 ${manifest.parts.length} 个文件，共 ${manifest.rows} 行`,
      en: `${many(manifest.rows, 'row', 'rows')} in ${many(manifest.parts.length, 'file', 'files')} in ${resolve(options.out)}`,
    });
  } catch (error) {
    throw error instanceof ExportRefused ? new UsageError(error.text) : error;
  } finally {
    await close();
  }
}

function instantOf(text: string | undefined, preset: number): number {
  if (text === undefined) return preset;
  const at = parseRfc3339(text);
  if (at === undefined) throw new UsageError(noInstant('--from/--to', text));
  return at;
}

interface Opened {
  readonly source: ExportSource & Pick<TelemetryStore, 'localFrom'>;
  close(): Promise<void>;
}

async function openSource({ store, config, data }: Options): Promise<Opened> {
  if (store !== undefined) {
    if (!existsSync(store)) throw new UsageError({ zh: `${store} 不存在`, en: `${store} does not exist` });
    const source = await historyIn(resolve(store), warn);
    return { source, close: () => source.close() };
  }
  const loaded = await loadServiceConfig({ dir: config, env: process.env });
  if (!loaded.ok) throw new TextError(configurationWrong(loaded.error));
  const { config: settings } = loaded.value;
  return configured(data === undefined ? settings : { ...settings, dataDir: resolve(data) });
}

async function configured({ dataDir, store }: ServiceConfig): Promise<Opened> {
  if (store.telemetry === 'sqlite' && !existsSync(dataFiles(dataDir).telemetry))
    throw new UsageError({ zh: `${dataDir} 中没有读数`, en: `there are no readings in ${dataDir}` });
  const source = await telemetryAt(dataDir, store, pino({ level: 'silent' }));
  try {
    const { sealedSeq } = await source.open();
    sayElsewhere(source, warn);
    try {
      await completeHistory({ dataDir, store }, source, sealedSeq, warn);
    } catch (error) {
      await source.close();
      throw error;
    }
    return { source, close: () => source.close() };
  } catch (error) {
    if (!(error instanceof StoreLocked)) throw error;
    const outside = await outsideAt(store);
    if (!outside)
      throw new UsageError({
        zh: '有服务正在使用这些数据：请先备份（`shouwang backup --out …`），再用 --store 指定其中的 telemetry.db',
        en: 'a service runs on this data: take a backup (`shouwang backup --out …`) and name its telemetry.db with --store',
      });
    tell({
      zh: '有服务正在使用这些数据：只读外部数据库，不含仍在待发缓存中的读数',
      en: 'a service runs on this data: the server is read alone, without what still waits in the spool',
    });
    const { historyOf } = await import('../store/outside/reads.ts');
    return {
      source: {
        devices: (after, limit) => outside.devices(after, limit),
        history: (device, period) => historyOf(outside, device, period),
      },
      close: async () => outside.close(),
    };
  }
}
