import type { Case } from '../model/case.ts';

/** A case as a line of cases.ndjson: instants as RFC 3339, and nothing that only the service needs. */
export function caseLine({
  openedAt,
  dueAt,
  acknowledgedAt,
  resolvedAt,
  version: _version,
  entries: _entries,
  ...rest
}: Case): unknown {
  const iso = (at: number | undefined): string | null =>
    at === undefined ? null : new Date(at).toISOString();
  return {
    ...rest,
    openedAt: iso(openedAt),
    dueAt: iso(dueAt),
    acknowledgedAt: iso(acknowledgedAt),
    resolvedAt: iso(resolvedAt),
  };
}
