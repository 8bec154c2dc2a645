import type { RecordStore } from '../ports/records.ts';

const last = new WeakMap<object, Promise<unknown>>();

/**
 * Accounts are changed one after the other, each decided on what stands there when its turn comes. What was read before a
 * password was hashed may be barred, removed or somebody of other rights by now: written back, it would undo that.
 */
export function inTurn<T>(records: Pick<RecordStore, 'user'>, work: () => Promise<T>): Promise<T> {
  const mine = (last.get(records) ?? Promise.resolve()).then(work);
  last.set(
    records,
    mine.catch(() => undefined),
  );
  return mine;
}
