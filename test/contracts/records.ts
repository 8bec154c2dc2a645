import { afterEach, beforeEach, describe } from 'vitest';
import type { RecordStore } from '../../src/ports/records.ts';
import type { StoreBed } from './bed.ts';
import { Committer } from './fixtures.ts';
import { accountsContract } from './records-accounts.ts';
import { commitContract } from './records-commit.ts';
import { forgettingContract } from './records-forgetting.ts';
import { listsContract } from './records-lists.ts';
import { streamContract } from './records-stream.ts';
import { visitsContract } from './records-visits.ts';

/** How many raw rejections and stream events the store under exam keeps. */
export interface Kept {
  readonly rejections: number;
  readonly events: number;
}
export const KEPT: Kept = { rejections: 120, events: 400 };

type Soon<T> = T | Promise<T>;

/** A bed that may have to ask a server. */
export interface RecordsBed extends Omit<StoreBed<RecordStore>, 'afterCrash' | 'restored' | 'dispose'> {
  afterCrash(): Soon<RecordsBed>;
  restored(): Soon<RecordsBed>;
  dispose(): Soon<void>;
}

/** A fresh, open store for every test. */
export interface RecordsExam {
  readonly bed: RecordsBed;
  readonly store: RecordStore;
  readonly committer: Committer;
  /** Closes the store and opens the same data again. */
  reopen(): Promise<RecordStore>;
  /** A store on what a crash at this instant would leave. It is closed with the test. */
  afterCrash(): Promise<RecordStore>;
}

/** The exam of every adapter of the record store. */
export function recordsContract(name: string, make: (kept: Kept) => Soon<RecordsBed>): void {
  describe(`records in ${name}`, () => {
    const exam = useRecords(make);
    commitContract(exam);
    listsContract(exam);
    streamContract(exam);
    accountsContract(exam);
    visitsContract(exam);
    forgettingContract(exam);
  });
}

function useRecords(make: (kept: Kept) => Soon<RecordsBed>): () => RecordsExam {
  let exam: RecordsExam;
  const opened: RecordStore[] = [];
  const openOn = async (bed: RecordsBed): Promise<RecordStore> => {
    const store = bed.store();
    await store.open();
    opened.push(store);
    return store;
  };
  beforeEach(async () => {
    const bed = await make(KEPT);
    const store = await openOn(bed);
    exam = {
      bed,
      store,
      committer: new Committer(store),
      async reopen() {
        await store.close();
        return openOn(bed);
      },
      afterCrash: async () => openOn(await bed.afterCrash()),
    };
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await exam.bed.dispose();
  });
  return () => exam;
}
