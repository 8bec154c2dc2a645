import { LIMITS } from '../model/limits.ts';
import type { CaseBook, DoneCommand } from './case-book.ts';

type Book = Pick<CaseBook, 'done'>;

/**
 * What became of the command with this key. A key that was used long ago is another command's: programs count theirs from the beginning,
 * or make them of the home, and a call for help must not be taken for that of last week. What an earlier version noted has no time.
 */
export const doneBefore = (
  { done = [] }: Book,
  key: string | undefined,
  now: number,
): DoneCommand | undefined =>
  key === undefined
    ? undefined
    : done.find((one) => one.key === key && one.at !== undefined && now - one.at < LIMITS.commandKeyMs);

/** Notes it, so that it is not done twice. */
export function noteDone(book: Book, key: string | undefined, what: Omit<DoneCommand, 'key'>): void {
  if (key === undefined) return;
  book.done = [...(book.done ?? []), { key, ...what }].slice(-LIMITS.commandsRememberedMax);
}
