import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Figure, Row } from './figure.ts';

export interface FigureResult {
  readonly figure: Figure;
  readonly rows: readonly Row[];
  readonly failure?: string;
  readonly skipped?: string;
}

/** What the numbers were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly disk: string;
  readonly node: string;
  readonly version: string;
  readonly load: string;
  readonly date: string;
  readonly seconds: number;
}

export async function machine(dir: string, seconds: number): Promise<Machine> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    disk: fileSystem(dir),
    node: process.version,
    version,
    load: loadavg()
      .map((value) => value.toFixed(1))
      .join(', '),
    date: new Date().toISOString().slice(0, 10),
    seconds: Math.round(seconds),
  };
}

/** Type of the file system: on one in memory, FULL sync would cost nothing and mean nothing. */
function fileSystem(dir: string): string {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', dir], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

export function asJson(results: readonly FigureResult[], surroundings: Machine): string {
  const figures = results.map(({ figure, ...rest }) => ({ figure: figure.name, ...rest }));
  return JSON.stringify({ machine: surroundings, figures }, null, 2);
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const verdict = ({ met }: Row): string => (met === undefined ? '' : met ? 'yes' : '**no**');

export function asMarkdown(results: readonly FigureResult[], surroundings: Machine): string {
  const lines = ['| what | goal | measured | met |', '| --- | --- | --- | --- |'];
  for (const { figure, rows, failure, skipped } of results) {
    for (const row of rows)
      lines.push(`| ${cell(row.what)} | ${cell(row.goal)} | ${cell(row.result)} | ${verdict(row)} |`);
    if (skipped) lines.push(`| ${figure.title} | | skipped: ${cell(skipped)} | |`);
    if (failure) lines.push(`| ${figure.title} | | failed: ${cell(failure.slice(0, 300))} | **no** |`);
  }
  const notes = results.flatMap(({ rows }) =>
    rows.flatMap(({ what, notes: some = [] }) => (some.length ? [`- ${what}: ${some.join('; ')}.`] : [])),
  );
  return [...lines, '', ...notes, '', `_${describe(surroundings)}_`].join('\n');
}

const describe = (m: Machine): string =>
  `${m.date}, version ${m.version}, Node ${m.node}, ${m.cpu}, ${m.cores} cores, ${m.memoryGb} GB, ${m.system}, ${m.disk}; ` +
  `load average at the end ${m.load}; the run took ${m.seconds} s.`;

/** docs/benchmarks.md, whole. */
export function documentOf(results: readonly FigureResult[], surroundings: Machine): string {
  return `${INTRODUCTION}\n${asMarkdown(results, surroundings)}\n`;
}

const INTRODUCTION = `# Benchmarks

This page is written by \`npm run bench -- --write\`; do not edit it. \`npm run bench\` alone prints the table,
\`--only <name>\` one figure, \`--quick\` shorter rounds (and a tenth of the large city), \`--json\` all numbers,
\`--profile <dir>\` CPU profiles of the service.

How it is measured:

- The service is the whole of it, started as anybody starts it, with the rules, channels and routes of \`config/\`, in a
  process of its own. What it does is checked on the way: every message acknowledged exactly once, none refused, every
  alert on the stream, none that nobody asked for. A figure with an error in the service's log is no figure.
- Machines differ and are shared, so a figure is a ratio to an anchor that ran in turn with it (A B A B …) on the same
  machine: bare aedes with no handler and no storage; JSON.parse alone. The ratio is the median of the rounds, with
  smallest and largest in brackets. What is compared is CPU time a message, of all threads of the process, from /proc;
  not messages a second, which say more about who else was busy.
- Latency has no CPU to compare: it is given as measured, beside what a bare broker and the disk took in the same run.
- The load comes over raw sockets, one packet a write, half water meters and half wristbands, 206 bytes of JSON each
  (padded with blanks, as firmware does that prints into fixed fields; 4 and 9 values), with real times and values that
  grow. Steady rates are smooth: each message at its own instant.
- A reading is one value of one metric. Where messages are counted, it says so.
`;
