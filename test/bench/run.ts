import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext, Figure, Row } from './figure.ts';
import { ackPath } from './figures/ack-path.ts';
import { burst } from './figures/burst.ts';
import { cases } from './figures/cases.ts';
import { decode } from './figures/decode.ts';
import { engine } from './figures/engine.ts';
import { idleConnections } from './figures/idle-connections.ts';
import { influxWrites } from './figures/influx-writes.ts';
import { linear } from './figures/linear.ts';
import { memory } from './figures/memory.ts';
import { overload } from './figures/overload.ts';
import { readingLatency } from './figures/reading-latency.ts';
import { recordsPostgres } from './figures/records-postgres.ts';
import { replay } from './figures/replay.ts';
import { restart } from './figures/restart.ts';
import { sosLatency } from './figures/sos-latency.ts';
import { state } from './figures/state.ts';
import { steadyRate } from './figures/steady-rate.ts';
import { telemetry } from './figures/telemetry.ts';
import { validation } from './figures/validation.ts';
import { year } from './figures/year.ts';
import { hasProc, REPOSITORY } from './process.ts';
import { asJson, asMarkdown, documentOf, type FigureResult, machine } from './report.ts';

/** `npm run bench`: the figures of the product, each against its anchor in the same run. */
const FIGURES: readonly Figure[] = [
  validation,
  decode,
  ackPath,
  recordsPostgres,
  readingLatency,
  steadyRate,
  sosLatency,
  memory,
  state,
  restart,
  overload,
  burst,
  idleConnections,
  cases,
  engine,
  linear,
  replay,
  year,
  telemetry,
  influxWrites,
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const names = FIGURES.map(({ name }) => name).join(', ');
if (options.help) {
  console.log(`npm run bench -- [options]

  --only <name>     only this figure; may be repeated: ${names}
  --quick           fewer and shorter rounds
  --json            the result as JSON instead of a table
  --write           writes docs/benchmarks.md (a whole run, not with --only or --quick)
  --profile <dir>   CPU profiles of the service, for Chrome's DevTools; they slow it down`);
  process.exit();
}
const unknown = options.only?.find((name) => FIGURES.every((figure) => figure.name !== name));
if (unknown !== undefined) {
  console.error(`no figure is called ${unknown}; there are: ${names}`);
  process.exit(2);
}
if (options.write && (options.quick || options.only)) {
  console.error('--write wants a whole run');
  process.exit(2);
}

const dir = await mkdtemp(join(process.env['SHOUWANG_BENCH_DIR'] ?? tmpdir(), 'shouwang-bench-'));
const startedAt = Date.now();
const say = (line: string): void => {
  console.error(`${((Date.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
};
const context: BenchContext = { quick: options.quick, dir, profileDir: options.profile, say };
const results: FigureResult[] = [];
try {
  for (const figure of FIGURES) {
    if (options.only && !options.only.includes(figure.name)) continue;
    results.push({ figure, ...(await run(figure)) });
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
const surroundings = await machine(tmpdir(), (Date.now() - startedAt) / 1000);
console.log(options.json ? asJson(results, surroundings) : asMarkdown(results, surroundings));
if (options.write) {
  await writeFile(join(REPOSITORY, 'docs/benchmarks.md'), documentOf(results, surroundings));
  say('docs/benchmarks.md is written');
}
process.exitCode = results.some(({ failure }) => failure !== undefined) ? 1 : 0;

/** A figure that fails does not take the others with it; it is told, and the run fails. */
async function run(figure: Figure): Promise<{ rows: readonly Row[]; failure?: string; skipped?: string }> {
  if (figure.linuxOnly && !hasProc) return { rows: [], skipped: 'measured on Linux only' };
  say(`${figure.name}: ${figure.title}`);
  try {
    return { rows: await figure.run(context) };
  } catch (error) {
    say(`${figure.name} failed: ${(error as Error).stack}`);
    return { rows: [], failure: (error as Error).message };
  }
}
