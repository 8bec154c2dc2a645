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

/** To begin a thread takes longer than most of the work, and who copies one file mostly copies another. */
const REST = { ms: 5_000, threads: 2 };
const resting: { readonly worker: Worker; readonly end: NodeJS.Timeout }[] = [];

/** A thread that rests, or a new one. */
function begin(): Worker {
  const rested = resting.pop();
  if (!rested) return new Worker(new URL('./side-thread.js', import.meta.url));
  clearTimeout(rested.end);
  rested.worker.ref();
  return rested.worker;
}

/** For a while, and without keeping the process from ending. */
async function rest(worker: Worker): Promise<void> {
  if (resting.length >= REST.threads) {
    await worker.terminate();
    return;
  }
  worker.unref();
  const end = setTimeout(() => {
    resting.splice(
      resting.findIndex((one) => one.worker === worker),
      1,
    );
    void worker.terminate();
  }, REST.ms).unref();
  resting.push({ worker, end });
}

async function beside(work: SideWork): Promise<string[]> {
  const worker = begin();
  try {
    const answered = once(worker, 'message');
    worker.postMessage(work);
    const [answer] = (await answered) as [string[]];
    await rest(worker);
    return answer;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}
