/** The part of a list that is on screen, the newest first, and where it goes on. */
export interface Shown<T> {
  readonly rows: readonly T[];
  readonly next?: string;
}

/**
 * The first page, asked for again, in front of what was loaded beyond it. What it no longer has room for stays in sight: it
 * goes on after its last row. Where that row is not known, so much is new that in between something would be left out.
 */
export function withFirstPage<T extends { readonly id: string | number }>(
  shown: Shown<T> | undefined,
  page: { readonly items: readonly T[]; readonly next?: string },
): Shown<T> {
  const last = page.items.at(-1)?.id;
  const at = page.next === undefined ? -1 : (shown?.rows.findIndex(({ id }) => id === last) ?? -1);
  const beyond = shown && at >= 0 ? shown.rows.slice(at + 1) : [];
  const next = beyond.length > 0 ? shown?.next : page.next;
  return { rows: [...page.items, ...beyond], ...(next === undefined ? {} : { next }) };
}

/**
 * What comes next, below what is shown.
 *
 * @param after where it was asked to go on: a list that has begun anew meanwhile goes on elsewhere
 */
export function withNextPage<T extends { readonly id: string | number }>(
  shown: Shown<T> | undefined,
  page: { readonly items: readonly T[]; readonly next?: string },
  after: string,
): Shown<T> | undefined {
  if (shown?.next !== after) return shown;
  const known = new Set(shown.rows.map(({ id }) => id));
  const rows = [...shown.rows, ...page.items.filter(({ id }) => !known.has(id))];
  return { rows, ...(page.next === undefined ? {} : { next: page.next }) };
}
