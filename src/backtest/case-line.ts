import type { Case } from '../model/case.ts';
import type { CaseDueDates } from '../model/case-targets.ts';

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

const allIso = (dates: CaseDueDates): Record<string, string | null> =>
  Object.fromEntries(Object.entries<number>(dates).map(([name, at]) => [name, iso(at)]));

/** A case as a line of cases.ndjson: instants as RFC 3339, and nothing that only the service needs. */
export function caseLine({
  openedAt,
  dueAt,
  acknowledgedAt,
  resolvedAt,
  due,
  promised,
  version: _version,
  entries: _entries,
  ...rest
}: Case): unknown {
  return {
    ...rest,
    ...(due ? { due: allIso(due) } : {}),
    ...(promised ? { promised: allIso(promised) } : {}),
    openedAt: iso(openedAt),
    dueAt: iso(dueAt),
    acknowledgedAt: iso(acknowledgedAt),
    resolvedAt: iso(resolvedAt),
  };
}
