import { z } from 'zod';
import {
  isMet,
  MAJOR_CHANGES,
  type MajorChange,
  VISIT_RESULTS,
  type VisitClass,
  type VisitResult,
  type VisitSource,
} from './visit-words.ts';

const home = z.string().min(1).max(64);
const who = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'letters and signs that can be read');
const note = z.string().trim().max(300).default('');
const at = z.number().int().nonnegative().meta({ title: 'Instant', description: 'epoch milliseconds' });

/** A visit as somebody tells it. */
export const visitToldSchema = z.object({
  home,
  at,
  /** Who was there. */
  by: who,
  result: z.enum(VISIT_RESULTS),
  note,
  elsewhere: z.boolean().exactOptional().meta({
    title: 'Seen elsewhere',
    description:
      'of `seen`, in a home that counts as away: true, it was somewhere else (in hospital), and the absence goes on; false, it was at home, and the absence ends; absent: it ends where it had lasted six hours',
  }),
});
export type VisitTold = z.output<typeof visitToldSchema>;

export const changeToldSchema = z.object({ home, at, change: z.enum(MAJOR_CHANGES), note });
export type ChangeTold = z.output<typeof changeToldSchema>;

export const VISIT_LINE_KINDS = ['visit', 'change'] as const;

/** A line of the visit log: a visit, or a major change. Home, instant, person and kind name it: told twice it is one line. */
export interface VisitLine {
  readonly kind: (typeof VISIT_LINE_KINDS)[number];
  readonly home: string;
  /** Where the home stood then, for rights. */
  readonly path: string;
  /** When it was, whenever it was told. */
  readonly at: number;
  /** Who was there; of a change, who said so. */
  readonly by: string;
  /** Of a visit. */
  readonly result?: VisitResult;
  /** Of a change. */
  readonly change?: MajorChange;
  readonly note: string;
  readonly source: VisitSource;
  /** The case in which the person was met. */
  readonly case?: string;
  readonly recordedAt: number;
  readonly recordedBy: string;
  /** It was recorded by mistake: it counts no more. */
  readonly withdrawn?: { readonly at: number; readonly by: string; readonly reason: string };
}

/** What names a line. */
export type VisitKey = Pick<VisitLine, 'home' | 'at' | 'by' | 'kind'>;

/** What is remembered of the visits to a home: as little as a rule needs. */
export interface VisitBook {
  /** As the registry has it. */
  readonly class?: VisitClass;
  /** Since when the home is to be visited: a class was given, or a visit recorded on purpose. 0: nobody knows since when. */
  readonly since?: number;
  /** A visit was recorded on purpose, not only in passing while a case was handled. */
  readonly own?: true;
  /** When somebody was last met. */
  readonly met?: number;
  /** The oldest major change that no visit has followed: by it a visit is wanted. */
  readonly change?: KnownChange;
  /** Those after it, the oldest first. */
  readonly later?: readonly KnownChange[];
}

/** A major change, as a home remembers it. */
export interface KnownChange {
  readonly at: number;
  readonly what: MajorChange;
}

/** So many changes are remembered: the oldest, by which a visit is due, and the newest. */
export const CHANGES_KEPT_MAX = 8;

/** The major changes that no visit has followed, the oldest first. */
export const unansweredIn = ({
  change,
  later = [],
}: Pick<VisitBook, 'change' | 'later'>): readonly KnownChange[] => (change ? [change, ...later] : []);

export function withClass(
  book: VisitBook | undefined,
  given: VisitClass | undefined,
  now: number,
): VisitBook | undefined {
  if (book?.class === given) return book;
  const { class: _, since, ...rest } = book ?? {};
  // Without a class only what was recorded on purpose asks for visits.
  const begins = given !== undefined || rest.own ? (since ?? now) : undefined;
  const next = {
    ...rest,
    ...(given === undefined ? {} : { class: given }),
    ...(begins === undefined ? {} : { since: begins }),
  };
  return Object.keys(next).length > 0 ? next : undefined;
}

/** The book after this line. A visit in passing counts where visits are due, and makes none due. */
export function withLine(book: VisitBook | undefined, line: VisitLine): VisitBook {
  const { kind, at: when, result, change: what, source } = line;
  const onPurpose = source !== 'case';
  const before = book ?? {};
  const own = before.own || onPurpose ? ({ own: true } as const) : {};
  const since = before.since ?? (onPurpose ? line.recordedAt : undefined);
  const isVisit = kind === 'visit' && result !== undefined && isMet(result);
  const met = isVisit ? Math.max(before.met ?? 0, when) : before.met;
  const told = kind === 'change' && what !== undefined ? [{ at: when, what }] : [];
  return {
    ...(before.class === undefined ? {} : { class: before.class }),
    ...(since === undefined ? {} : { since }),
    ...own,
    ...withChanges(met, [...unansweredIn(before), ...told]),
  };
}

/**
 * The book after this line was taken back. Who was met last before that, and what changed since, only the log knows.
 * @param met of the lines that are left
 * @param changes of the lines that are left, where whoever asks has looked them up
 */
export function withoutLine(
  book: VisitBook,
  line: VisitKey,
  met: number | undefined,
  changes: readonly KnownChange[] | undefined,
): VisitBook {
  const { met: _, change: __, later: ___, ...rest } = book;
  const kept = unansweredIn(book).filter(({ at }) => line.kind !== 'change' || at !== line.at);
  return { ...rest, ...withChanges(met, changes ?? kept) };
}

/** When somebody was last met, and the changes that this does not answer. */
function withChanges(
  met: number | undefined,
  changes: readonly KnownChange[],
): Pick<VisitBook, 'met' | 'change' | 'later'> {
  const sorted = changes
    .filter(({ at }) => met === undefined || at > met)
    .sort((a, b) => a.at - b.at)
    // One change that two people tell of is one.
    .filter(({ at, what }, i, all) => all[i - 1]?.at !== at || all[i - 1]?.what !== what);
  const [change, ...rest] = sorted;
  const later = rest.slice(-(CHANGES_KEPT_MAX - 1));
  return {
    ...(met === undefined ? {} : { met }),
    ...(change ? { change } : {}),
    ...(later.length > 0 ? { later } : {}),
  };
}
