import { CASE_STEPS, type Case } from './case.ts';
import type { Text } from './text.ts';

/** What somebody who has a case said of how far they are, and what it is called. */
export const CASE_MARKS = {
  onSiteAt: CASE_STEPS['on-site'],
  onTheWayAt: CASE_STEPS['on-the-way'],
  contactAt: { zh: '已取得联系', en: 'Reached' },
} as const satisfies Partial<Record<keyof Case, Text>>;
export type CaseMark = keyof typeof CASE_MARKS;

/**
 * What the last step since the case was taken has said, the step itself first: who is on site has also reached the person,
 * unless somebody had before. Empty: nothing was said yet.
 */
export function newestMarks(one: Case): readonly CaseMark[] {
  const { acknowledgedAt = Number.POSITIVE_INFINITY } = one;
  const since = (Object.keys(CASE_MARKS) as CaseMark[]).flatMap((mark) => {
    const at = markedAt(one, mark);
    return at !== undefined && at >= acknowledgedAt ? [{ mark, at }] : [];
  });
  const last = Math.max(...since.map(({ at }) => at));
  const newest = since.filter(({ at }) => at === last).map(({ mark }) => mark);
  return newest.includes('onSiteAt') ? newest.filter((mark) => mark !== 'onTheWayAt') : newest.slice(0, 1);
}

/** Has whoever has it set out, since they took it? */
export const isOnTheWay = ({ onTheWayAt = 0, acknowledgedAt = Number.POSITIVE_INFINITY }: Case): boolean =>
  onTheWayAt >= acknowledgedAt;

/** The same case without these; what was first done in a round before stays. */
export function withoutMarks(one: Case, marks: readonly CaseMark[]): Case {
  const own = marks.filter((mark) => one[mark] === markedAt(one, mark));
  const left = without(one, own);
  return one.round ? { ...left, round: without(one.round, marks) } : left;
}

/** Of a case that was reopened: since then. */
export const markedAt = (one: Case, mark: CaseMark): number | undefined =>
  mark === 'onTheWayAt' || !one.round ? one[mark] : one.round[mark];

const without = <T extends object>(of: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name))) as T;
