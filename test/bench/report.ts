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
  return `# Benchmarks\n\n${asMarkdown(results, surroundings)}\n`;
}
