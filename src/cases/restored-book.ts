import type { Case } from '../model/case.ts';
import type { AwaitedNotices } from './awaited.ts';
import type { CaseBook, CaseChange, OpenCase, UnansweredCall } from './case-book.ts';
import type { Ladder } from './ladder.ts';

type ByKind<T> = { readonly safety?: T; readonly technical?: T };

/** A book as earlier versions stored it: one open case of each kind, and what is known of it beside it by kind. */
interface BookByKind extends Omit<CaseBook, 'cases'> {
  readonly open: ByKind<Case>;
  readonly lastChange: ByKind<CaseChange>;
  readonly told?: ByKind<number>;
  readonly unanswered?: ByKind<UnansweredCall[]>;
  readonly ladders?: ByKind<Ladder>;
  readonly awaited?: ByKind<AwaitedNotices>;
}
export type StoredBook = CaseBook | BookByKind;

/** A stored book in its present form. */
export function restoredBook(stored: StoredBook): CaseBook {
  if ('cases' in stored) return stored;
  const { nextCase, standing, earlier } = stored;
  const cases = (['safety', 'technical'] as const).flatMap((kind): OpenCase[] => {
    const current = stored.open[kind];
    if (!current) return [];
    const known = {
      lastChange: stored.lastChange[kind],
      told: stored.told?.[kind],
      unanswered: stored.unanswered?.[kind],
      ladder: stored.ladders?.[kind],
      awaited: stored.awaited?.[kind],
    };
    return [Object.assign({ case: current }, withoutGaps(known))];
  });
  return { nextCase, cases, standing, earlier };
}

const withoutGaps = <T extends object>(of: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never;
