import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that live in the heap of this thread, and beside it in buffers, once all that is garbage is gone. */
export function liveBytes(): number {
  // The first round runs finalizers, whose garbage the second takes.
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const residentBytes = (): number => process.memoryUsage.rss();
