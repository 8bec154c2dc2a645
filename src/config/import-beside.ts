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
    const worker = begin();
    const end = (done: () => void, isWell = false): void => {
      clearTimeout(limit);
      stop?.removeEventListener('abort', gone);
      worker.off('message', heard).off('error', failed).off('exit', ended);
      if (isWell && work.text.length <= RESTS_AFTER_CHARS_MAX) rest(worker);
      else void worker.terminate();
      done();
    };
    const tooMuch = (message: string): void =>
      end(() => resolve({ problems: [{ file: '', line: 1, path: '', message }], more: 0 }));
    const gone = (): void => end(() => reject(stop?.reason));
    const limit = setTimeout(
      () => tooMuch('takes too long to read: split the file'),
      LIMITS.importReadMsMax,
    ).unref();
    const heard = (report: ImportReport): void => {
      if ('refused' in report) {
        end(() => resolve(report.refused), true);
        return;
      }
      for (const entry of report.entries) take(entry);
      if (report.entries.length === 0) end(() => resolve(NO_PROBLEMS), true);
      else worker.postMessage('next');
    };
    const failed = (error: NodeJS.ErrnoException): void =>
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? tooMuch('takes too much memory to read: split the file')
        : end(() => reject(error));
    const ended = (): void => end(() => reject(new Error('the thread that reads a registry file has ended')));
    worker.on('message', heard).on('error', failed).on('exit', ended);
    worker.postMessage(work);
    if (stop?.aborted) gone();
    else stop?.addEventListener('abort', gone, { once: true });
  });

/** Whoever tries a file out sends it again at once, and to begin a thread takes longer than to read most files. */
const REST_MS = 5_000;
/** A thread that has read more than this may have a large heap: it ends. */
const RESTS_AFTER_CHARS_MAX = 100_000;
let resting: { readonly worker: Worker; readonly end: NodeJS.Timeout } | undefined;

/** The thread that rests, or a new one. */
function begin(): Worker {
  const rested = resting;
  resting = undefined;
  if (rested) {
    clearTimeout(rested.end);
    rested.worker.ref();
    return rested.worker;
  }
  const worker = new Worker(new URL('./import-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: heapMb() },
  });
  // Whatever becomes of one that rests, or was told to end, is nobody's trouble.
  worker.on('error', () => {}).on('exit', () => leave(worker));
  return worker;
}

/** For a while, and without keeping the process from ending. */
function rest(worker: Worker): void {
  if (resting) {
    void worker.terminate();
    return;
  }
  worker.unref();
  const end = setTimeout(() => {
    leave(worker);
    void worker.terminate();
  }, REST_MS).unref();
  resting = { worker, end };
}

function leave(worker: Worker): void {
  if (resting?.worker !== worker) return;
  clearTimeout(resting.end);
  resting = undefined;
}

/** A quarter of what the machine or its container has: the service itself needs the rest. */
const heapMb = (): number => {
  const available = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.max(
    LIMITS.importHeapMbMin,
    Math.min(LIMITS.importHeapMbMax, Math.floor(available / 4 / 2 ** 20)),
  );
};
