import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { RecordingWriter, recordingLine } from '../../simulators/recording.ts';
import { EncodingError } from '../backtest/readings-csv/lines.ts';
import { type RegistrySettings, registryOf, unfitHomes } from '../backtest/readings-csv/meter-registry.ts';
import { PatternError } from '../backtest/readings-csv/moments.ts';
import {
  type ColumnName,
  HeaderError,
  type ReadOptions,
  type ReadResult,
  ROW_PROBLEMS,
  readReadings,
  UNITS,
} from '../backtest/readings-csv/read.ts';
import { IndexSeries, type MeterSummary } from '../backtest/readings-csv/register-series.ts';
import { remarksOn } from '../backtest/readings-csv/remarks.ts';
import { summaryOf, sumOf } from '../backtest/readings-csv/summary.ts';
import { type AddCommand, keepApart, progressOf, UsageError } from '../cli.ts';
import {
  andMore,
  noFile,
  noTimeZone,
  note,
  READINGS,
  ROWS,
  spoken,
  tell,
  textOf,
  warn,
  workbook,
} from '../cli-words.ts';
import { parseDuration } from '../lib/duration.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { isWorkbookName } from '../model/list-text.ts';
import { many, type Text, TextError } from '../model/text.ts';

interface Flags {
  readonly out?: string;
  readonly registry?: string;
  readonly columns?: string;
  readonly device?: string;
  readonly encoding: string;
  readonly timeFormat: string;
  readonly timeZone: string;
  readonly unit: string;
  readonly litresPerPulse?: string;
  readonly values: string;
  readonly every?: string;
  readonly stamp: string;
  readonly decimal: string;
  readonly missing: string;
  readonly arrival: string;
  readonly place: string;
  readonly skipBad?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Also that of a registry that names none. */
const DEFAULT_ZONE = 'Asia/Shanghai';

const HELP: Text = {
  en: `
The first line of a file names its columns. Which is which is told by the usual names, English or Chinese (meter, ts, index …)
or with --columns device=METER,at=WHEN,value=M3,home=ACCOUNT. One file may hold many meters, in any order.

Local times that come twice when clocks are put back are told apart by the order of each meter's rows, and counted;
one that clocks were put forward over is a mistake. Mistakes are told with their lines; then nothing is written,
unless --skip-bad leaves those rows out. Nothing is guessed: where the value of an interval is missing, nobody knows what
was used, and the index begins anew after it, so that no rule takes it for a time without water. Rows that are not there
at all are told where rows usually come closer together, or, with --every, where an interval is shorter than that.

A pattern of times is made of YYYY, MM or M, DD or D, HH or H, mm, ss, and of hh with A (AM, PM); "excel" are the days since
1900 (46082.25) that are left of a date when a spreadsheet loses its form.

Examples:
  Hourly index in m³, times in UTC:
    shouwang convert readings.csv.gz --out rec.ndjson.gz --registry rec.csv
  Litres in each quarter of an hour, German times, stamped with their beginning:
    shouwang convert export.csv --columns device=Zähler,at=Zeit,value=Liter --time-format "DD.MM.YYYY HH:mm" \\
      --time-zone Europe/Berlin --unit l --values interval --every 15min --stamp start --out rec.ndjson.gz --registry rec.yaml
  Then: shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules config/rules.yaml --out report
`,
  zh: `
文件第一行是列名。各列按常见名称识别（meter、ts、index、表号、读数……），
或写 --columns device=METER,at=WHEN,value=M3,home=ACCOUNT。一个文件可含多个水表，顺序不限。

时钟拨回时出现两次的本地时间按每个水表各行的顺序区分，并计数；时钟拨快时跳过的时间是错误。
错误连同行号列出，此时什么也不写，除非用 --skip-bad 略去这些行。不猜测任何数值：时段用量缺失时，
无人知道其间用了多少水，其后读数重新开始，规则不会把这段时间当作没有用水。整行缺失时，按各表平时的间隔
（写了 --every 则按该时长）指出间隔过大之处。

时间格式可用 YYYY、MM 或 M、DD 或 D、HH 或 H、mm、ss，以及 hh 与 A（AM、PM）；excel 指电子表格中
日期失去格式后剩下的天数（46082.25，自 1900 年起）。

示例：
  每小时累计读数，单位 m³，UTC 时间：
    shouwang convert readings.csv.gz --out rec.ndjson.gz --registry rec.csv
  每刻钟的升数，德国时间，标在时段开始：
    shouwang convert export.csv --columns device=Zähler,at=Zeit,value=Liter --time-format "DD.MM.YYYY HH:mm" \\
      --time-zone Europe/Berlin --unit l --values interval --every 15min --stamp start --out rec.ndjson.gz --registry rec.yaml
  然后：shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules config/rules.yaml --out report
`,
};

const addCommand: AddCommand = (program) => {
  program
    .command('convert')
    .summary('turn a utility’s CSV of meter readings into a recording and a registry')
    .description(
      'Turns interval or index values of water meters, as utilities export them, into a recording and a registry, for backtest and replay.',
    )
    .argument('<file...>', 'CSV files, gzip if the name ends in .gz')
    .option('--out <file>', 'recording to write (gzip if the name ends in .gz)')
    .option('--registry <file>', 'registry to write: .csv, or .yaml, which also holds the time zone')
    .option('--columns <list>', 'device=TITLE,at=TITLE,value=TITLE,home=TITLE, where not the usual ones')
    .option(
      '--encoding <name>',
      'of the text: utf-8, gb18030 (what Excel saves in China), windows-1252 …',
      'utf-8',
    )
    .option('--device <id>', 'the meter, where no column names it')
    .option(
      '--time-format <form>',
      'iso, epoch-s, epoch-ms, excel, or a pattern such as "DD.MM.YYYY HH:mm"',
      'iso',
    )
    .option('--time-zone <name>', 'of times without an offset', DEFAULT_ZONE)
    .addOption(
      new Option('--unit <unit>', 'of the values').choices([...Object.keys(UNITS), 'pulse']).default('m3'),
    )
    .option('--litres-per-pulse <number>', 'with --unit pulse')
    .addOption(
      new Option('--values <what>', 'the register, or what was used in each interval')
        .choices(['index', 'interval'])
        .default('index'),
    )
    .option('--every <duration>', 'length of an interval, such as 15min')
    .addOption(
      new Option('--stamp <end>', 'the time of an interval value is that of its')
        .choices(['start', 'end'])
        .default('end'),
    )
    .addOption(new Option('--decimal <sign>', 'decimal sign').choices(['.', ',']).default('.'))
    .option(
      '--missing <words>',
      'values that mean "no value", separated by commas',
      ',na,nan,n/a,null,none,-',
    )
    .option('--arrival <duration>', 'so long after its time each reading arrives', '1s')
    .option(
      '--place <path>',
      'community/grid of all homes, each a building of its own; or community/grid/building/unit, where all are neighbours',
      'imported/g1',
    )
    .option('--skip-bad', 'leave rows with mistakes out')
    .option('--dry-run', 'only read and report')
    .option('--json', 'write a summary to stdout as JSON')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
};
export default addCommand;

async function run(files: string[], flags: Flags): Promise<void> {
  for (const file of files) if (!existsSync(file)) throw new UsageError(noFile(file));
  for (const file of files) if (isWorkbookName(file)) throw new UsageError(workbook(file));
  if (!flags.dryRun && !flags.out)
    throw new UsageError({ zh: '须写 --out 或 --dry-run', en: 'give --out, or --dry-run' });
  if (!flags.dryRun) keepApart(files, { '--out': flags.out, '--registry': flags.registry });
  const arrivalMs = duration('--arrival', flags.arrival);
  const place = flags.place.split('/');
  if (![2, 4].includes(place.length) || place.some((part) => part === ''))
    throw new UsageError({
      zh: '--place：应为 社区/网格，或 社区/网格/楼栋/单元',
      en: '--place: expected community/grid, or community/grid/building/unit',
    });
  const read = await readAll(files, flags);
  const found = problemCount(read);
  for (const { file, line, problem, found: text } of read.bad)
    tell({
      zh: `${file}:${line} ${problem}：${ROW_PROBLEMS[problem].zh}；写的是 “${text}”`,
      en: `${file}:${line} ${problem}: ${ROW_PROBLEMS[problem].en}; found "${text}"`,
    });
  if (found > read.bad.length) tell(andMore(found - read.bad.length));
  const refusal = refusalOf(read, found, flags);
  if (refusal && !flags.dryRun && !flags.json) throw new TextError(refusal);
  const every = flags.every === undefined ? undefined : duration('--every', flags.every);
  const series = new IndexSeries(read.rows, flags.values === 'interval', every);
  const writes = !flags.dryRun && refusal === undefined;
  await write(writes ? flags.out : undefined, series, read, arrivalMs);
  const meters = series.summary();
  if (flags.registry && writes)
    await writeFile(flags.registry, registryOf(meters, read.homes, registrySettings(place, flags)));
  // A program reads what is wrong from here: also where nothing was written.
  if (flags.json) console.log(JSON.stringify(summaryOf(read, meters, series, writes)));
  if (read.rows.values > 0 && (writes || flags.dryRun)) summarise(meters, series, read, flags);
  if (refusal) throw new TextError(refusal);
}

/** Why nothing is written, or would be; undefined where nothing is in the way. */
function refusalOf({ counts, rows: { values } }: ReadResult, found: number, flags: Flags): Text | undefined {
  const { rows, problems } = counts;
  const reasons = Object.entries(problems)
    .map(([problem, count]) => `${problem} ${count}`)
    .join(', ');
  if (found > 0 && !flags.skipBad)
    return flags.dryRun
      ? {
          zh: `${rows} 行中 ${found} 行有误：${reasons}；不加 --skip-bad 则什么也不会写`,
          en: `${found} of ${rows} rows have mistakes: ${reasons}; nothing would be written without --skip-bad`,
        }
      : {
          zh: `什么也没有写：${rows} 行中 ${found} 行有误：${reasons}（--skip-bad 可略去它们）`,
          en: `nothing was written: ${found} of ${rows} rows have mistakes: ${reasons} (--skip-bad leaves them out)`,
        };
  return values === 0 ? { zh: '没有找到读数', en: 'no reading was found' } : undefined;
}

async function readAll(files: readonly string[], flags: Flags): Promise<ReadResult> {
  const options = readOptions(files, flags);
  const total = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const progress = progressOf({ zh: '读取', en: 'read' }, ROWS);
  try {
    const read = await readReadings({
      ...options,
      onBytes: (bytes, rows) => progress.update(rows, bytes / total),
    });
    progress.end(read.counts.rows);
    return read;
  } catch (error) {
    if (error instanceof EncodingError)
      throw new UsageError({
        zh: `${error.text.zh}：请用 --encoding 写明，例如 gb18030 或 windows-1252`,
        en: `${error.text.en}: name it with --encoding, such as gb18030 or windows-1252`,
      });
    if (error instanceof HeaderError || error instanceof PatternError) throw new UsageError(textOf(error));
    throw error;
  }
}

function readOptions(files: readonly string[], flags: Flags): ReadOptions {
  if (!isTimeZone(flags.timeZone)) throw new UsageError(noTimeZone(flags.timeZone));
  const startStamped = flags.values === 'interval' && flags.stamp === 'start';
  if (startStamped && flags.every === undefined)
    throw new UsageError({
      zh: '--stamp start 需要 --every：用量在时段结束时才知道',
      en: '--stamp start needs --every: a value is known at the end of its interval',
    });
  if (!isEncoding(flags.encoding))
    throw new UsageError({
      zh: `--encoding：不认识 “${flags.encoding}”，例如 utf-8 或 gb18030`,
      en: `--encoding: "${flags.encoding}" is none that is known, such as utf-8 or gb18030`,
    });
  return {
    files,
    encoding: flags.encoding,
    columns: columnsOf(flags.columns),
    ...(flags.device === undefined ? {} : { device: flags.device }),
    timeFormat: flags.timeFormat,
    timeZone: flags.timeZone,
    litresPerUnit: litresPerUnit(flags),
    ...(startStamped ? { startStampedMs: duration('--every', flags.every ?? '') } : {}),
    decimal: flags.decimal === ',' ? ',' : '.',
    missing: new Set(['', ...flags.missing.split(',').map((word) => word.trim().toLowerCase())]),
    keepMissing: flags.values === 'interval',
  };
}

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

function columnsOf(list: string | undefined): Partial<Record<ColumnName, string>> {
  const columns: Partial<Record<ColumnName, string>> = {};
  for (const item of list?.split(',') ?? []) {
    const [name, title] = [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)];
    if (!['device', 'at', 'value', 'home'].includes(name) || title === '')
      throw new UsageError({
        zh: `--columns：“${item}” 不是 device=、at=、value=、home= 加列名`,
        en: `--columns: "${item}" is none of device=, at=, value=, home= with a title`,
      });
    columns[name as ColumnName] = title;
  }
  return columns;
}

function litresPerUnit({ unit, litresPerPulse }: Flags): number {
  if (unit !== 'pulse') {
    if (litresPerPulse !== undefined)
      throw new UsageError({
        zh: '--litres-per-pulse 须与 --unit pulse 同用',
        en: '--litres-per-pulse goes with --unit pulse',
      });
    return UNITS[unit as keyof typeof UNITS];
  }
  const litres = Number(litresPerPulse);
  if (!(litres > 0))
    throw new UsageError({
      zh: '--unit pulse 需要 --litres-per-pulse，例如 10',
      en: '--unit pulse needs --litres-per-pulse, such as 10',
    });
  return litres;
}

function duration(name: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new UsageError({
      zh: `${name}：“${text}” 不是 1s、15min、1h 形式的时长`,
      en: `${name}: "${text}" is no duration such as 1s, 15min or 1h`,
    });
  return ms;
}

/** Goes through the readings in the order of time, and writes them where a file is named. */
async function write(
  out: string | undefined,
  series: IndexSeries,
  { rows }: ReadResult,
  arrivalMs: number,
): Promise<void> {
  const writer = out === undefined ? undefined : new RecordingWriter(out);
  const progress = progressOf({ zh: '写出', en: 'write' }, READINGS);
  let done = 0;
  for (const { device, at, indexM3, knownAt } of series.readings()) {
    done++;
    const topic = `shouwang/${rows.devices[device]}/telemetry`;
    const payload = { at: new Date(at).toISOString(), water_index_m3: Number(indexM3.toFixed(6)) };
    const full = writer?.write(recordingLine(knownAt + arrivalMs, topic, payload));
    if (!full) continue;
    await full;
    progress.update(done, done / rows.length);
  }
  await writer?.close();
  if (out !== undefined) progress.end(done, out);
}

const registrySettings = (place: readonly string[], flags: Flags): RegistrySettings => ({
  place,
  timeZone: flags.timeZone,
  isYaml: isYaml(flags.registry ?? ''),
  ...(flags.unit === 'pulse' ? { resolution: Number(flags.litresPerPulse) / 1000 } : {}),
});

const isYaml = (file: string): boolean => /\.ya?ml$/i.test(file);

const problemCount = ({ counts }: ReadResult): number =>
  Object.values(counts.problems).reduce((sum: number, count) => sum + (count ?? 0), 0);

function summarise(
  meters: readonly MeterSummary[],
  series: IndexSeries,
  read: ReadResult,
  flags: Flags,
): void {
  const [values, readings] = [sumOf(meters, 'values'), sumOf(meters, 'readings')];
  for (const remark of remarksOn(read, series, flags.timeZone)) note(remark);
  noteZone(flags);
  noteHomes(read, flags);
  const isUsed = flags.values === 'interval';
  const zhFrom = isUsed ? `${values} 个时段用量，写成 ` : '';
  const enFrom = isUsed ? `, from ${many(values, 'value', 'values')} of intervals` : '';
  const ofMeters = many(meters.length, 'meter', 'meters');
  tell({
    zh: `${meters.length} 个水表，${zhFrom}${readings} 条读数${flags.dryRun ? '：试运行，什么也没有写' : ''}`,
    en: `${many(readings, 'reading', 'readings')} of ${ofMeters}${enFrom}${flags.dryRun ? ': dry run, nothing was written' : ''}`,
  });
}

const NAMED_MAX = 3;

/** Truth and exceptions name homes by their id. */
function noteHomes({ homes }: ReadResult, { registry }: Flags): void {
  const unfit = unfitHomes(homes);
  if (registry === undefined || unfit.length === 0) return;
  const names = unfit.slice(0, NAMED_MAX);
  const more = unfit.length > NAMED_MAX ? ' …' : '';
  note({
    zh: `${unfit.length} 户的名称不能用作编号（${names.join('、')}${more}）：登记以其水表的编号为住户编号，真实事件和例外中请写该编号`,
    en: `${many(unfit.length, 'home has a name', 'homes have names')} that no registry takes for an id (${names.join(', ')}${more}): the id is that of the meter; name them by it in truth and overrides`,
  });
}

/** A registry in CSV has no place for it: rules that look at the clock would be hours off, and nobody would know. */
function noteZone({ registry, timeZone, dryRun }: Flags): void {
  if (registry === undefined || dryRun || isYaml(registry) || timeZone === DEFAULT_ZONE) return;
  warn({
    zh: `${registry} 写不下时区 ${timeZone}：backtest 会按 ${DEFAULT_ZONE} 看钟点；请写 --registry ….yaml`,
    en: `${registry} cannot hold the time zone ${timeZone}: backtest takes the hours for those of ${DEFAULT_ZONE}; name a .yaml`,
  });
}
