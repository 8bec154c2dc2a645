import type { Alert } from '../model/alert.ts';
import type { CaseKind } from '../model/case.ts';
import type { CaseBook } from './case-book.ts';

/** Notices of one piece of news, of which nobody has got one yet. */
export interface AwaitedNotices {
  /** Notices to people and groups that have not failed for good. */
  readonly left: readonly string[];
  /** Channel and address of each of them. */
  readonly ways: readonly string[];
  /** What they tell of. */
  readonly alert: Pick<Alert, 'id' | 'version' | 'title'>;
}

/** Of the newest news alone it is remembered whether somebody has got it. */
export function awaitNotices(book: CaseBook, kind: CaseKind, awaited: AwaitedNotices | undefined): void {
  const { [kind]: _, ...others } = book.awaited ?? {};
  const all = awaited ? { ...others, [kind]: awaited } : others;
  if (Object.keys(all).length > 0) book.awaited = all;
  else delete book.awaited;
}
