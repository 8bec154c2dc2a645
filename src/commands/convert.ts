import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { RecordingWriter, recordingLine } from '../../simulators/recording.ts';
import { EncodingError } from '../backtest/readings-csv/lines.ts';
import {
  type ColumnName,
  HeaderError,
  type ReadOptions,
  type ReadResult,
  ROW_PROBLEMS,
  type RowProblem,
  readReadings,
  UNITS,
} from '../backtest/readings-csv/read.ts';
import {
  IndexSeries,
  type MeterSummary,
  TORRENT_M3_PER_HOUR,
} from '../backtest/readings-csv/register-series.ts';
import { type AddCommand, UsageError } from '../cli.ts';
import { parseDuration } from '../lib/duration.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { Progress } from '../lib/progress.ts';

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

const HELP = `
The first line of a file names its columns. Which is which is told by the usual names (meter, ts, index, 表号, 读数 …)
or with --columns device=METER,at=WHEN,value=M3,home=ACCOUNT. One file may hold many meters, in any order.

Local times that come twice when clocks are put back are told apart by the order of each meter's rows, and counted;
one that clocks were put forward over is a mistake. Mistakes are told with their lines; then nothing is written,
unless --skip-bad leaves those rows out. Nothing is guessed: a missing value stays missing.

Examples:
  Hourly index in m³, times in UTC:
    shouwang convert readings.csv.gz --out rec.ndjson.gz --registry rec.csv
  Litres in each quarter of an hour, German times, stamped with their beginning:
    shouwang convert export.csv --columns device=Zähler,at=Zeit,value=Liter --time-format "DD.MM.YYYY HH:mm" \\
      --time-zone Europe/Berlin --unit l --values interval --every 15min --stamp start --out rec.ndjson.gz --registry rec.yaml
  Then: shouwang backtest --recording rec.ndjson.gz --registry rec.yaml --rules config/rules.yaml --out report
`;

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
    .option('--time-format <form>', 'iso, epoch-s, epoch-ms, or a pattern such as "DD.MM.YYYY HH:mm"', 'iso')
    .option('--time-zone <name>', 'of times without an offset', 'Asia/Shanghai')
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
      'community/grid/building/unit of all homes in the registry',
      'imported/g1/b1/u1',
    )
    .option('--skip-bad', 'leave rows with mistakes out')
    .option('--dry-run', 'only read and report')
    .option('--json', 'write a summary to stdout as JSON')
    .addHelpText('after', HELP)
    .action(run);
};
export default addCommand;

async function run(files: string[], flags: Flags): Promise<void> {
  for (const file of files) if (!existsSync(file)) throw new UsageError(`there is no file "${file}"`);
  if (!flags.dryRun && !flags.out) throw new UsageError('give --out, or --dry-run');
  const arrivalMs = duration('--arrival', flags.arrival);
  const place = flags.place.split('/');
  if (place.length !== 4 || place.some((part) => part === ''))
    throw new UsageError('--place: expected community/grid/building/unit');
  const read = await readAll(files, flags);
  const found = problemCount(read);
  for (const { file, line, problem, found: text } of read.bad)
    console.error(`${file}:${line} ${problem}: ${ROW_PROBLEMS[problem]}; found "${text}"`);
  if (found > read.bad.length) console.error(`… and ${found - read.bad.length} more`);
  if (found > 0 && !flags.skipBad && !flags.dryRun)
    throw new Error(
      `nothing was written: ${found} of ${read.counts.rows} rows have mistakes (--skip-bad leaves them out)`,
    );
  if (read.rows.length === 0) throw new Error('no reading was found');
  const every = flags.every === undefined ? undefined : duration('--every', flags.every);
  const series = new IndexSeries(read.rows, flags.values === 'interval', every);
  await write(flags.dryRun ? undefined : flags.out, series, read, arrivalMs);
  const meters = series.summary();
  if (flags.registry && !flags.dryRun)
    await writeFile(flags.registry, registryOf(meters, read, place, flags));
  tell(meters, series, read, flags);
  if (found > 0 && flags.dryRun && !flags.skipBad)
    throw new Error(
      `${found} of ${read.counts.rows} rows have mistakes: nothing would be written without --skip-bad`,
    );
}

async function readAll(files: readonly string[], flags: Flags): Promise<ReadResult> {
  const options = readOptions(files, flags);
  const total = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const progress = new Progress({ label: 'read', unit: 'rows' });
  try {
    const read = await readReadings({
      ...options,
      onBytes: (bytes, rows) => progress.update(rows, bytes / total),
    });
    progress.end(read.counts.rows);
    return read;
  } catch (error) {
    if (error instanceof EncodingError)
      throw new UsageError(`${error.message}: name it with --encoding, such as gb18030 or windows-1252`);
    if (error instanceof HeaderError || error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function readOptions(files: readonly string[], flags: Flags): ReadOptions {
  if (!isTimeZone(flags.timeZone))
    throw new UsageError(`--time-zone: "${flags.timeZone}" is no IANA time zone`);
  const startStamped = flags.values === 'interval' && flags.stamp === 'start';
  if (startStamped && flags.every === undefined)
    throw new UsageError('--stamp start needs --every: a value is known at the end of its interval');
  if (!isEncoding(flags.encoding))
    throw new UsageError(`--encoding: "${flags.encoding}" is none that is known, such as utf-8 or gb18030`);
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
      throw new UsageError(`--columns: "${item}" is none of device=, at=, value=, home= with a title`);
    columns[name as ColumnName] = title;
  }
  return columns;
}

function litresPerUnit({ unit, litresPerPulse }: Flags): number {
  if (unit !== 'pulse') {
    if (litresPerPulse !== undefined) throw new UsageError('--litres-per-pulse goes with --unit pulse');
    return UNITS[unit as keyof typeof UNITS];
  }
  const litres = Number(litresPerPulse);
  if (!(litres > 0)) throw new UsageError('--unit pulse needs --litres-per-pulse, such as 10');
  return litres;
}

function duration(name: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new UsageError(`${name}: "${text}" is no duration such as 1s, 15min or 1h`);
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
  const progress = new Progress({ label: 'write', unit: 'readings' });
  let done = 0;
  for (const { device, at, indexM3 } of series.readings()) {
    done++;
    const topic = `shouwang/${rows.devices[device]}/telemetry`;
    const payload = { at: new Date(at).toISOString(), water_index_m3: Number(indexM3.toFixed(6)) };
    const full = writer?.write(recordingLine(at + arrivalMs, topic, payload));
    if (!full) continue;
    await full;
    progress.update(done, done / rows.length);
  }
  await writer?.close();
  if (out !== undefined) progress.end(done, out);
}

const isYaml = (file: string): boolean => /\.ya?ml$/i.test(file);

function registryOf(
  meters: readonly MeterSummary[],
  { homes }: ReadResult,
  place: readonly string[],
  flags: Flags,
): string {
  const resolution = flags.unit === 'pulse' ? Number(flags.litresPerPulse) / 1000 : undefined;
  const devices = meters.map(({ name, from, interval }) => ({
    home: homes.get(name) ?? name,
    id: name,
    enrolledAt: new Date(from).toISOString(),
    expectedInterval: interval === '1h' ? undefined : interval,
    counterResolution: resolution,
  }));
  if (isYaml(flags.registry ?? '')) return yamlRegistry(devices, place, flags.timeZone);
  const head =
    'community,grid,building,unit,home,device,model,gateway,enrolled_at,expected_interval,counter_resolution';
  const lines = devices.map(({ home, id, enrolledAt, expectedInterval, counterResolution }) =>
    [...place, home, id, 'water-meter', '', enrolledAt, expectedInterval ?? '', counterResolution ?? ''].join(
      ',',
    ),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** The same with the time zone, which CSV cannot say. JSON is YAML. */
function yamlRegistry(
  devices: readonly { readonly home: string; readonly id: string }[],
  [community, grid, building, unit]: readonly string[],
  timeZone: string,
): string {
  const homes = new Map<string, unknown[]>();
  for (const { home, ...device } of devices) {
    const own = homes.get(home) ?? [];
    homes.set(home, [...own, { ...device, model: 'water-meter' }]);
  }
  const units = [{ id: unit, homes: [...homes].map(([id, own]) => ({ id, name: id, devices: own })) }];
  const grids = [{ id: grid, buildings: [{ id: building, units }] }];
  return `${JSON.stringify({ communities: [{ id: community, timeZone, grids }] }, null, 1)}\n`;
}

const problemCount = ({ counts }: ReadResult): number =>
  Object.values(counts.problems).reduce((sum: number, count) => sum + (count ?? 0), 0);

function tell(meters: readonly MeterSummary[], series: IndexSeries, read: ReadResult, flags: Flags): void {
  const readings = meters.reduce((sum, meter) => sum + meter.readings, 0);
  const { rows, missing, ambiguous, problems } = read.counts;
  const { repeated, contradicting, backwards, torrents } = series;
  const summary = {
    rows,
    meters: meters.length,
    readings,
    missing,
    ambiguous,
    repeated,
    contradicting,
    backwards,
    torrents,
    problems,
  };
  if (flags.json) console.log(JSON.stringify(summary));
  const remarks: [number, string][] = [
    [
      missing,
      flags.values === 'interval' ? 'missing values: what was used then is in no index' : 'missing values',
    ],
    [ambiguous, 'local times that come twice, told apart by their order'],
    [repeated, 'rows that stand twice'],
    [contradicting, 'rows of the same time with another value: the first one stands'],
    [backwards, 'steps backwards of an index: exchange, roll-over or mistake'],
    [
      torrents,
      `steps of more than ${TORRENT_M3_PER_HOUR} m³ an hour, more than a home can draw: is --unit right, and --decimal?`,
    ],
    ...Object.entries(problems).map(([problem, count]): [number, string] => [
      count ?? 0,
      `rows left out: ${ROW_PROBLEMS[problem as RowProblem]}`,
    ]),
  ];
  for (const [count, words] of remarks) if (count > 0) console.error(`note: ${count} ${words}`);
  console.error(
    `${readings} readings of ${meters.length} meters${flags.dryRun ? ': dry run, nothing was written' : ''}`,
  );
}
