import { getHeapStatistics } from 'node:v8';

const LOOK_MS = 1_000;
/** Share of its time that the thread of the service may work while it is collected: the rest of it is done beside it. */
const BUSY_MAX = 0.5;
/** What nobody uses any more is collected from this on, and from this share of what was in use at the least. */
const SPARE_BYTES_MIN = 32 * 1024 * 1024;
const SPARE_SHARE = 0.5;
/**
 * A piece of memory of this size that nothing was written to costs nothing, and nobody keeps it. V8 begins to collect,
 * beside the program, when 64 MB have come together outside its heap; `gc()` would stop the program for all of it.
 */
const ASKING_BYTES = 96 * 1024 * 1024;

/** Whether so much of the heap is spare that it is worth a collection, as far as can be told from what is in use. */
export class SpareHeap {
  /** The least that was in use since a collection was asked for last: no more than this lived then. */
  #least = Number.POSITIVE_INFINITY;

  /**
   * @param used bytes of the heap that are in use, what nobody needs any more among them
   * @param busy share of its time in which the thread of the service has worked since the last look, 0 to 1
   */
  isToCollect(used: number, busy: number): boolean {
    this.#least = Math.min(this.#least, used);
    const enough = Math.max(SPARE_BYTES_MIN, SPARE_SHARE * this.#least);
    if (busy > BUSY_MAX || used - this.#least < enough) return false;
    // If nothing of it can be collected, all of it lives, and that is what is counted from.
    this.#least = used;
    return true;
  }
}

/** Has spare memory collected whenever the service is not busy; the answer ends it. See decision 0048. */
export function collectSpareHeap(collect: () => void = askForCollection): () => void {
  const spare = new SpareHeap();
  let before = process.threadCpuUsage();
  let at = performance.now();
  const looking = setInterval(() => {
    const [usage, now] = [process.threadCpuUsage(), performance.now()];
    const busy = (usage.user + usage.system - before.user - before.system) / 1000 / (now - at);
    [before, at] = [usage, now];
    if (spare.isToCollect(getHeapStatistics().used_heap_size, busy)) collect();
  }, LOOK_MS);
  looking.unref();
  return () => clearInterval(looking);
}

function askForCollection(): void {
  try {
    new ArrayBuffer(ASKING_BYTES);
  } catch {
    // The machine has no room for it: V8 has collected before it said so.
  }
}
