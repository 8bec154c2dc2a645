import { Worker } from 'node:worker_threads';
import type { CoreOptions } from '../app/core.ts';
import type { RegistryEntry } from '../model/registry.ts';
import type { VisitTold } from '../model/visit.ts';
import type { Registry } from '../registry/registry.ts';
import { Coverage, type CoverageData } from './coverage.ts';
import { partsOf } from './parts.ts';
import { inOrder, type RunOptions, type RunResult } from './run.ts';

export interface SideBySideOptions {
  readonly recordings: readonly string[];
  readonly latenessMs: number;
  readonly registry: Registry;
  readonly core: Pick<CoreOptions, 'ruleSet' | 'policy' | 'channels'>;
  /** Folder with device models of the operator. */
  readonly models: string;
  /** Who is on duty when: a file as config/rosters.yaml, which each thread reads itself. */
  readonly rostersFile: string;
  readonly threads: number;
  readonly visits?: readonly VisitTold[];
  readonly onProgress?: NonNullable<RunOptions['onProgress']>;
}

/** What a thread is given to begin with. */
export interface PartWork extends Omit<SideBySideOptions, 'registry' | 'threads' | 'onProgress'> {
  readonly entries: readonly RegistryEntry[];
  readonly index: number;
  readonly count: number;
}

/** What a thread says: how far it is, again and again, and at the end what it found. */
export type PartReport =
  | { readonly progress: { messages: number; at: number; bytesRead: number } }
  | { readonly run: Omit<RunResult, 'coverage'> & { readonly coverage: CoverageData } };

/**
 * `runBacktest` in several threads, each of which reads all and judges its own homes. The result is the same, byte for
 * byte, as that of one.
 */
export async function runSideBySide(options: SideBySideOptions): Promise<RunResult> {
  const { registry, threads, onProgress, ...rest } = options;
  const entries = [...registry.entries()];
  const count = partsOf(registry, threads).length;
  const progress = Array.from({ length: count }, () => ({ messages: 0, at: 0, bytesRead: 0 }));
  const parts = progress.map((_, index) =>
    inThread({ ...rest, entries, index, count }, (one) => {
      progress[index] = one;
      onProgress?.({
        messages: progress.reduce((sum, { messages }) => sum + messages, 0),
        at: Math.min(...progress.map(({ at }) => at)),
        bytesRead: Math.min(...progress.map(({ bytesRead }) => bytesRead)),
      });
    }),
  );
  try {
    return joined(await Promise.all(parts.map(({ run }) => run)));
  } finally {
    await Promise.all(parts.map(({ end }) => end()));
  }
}

type PartRun = Extract<PartReport, { run: unknown }>['run'];

function inThread(
  workerData: PartWork,
  onProgress: (progress: Extract<PartReport, { progress: unknown }>['progress']) => void,
): { readonly run: Promise<PartRun>; readonly end: () => Promise<unknown> } {
  const worker = new Worker(new URL('./part-thread.ts', import.meta.url), { workerData });
  const run = new Promise<PartRun>((resolve, reject) => {
    worker.on('message', (report: PartReport) => {
      if ('run' in report) resolve(report.run);
      else onProgress(report.progress);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread of the backtest ended before it was done')));
  });
  return { run, end: () => worker.terminate() };
}

/** All saw the same messages, so that they agree on the time; what each counted is of other homes. */
export function joined(runs: readonly PartRun[]): RunResult {
  const rejections: Record<string, number> = {};
  for (const run of runs)
    for (const [reason, times] of Object.entries(run.rejections))
      rejections[reason] = (rejections[reason] ?? 0) + times;
  const [first] = runs as [PartRun];
  return inOrder({
    ...first,
    alerts: runs.flatMap(({ alerts }) => alerts),
    shadow: runs.flatMap(({ shadow }) => shadow),
    cases: runs.flatMap(({ cases }) => cases),
    notices: runs.flatMap(({ notices }) => notices),
    messages: runs.reduce((sum, { messages }) => sum + messages, 0),
    readings: runs.reduce((sum, { readings }) => sum + readings, 0),
    visits: runs.reduce((sum, { visits }) => sum + visits, 0),
    rejections,
    coverage: Coverage.joined(runs.map(({ coverage }) => coverage)),
  });
}
