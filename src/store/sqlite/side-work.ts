import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Long work on a whole file, done in a thread beside. */
export type SideWork =
  | { readonly do: 'copy'; readonly file: string; readonly to: string }
  | { readonly do: 'check'; readonly files: readonly string[] };

/** A consistent copy of a database that is in use, into a file that does not exist yet; on disk when it resolves. */
export async function copySqliteFile(file: string, to: string): Promise<void> {
  await beside({ do: 'copy', file, to });
}

/**
 * What SQLite itself finds wrong with files that are not in use; empty when they are sound. That one cannot be read at
 * all is a problem like the others.
 */
export async function integrityProblems(files: readonly string[]): Promise<string[]> {
  return beside({ do: 'check', files });
}

async function beside(work: SideWork): Promise<string[]> {
  const worker = new Worker(new URL('./side-thread.js', import.meta.url), { workerData: work });
  try {
    const [answer] = (await once(worker, 'message')) as [string[]];
    return answer;
  } finally {
    await worker.terminate();
  }
}
