import { DAY, HOUR } from '../lib/clock.ts';
import { isAbsence } from '../model/away-kinds.ts';
import type { AwayPeriod } from '../model/registry.ts';
import { unansweredIn, type VisitBook } from '../model/visit.ts';
import type { MajorChange, VisitClass } from '../model/visit-words.ts';
import type { HomeView } from './define.ts';

/** How often homes of each class are to be visited, and how soon after a major change. */
export interface VisitIntervals {
  readonly highDays: number;
  readonly keyDays: number;
  readonly otherDays: number;
  readonly majorChangeHours: number;
}

/** Until when the next visit is to be made, and why then. */
export interface VisitDue {
  /** The nearest of all that is due. */
  readonly at: number;
  readonly class: VisitClass;
  /** By the class of the home; absent where nobody has begun to visit it. */
  readonly usual?: DueSince;
  /** After each major change that no visit has followed, the oldest first. */
  readonly changes: readonly (DueSince & { readonly what: MajorChange })[];
}

export interface DueSince {
  readonly at: number;
  /** What it is counted from: the last visit, the change, or when the home began to be visited. */
  readonly from: number;
}

export const daysOf = (of: VisitClass, { highDays, keyDays, otherDays }: VisitIntervals): number =>
  ({ high: highDays, key: keyDays, other: otherDays })[of];

/** When the home is to be visited next; undefined where nobody wants it visited. */
export function visitDue(home: HomeView, intervals: VisitIntervals): VisitDue | undefined {
  const { visits } = home;
  if (!visits) return undefined;
  const away = home.away.length > 0 ? home.away.filter(isAbsence) : home.away;
  const { class: given = 'other' } = visits;
  const from = beginOf(visits);
  const usual =
    from === undefined ? undefined : { at: paused(from, daysOf(given, intervals) * DAY, away), from };
  const soon = intervals.majorChangeHours * HOUR;
  const changes = unansweredIn(visits).map(({ at, what }) => ({
    at: paused(at, soon, away),
    from: at,
    what,
  }));
  const [first = usual] = changes;
  if (!first) return undefined;
  const at = usual ? Math.min(usual.at, first.at) : first.at;
  return { at, class: given, ...(usual ? { usual } : {}), changes };
}

/**
 * What the days are counted from. Where visits are logged on purpose that is the last one, also if it was told late; a
 * visit in passing moves it on, and none of before the home had a class makes it overdue on that very day.
 */
function beginOf({ own, met = 0, since }: VisitBook): number | undefined {
  if (since === undefined) return undefined;
  const from = own && met > 0 ? met : Math.max(met, since);
  return from > 0 ? from : undefined;
}

/** Whoever comes to live there again is a case of its own: after these the days begin anew. */
const LEAVES: ReadonlySet<AwayPeriod['kind']> = new Set(['moved', 'deceased']);

/** So long after an instant, not counting the time in which nobody was at home. */
function paused(from: number, span: number, away: readonly AwayPeriod[]): number {
  let due = from + span;
  let counted = from;
  for (const period of away) {
    const { until, kind } = period;
    if (until <= counted) continue;
    if (LEAVES.has(kind)) due = until + span;
    else if (period.from < due) due += until - Math.max(period.from, counted);
    else continue;
    counted = until;
  }
  return due;
}
