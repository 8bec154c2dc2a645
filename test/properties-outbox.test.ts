import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../src/notify/define.ts';
import type { RecordStore } from '../src/ports/records.ts';
import { Bench } from './edges/notify-bench.ts';
import { Cards } from './edges/notify-card-channel.ts';
import { runs } from './runs.ts';

const ANSWERS: Record<string, Answer> = {
  accepted: { kind: 'accepted', detail: 'ok' },
  busy: { kind: 'retry', failure: 'provider-busy', detail: 'later' },
  lost: { kind: 'retry', failure: 'provider-timeout', detail: 'no answer' },
  refused: { kind: 'refused', failure: 'recipient-invalid', detail: 'nobody' },
};

/** `before`: the process ends before anything is sent; `after`: when the provider has it, and before that is on disk. */
type Step =
  | { readonly kind: 'raise' }
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' }
  | { readonly kind: 'pass'; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ kind: 'raise' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
);

/** A provider that answers as told, and remembers what it has taken. */
class Provider {
  readonly cards = new Cards();
  readonly taken: string[] = [];
  readonly refused = new Set<string>();
  readonly #answers: string[];
  /** While set, what it takes stays without an answer: the process that asked is about to end. */
  silent: (() => void) | undefined;

  constructor(answers: readonly string[]) {
    this.#answers = [...answers];
    this.cards.deliver = async ({ notice }) => {
      const name = this.#answers.shift() ?? 'accepted';
      // An answer that is lost on the way: the provider has it all the same.
      if (name === 'accepted' || name === 'lost') this.taken.push(notice);
      if (name === 'refused') this.refused.add(notice);
      this.silent?.();
      return ANSWERS[name] as Answer;
    };
  }
}

describe('an outbox that crashes at any instant', () => {
  it('tells everybody at least once, and more often only where that is counted', async () => {
    const answers = fc.array(fc.constantFrom('accepted', 'accepted', 'accepted', 'busy', 'lost', 'refused'), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), answers, async (steps, told) => {
        const provider = new Provider(told);
        let dead = false;
        let repeated = 0;
        const mortal = (records: RecordStore): RecordStore =>
          new Proxy(records, {
            get(target, name: keyof RecordStore) {
              const value = target[name];
              if (typeof value !== 'function') return value;
              const writes = name === 'saveNotices' || name === 'saveMeta';
              if (dead && writes) return () => Promise.reject(new Error('the process has ended'));
              return value.bind(target);
            },
          });
        await using bench = await Bench.open({ more: [provider.cards.configured()], records: mortal });
        const ids: string[] = [];
        const restart = async (): Promise<void> => {
          const stopped = bench.outbox.stop(0);
          dead = true;
          await stopped;
          repeated += bench.outbox.stats().repeated;
          dead = false;
          await bench.restart();
        };
        for (const one of steps) {
          if (one.kind === 'raise') {
            ids.push(...(await bench.raise(`h${ids.length}`, ['cards'], 'P2', 'zhang')));
            if (bench.outbox.stats().inFlight === 0) bench.outbox.wake();
            await bench.outbox.idle();
          } else if (one.kind === 'pass') await bench.pass(one.seconds * 1000);
          else if (one.when === 'before') await restart();
          else {
            ids.push(...(await bench.raise(`h${ids.length}`, ['cards'], 'P2', 'zhang')));
            const sent = Promise.withResolvers<void>();
            provider.silent = () => {
              dead = true;
              sent.resolve();
            };
            bench.outbox.start();
            await Promise.race([sent.promise, bench.outbox.idle()]);
            provider.silent = undefined;
            await restart();
          }
        }
        await bench.settle();
        await bench.pass(3 * 3_600_000);
        repeated += bench.outbox.stats().repeated;
        for (const id of ids) {
          const { state } = await bench.notice(id);
          expect(state, id).toMatch(provider.refused.has(id) ? /failed|accepted/ : /accepted/);
          if (state === 'accepted') expect(provider.taken).toContain(id);
        }
        const lost = told.filter((name) => name === 'lost').length;
        const twice = provider.taken.length - new Set(provider.taken).size;
        expect(twice).toBeLessThanOrEqual(repeated + lost);
      }),
      { numRuns: runs(1, 200) },
    );
  });
});
