import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * What SQLite itself finds wrong with a file that is not in use; empty when it is sound. A file that cannot even be
 * opened as a database is a problem like the others. Runs in a thread of its own.
 */
export async function integrityProblems(file: string): Promise<string[]> {
  const worker = new Worker(new URL('./check-worker.ts', import.meta.url), { workerData: file });
  try {
    const [problems] = (await once(worker, 'message')) as [string[]];
    return problems;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await worker.terminate();
  }
}
