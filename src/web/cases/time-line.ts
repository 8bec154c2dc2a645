import type { CaseEntry } from '../../model/case.ts';
import type { Notice } from '../../model/notice.ts';

/** Lines that say the same: the newest of them, how many there are, and when the first came. */
export interface MergedEntry {
  readonly entry: CaseEntry;
  readonly times: number;
  readonly firstAt: number;
}

/** What the service says again and again while nobody takes a case. */
const REPEATED: ReadonlySet<CaseEntry['type']> = new Set(['notice', 'escalated', 'overdue']);

/** Their words differ in how long it has been. */
const keyOf = ({ type, text }: CaseEntry): string => (type === 'notice' ? `${type} ${text.zh}` : type);

/**
 * The time line, the newest first, with what repeats itself told once: between two things that somebody did or that
 * happened, the calls that went unanswered are one line each, with their number. The records keep them all.
 */
export function mergedTimeLine(entries: readonly CaseEntry[]): readonly MergedEntry[] {
  const merged: MergedEntry[] = [];
  /** Since the last line of another kind: where each is. */
  const places = new Map<string, number>();
  for (const entry of [...entries].sort((a, b) => b.n - a.n)) {
    const { by, type, at } = entry;
    if (by !== 'system' || !REPEATED.has(type)) places.clear();
    const key = keyOf(entry);
    const place = places.get(key);
    const known = place === undefined ? undefined : merged[place];
    if (known && place !== undefined) merged[place] = { ...known, times: known.times + 1, firstAt: at };
    else {
      if (by === 'system' && REPEATED.has(type)) places.set(key, merged.length);
      merged.push({ entry, times: 1, firstAt: at });
    }
  }
  return merged;
}

/** One line of the time line, or several that only say what providers took, in the place of the newest of them. */
export type ShownEntry = MergedEntry | { readonly taken: readonly MergedEntry[] };

/**
 * What providers took is folded: to tell nine people over two channels is one thing that happened, and who got what stands
 * with the notices. What failed, and what somebody has seen, stays.
 */
export function foldedTimeLine(
  merged: readonly MergedEntry[],
  notices: readonly Pick<Notice, 'id' | 'state'>[],
): readonly ShownEntry[] {
  const quiet = new Set(
    notices.filter(({ state }) => state === 'accepted' || state === 'delivered').map(({ id }) => id),
  );
  const shown: ShownEntry[] = [];
  for (const one of merged) {
    const isQuiet = one.entry.notice !== undefined && quiet.has(one.entry.notice);
    const last = shown.at(-1);
    if (!isQuiet) shown.push(one);
    else if (last && 'taken' in last) shown[shown.length - 1] = { taken: [...last.taken, one] };
    else shown.push({ taken: [one] });
  }
  return shown;
}
