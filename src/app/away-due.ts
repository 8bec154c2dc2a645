import { askAt } from '../cases/care.ts';
import { DAY } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Subject } from './subject.ts';

/** Nobody's word holds for longer: it is asked whether the home is still empty, while the absence lasts. */
const REVIEW_MS = LIMITS.awayDaysMax * DAY;

/** When it has to be asked whether somebody is back; never for nearly all homes. */
export function awayQuestionDue(subject: Pick<Subject, 'away' | 'book' | 'timeZone'>): number {
  const { away } = subject;
  if (away.length === 0) return Number.POSITIVE_INFINITY;
  const asked = subject.book?.askedUntil ?? 0;
  let due = Number.POSITIVE_INFINITY;
  for (const period of away) {
    if (period.until <= asked) continue;
    const review = period.from + (Math.max(0, Math.floor((asked - period.from) / REVIEW_MS)) + 1) * REVIEW_MS;
    due = Math.min(due, askAt({ until: Math.min(period.until, review) }, subject.timeZone));
  }
  return due;
}

/** The latest instant in an absence at which it was to be asked whether it is still so; 0: none has come. */
export function reviewedBy({ from, until }: AwayPeriod, now: number, timeZone: string): number {
  const latest = from + Math.floor((Math.min(now, until - 1) - from) / REVIEW_MS) * REVIEW_MS;
  for (const instant of [latest, latest - REVIEW_MS])
    if (instant > from && askAt({ until: instant }, timeZone) <= now) return instant;
  return 0;
}
