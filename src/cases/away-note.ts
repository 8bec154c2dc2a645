import type { Effect } from '../model/effect.ts';
import type { AwayPeriod } from '../model/registry.ts';
import { type CaseBook, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import * as texts from './texts.ts';

/** Somebody said that the home is away, or back: a line in the open case about the person, if there is one. */
export function noteAway(
  book: CaseBook,
  change: { readonly period: AwayPeriod; readonly ends: boolean; readonly timeZone: string },
  by: string,
  { now }: Pick<CaseContext, 'now'>,
): Effect[] {
  const current = book.open.safety;
  if (!current) return [];
  const text = texts.awayText(change.period, change.ends, change.timeZone);
  // No change that counts: it must not refuse who is about to acknowledge.
  return [write(book, current, [{ at: now, by, type: 'note', text }], undefined)];
}
