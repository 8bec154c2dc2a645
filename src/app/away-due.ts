import { askAt } from '../cases/care.ts';
import type { Subject } from './subject.ts';

/** When it has to be asked whether somebody is back; never for nearly all homes. */
export function awayQuestionDue(subject: Pick<Subject, 'away' | 'book' | 'timeZone'>): number {
  const { away } = subject;
  if (away.length === 0) return Number.POSITIVE_INFINITY;
  const asked = subject.book?.askedUntil ?? 0;
  let due = Number.POSITIVE_INFINITY;
  for (const period of away) if (period.until > asked) due = Math.min(due, askAt(period, subject.timeZone));
  return due;
}
