import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** A thread has modules of its own: the vocabulary that is filled there is that of no other test. */
const played = (): Promise<unknown> => {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const thread = new Worker(new URL('../full-vocabulary/thread.ts', import.meta.url));
  thread.once('message', resolve);
  thread.once('error', reject);
  return promise.finally(() => thread.terminate());
};

test('with a word for every id, all of them go from the payload through journal, rules and stores, and outlive a kill', async () => {
  expect(await played()).toEqual({
    faults: [],
    service: {
      word255_pct: [5, 4, 4],
      word64_pct: [64, 65, 66],
      // The flag stood before the kill and is not told again, and its end is.
      events: ['word253', 'word253_cleared', 'word255'],
      alerts: ['LEVEL', 'STATE', 'WHAT'],
      refused: [],
    },
  });
});
