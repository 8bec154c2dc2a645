import { PRIORITIES, type Priority } from '../../model/alert.ts';
import type { NumberedCase } from '../../ports/records.ts';

export const isUntaken = ({ status }: NumberedCase): boolean => status === 'open';
export const isTakenP1 = ({ status, priority }: NumberedCase): boolean =>
  status === 'acknowledged' && priority === 'P1';

/** It waits for its call-back; by `dueAt` that is late. */
export const isAwaited = ({ status }: NumberedCase): boolean => status === 'resolved';

/** The same map where nothing has changed, so that nobody is told of nothing. */
export function withChange(
  before: ReadonlyMap<string, NumberedCase>,
  changed: NumberedCase,
  belongs: (one: NumberedCase) => boolean = isUntaken,
): ReadonlyMap<string, NumberedCase> {
  const known = before.get(changed.id);
  if (known && known.version > changed.version) return before;
  if (!belongs(changed) && !known) return before;
  const after = new Map(before);
  if (belongs(changed)) after.set(changed.id, changed);
  else after.delete(changed.id);
  return after;
}

/** Above this a number says only that there are many, and a tab has no room for it. */
const COUNT_MAX = 99;
export const shown = (count: number): string => (count > COUNT_MAX ? `${COUNT_MAX}+` : String(count));

/** What a tab has room for: how many of the gravest, and how many besides. "P1×2 +3"; empty where there are none. */
export function markOf(cases: Iterable<{ readonly priority: Priority }>): string {
  const counts = new Map<Priority, number>();
  for (const { priority } of cases) counts.set(priority, (counts.get(priority) ?? 0) + 1);
  const [first, ...others] = PRIORITIES.flatMap((priority) => {
    const count = counts.get(priority);
    return count === undefined ? [] : [{ priority, count }];
  });
  if (!first) return '';
  const besides = others.reduce((sum, { count }) => sum + count, 0);
  return `${first.priority}×${shown(first.count)}${besides === 0 ? '' : ` +${shown(besides)}`}`;
}
