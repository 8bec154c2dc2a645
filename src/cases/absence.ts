import type { Text } from '../model/text.ts';
import { absenceText } from './absence-texts.ts';
import { type Line, systemLine } from './case-book.ts';
import type { CaseContext } from './context.ts';

/** A restart that nobody has to hear of is over within this. */
const TOLD_FROM_MS = 60_000;

/** Was this due while the service was away? Then it is done once, however much of it was due, and as of now. */
export const wasMissed = (dueAt: number, { absence }: Pick<CaseContext, 'absence'>): boolean =>
  absence !== undefined && dueAt < absence.until;

/** What the time line says of what was due at `dueAt` and is done only now; nothing where it was done in time. */
export function absenceLines(
  dueAt: number,
  missed: Text,
  { absence, now, timeZone }: Pick<CaseContext, 'absence' | 'now' | 'timeZone'>,
): Line[] {
  if (!absence || !wasMissed(dueAt, { absence }) || absence.until - absence.from < TOLD_FROM_MS) return [];
  return [systemLine(now, 'note', absenceText(absence, missed, timeZone))];
}
