import { Worker } from 'node:worker_threads';
import { LIMITS } from '../model/limits.ts';
import { type ImportReader, NO_PROBLEMS, type SaidAt, type ShortProblems } from './import-reader.ts';
import type { RegistryFileOptions } from './registry-draft.ts';
import type { ImportFormat } from './registry-import.ts';

/** What the thread is given. */
export interface ImportWork {
  readonly format: ImportFormat;
  readonly text: string;
  readonly options: RegistryFileOptions;
}

/** What it says: what is wrong, or some entries at a time; none: that was all. */
export type ImportReport = { readonly refused: ShortProblems } | { readonly entries: readonly SaidAt[] };

/**
 * Reads a file of somebody else's making: in a thread beside, since an SOS must not wait for it, and with an end of time and
 * memory. What is too much for these is a problem of the file. The thread ends when the one who asked has gone.
 */
export const readBeside: ImportReader = (work, take, stop) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./import-thread.ts', import.meta.url), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: heapMb() },
    });
    const end = (done: () => void): void => {
      clearTimeout(limit);
      stop?.removeEventListener('abort', gone);
      void worker.terminate();
      done();
    };
    const tooMuch = (message: string): void =>
      end(() => resolve({ problems: [{ file: '', line: 1, path: '', message }], more: 0 }));
    const gone = (): void => end(() => reject(stop?.reason));
    const limit = setTimeout(
      () => tooMuch('takes too long to read: split the file'),
      LIMITS.importReadMsMax,
    ).unref();
    worker.on('message', (report: ImportReport) => {
      if ('refused' in report) return end(() => resolve(report.refused));
      for (const entry of report.entries) take(entry);
      return report.entries.length === 0 ? end(() => resolve(NO_PROBLEMS)) : worker.postMessage('next');
    });
    worker.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? tooMuch('takes too much memory to read: split the file')
        : end(() => reject(error)),
    );
    worker.once('exit', () =>
      end(() => reject(new Error('the thread that reads a registry file has ended'))),
    );
    if (stop?.aborted) gone();
    else stop?.addEventListener('abort', gone, { once: true });
  });

/** A quarter of what the machine or its container has: the service itself needs the rest. */
const heapMb = (): number => {
  const available = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.max(
    LIMITS.importHeapMbMin,
    Math.min(LIMITS.importHeapMbMax, Math.floor(available / 4 / 2 ** 20)),
  );
};
