import { z } from 'zod';
import type { Priority } from './alert.ts';
import type { CaseKind } from './case-kind.ts';
import { REQUEST_CATEGORIES, type RequestCategory } from './request-category.ts';

/** Of which cases a line of config/notify.yaml speaks. */
interface Line {
  readonly kinds: readonly CaseKind[];
  readonly priorities: readonly Priority[];
  readonly categories?: readonly RequestCategory[] | undefined;
}
interface Sort {
  readonly kind: CaseKind;
  readonly priority: Priority;
  /** Of a request. */
  readonly category?: RequestCategory;
}

/** What a line may say of requests. */
export const ofCategories = z
  .array(z.enum(REQUEST_CATEGORIES as [RequestCategory, ...RequestCategory[]]))
  .min(1)
  .optional()
  .meta({
    title: 'Categories of requests',
    description:
      'the line holds for these alone, and in the place of lines without. With `kinds: [request]` only. Absent: for all',
  });

/** The rest has no category: a line that names some beside other kinds would mean nothing of them. */
export const isOfRequests = ({ kinds, categories }: Pick<Line, 'kinds' | 'categories'>): boolean =>
  categories === undefined || kinds.every((kind) => kind === 'request');
export const NOT_OF_REQUESTS = {
  error: 'categories: of requests alone, with kinds: [request]',
  path: ['categories'],
};

/**
 * The lines for such a case, in their order. Where some name its category they count in the place of those that do not: who
 * sends complaints to the committee does not want them told to whom they are about.
 *
 * @param holds whether a line holds where the case is
 */
export function linesFor<L extends Line>(
  lines: readonly L[],
  { kind, priority, category }: Sort,
  holds: (line: L) => boolean = () => true,
): readonly L[] {
  const fitting = lines.filter(
    (line) =>
      line.kinds.includes(kind) &&
      line.priorities.includes(priority) &&
      (line.categories === undefined || (category !== undefined && line.categories.includes(category))) &&
      holds(line),
  );
  const named = fitting.filter(({ categories }) => categories !== undefined);
  return named.length > 0 ? named : fitting;
}
