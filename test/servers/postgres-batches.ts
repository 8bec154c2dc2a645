import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  type CommitBatch,
  type CommitResult,
  type RecordStore,
  RecordsAway,
} from '../../src/ports/records.ts';
import {
  ALL,
  aCase,
  alertEffect,
  aNotice,
  anAlert,
  anEntry,
  caseEffect,
  noticeEffect,
  T0,
} from '../contracts/fixtures.ts';

/** The batch of input n: an alert, its case and its notice, that are looked for again by n. */
export const batchOf = (n: number): CommitBatch => ({
  firstSeq: n,
  lastSeq: n,
  journal: new TextEncoder().encode(`input ${n}`),
  effects: [
    alertEffect(anAlert({ id: `a${n}` })),
    caseEffect(aCase({ id: `c${n}`, entries: 1 }), [anEntry(1)]),
    noticeEffect(aNotice({ id: `n${n}` })),
  ],
  subjects: [{ subject: 'h1', seq: n, state: `{"n":${n}}` }],
  at: T0 + n,
});

/** As the loop does it: until it is done. */
export async function insist(store: RecordStore, batch: CommitBatch): Promise<CommitResult> {
  for (;;) {
    try {
      return await store.commit(batch);
    } catch (error) {
      if (!(error instanceof RecordsAway)) throw error;
      await pause(20);
    }
  }
}

/** Commits one batch after the other until it is ended; what was acknowledged is in `told`. */
export function keepCommitting(store: RecordStore, told: CommitResult[] = []) {
  let isOver = false;
  const load = (async () => {
    while (!isOver) told.push(await insist(store, batchOf(told.length + 1)));
  })();
  return {
    told,
    async end(): Promise<void> {
      isOver = true;
      await load;
    },
  };
}

/** Everything about batches 1 to n is there, once, and as it was told. */
export async function expectWhole(store: RecordStore, told: readonly CommitResult[]): Promise<void> {
  const { journal, lastSeq } = await store.recover();
  expect(lastSeq).toBe(told.length);
  const seqs: number[] = [];
  for await (const row of journal(0)) seqs.push(row.firstSeq);
  expect(seqs).toEqual(told.map((_, i) => i + 1));
  const { items } = await store.cases({ ...ALL, order: 'newest' }, { limit: 1_000 });
  expect(items.map(({ number, id }) => `${id} ${number}`).sort()).toEqual(
    told.map((_, i) => `c${i + 1} ${i + 1}`).sort(),
  );
  const events = await store.events(0, [''], 10_000);
  expect(events.filter(({ type }) => type !== 'notice')).toEqual(
    told.flatMap((result) => result.events).filter(({ type }) => type !== 'notice'),
  );
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
}
