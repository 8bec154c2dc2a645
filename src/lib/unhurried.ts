import { setImmediate as pause } from 'node:timers/promises';

/** A walk over 200,000 devices must not hold up an SOS: after this long the process does something else first. */
const SLICE_MS = 4;
/** Items between two looks at the clock. */
const ITEMS_PER_LOOK = 128;

/**
 * Visits everything, in slices, so that other work is done in between. What is visited may change meanwhile: an item
 * that comes or goes during the walk is visited or not.
 */
export async function visitAll<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  let visited = 0;
  let since = performance.now();
  for (const item of items) {
    visit(item);
    if (++visited % ITEMS_PER_LOOK !== 0 || performance.now() - since < SLICE_MS) continue;
    await pause();
    since = performance.now();
  }
}

/** The same where each item may be long work of its own: the clock is looked at after each. */
export async function visitEach<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    visit(item);
    if (performance.now() - since < SLICE_MS) continue;
    await pause();
    since = performance.now();
  }
}
