import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DueQueue } from '../src/lib/due-queue.ts';
import { runs } from './runs.ts';

/** Who has a due-date, and which of the entries in the queue is the one that counts: as subjects of the engine have it. */
interface Filed {
  readonly key: string;
  due: number;
}

/** More than are taken out of the heap together, several times over. */
const KEYS = Array.from({ length: 150 }, (_, n) => `home-${n}`);
/** Two thirds within one half minute; many at the same instant. */
const due = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 9 }).map((n) => n * 3_000) },
  fc.integer({ min: 0, max: 20 }).map((n) => n * 10_000),
);
const who = fc.integer({ min: 0, max: KEYS.length - 1 });
const action = fc.oneof(
  // A due-date that is new, or moved to before or after where it was.
  { weight: 6, arbitrary: fc.record({ do: fc.constant('file' as const), who, due }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('take' as const), times: fc.integer({ min: 1, max: 50 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('bound' as const),
      to: due,
      count: fc.integer({ min: 1, max: 50 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const) }) },
);

/** The queue with what the engine does around it. */
class Engine {
  #queue = new DueQueue<Filed>();
  #filed = new Map<string, Filed>();

  file(key: string, due: number): void {
    const one = this.#filed.get(key) ?? { key, due: Number.POSITIVE_INFINITY };
    this.#filed.set(key, one);
    if (one.due === due) return;
    one.due = due;
    this.#queue.push(due, one);
  }

  /** What the queue still holds of it is not due any more. */
  remove(key: string): void {
    const one = this.#filed.get(key);
    if (one) one.due = Number.POSITIVE_INFINITY;
    this.#filed.delete(key);
  }

  take(): string | undefined {
    while (this.#queue.size > 0) {
      const [at, key] = [this.#queue.nextDue, this.#queue.nextKey];
      const one = this.#queue.pop() as Filed;
      expect(one.key).toBe(key);
      if (one.due !== at) continue;
      one.due = Number.POSITIVE_INFINITY;
      return `${at} ${one.key}`;
    }
    return undefined;
  }

  bound(to: number, count: number) {
    return this.#queue.boundBefore(to, count);
  }

  /** From what a checkpoint holds: each with its due-date, in whichever order. */
  restore(): void {
    this.#queue = new DueQueue();
    const stored = [...this.#filed.values()].filter(({ due }) => due < Number.POSITIVE_INFINITY).reverse();
    this.#filed = new Map(stored.map((one) => [one.key, { ...one }]));
    for (const one of this.#filed.values()) this.#queue.push(one.due, one);
  }
}

/** The first of all, by due-date and key. */
function firstOf(list: ReadonlyMap<string, number>): [key: string, due: number] | undefined {
  let first: [string, number] | undefined;
  for (const one of list)
    if (!first || one[1] < first[1] || (one[1] === first[1] && one[0] < first[0])) first = one;
  return first;
}

describe('due-dates of many homes', () => {
  test('come once each and in order, whatever is filed, moved or removed while some are taken out together', () => {
    const start = fc.array(due, { minLength: KEYS.length, maxLength: KEYS.length });
    fc.assert(
      fc.property(start, fc.array(action, { minLength: 10, maxLength: 60 }), (dues, actions) => {
        const engine = new Engine();
        const list = new Map<string, number>();
        const file = (n: number, at: number): void => {
          engine.file(KEYS[n] as string, at);
          list.set(KEYS[n] as string, at);
        };
        const take = (): void => {
          const first = firstOf(list);
          if (first) list.delete(first[0]);
          expect(engine.take()).toBe(first && `${first[1]} ${first[0]}`);
        };
        for (const [n, at] of dues.entries()) file(n, at);
        for (const one of actions) {
          if (one.do === 'file') file(one.who, one.due);
          else if (one.do === 'take') for (let i = 0; i < one.times; i++) take();
          else if (one.do === 'bound') engine.bound(one.to, one.count);
          else if (one.do === 'restore') engine.restore();
          else {
            engine.remove(KEYS[one.who] as string);
            list.delete(KEYS[one.who] as string);
          }
        }
        while (list.size > 0) take();
        take();
      }),
      { numRuns: runs(40, 2000) },
    );
  });
});
