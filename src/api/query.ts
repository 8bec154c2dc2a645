import { z } from 'zod';
import { visitAll } from '../lib/unhurried.ts';
import { LIMITS } from '../model/limits.ts';

/** Parameters as they stand in an address: text, and several under one key. A key that no route knows is an error. */

/** `?status=open&status=acknowledged`: one value or several. */
export const several = <S extends z.ZodType<string>>(one: S) =>
  z
    .union([one, z.array(one).min(1).max(20)])
    .transform((value): z.output<S>[] => (Array.isArray(value) ? value : [value as z.output<S>]))
    .exactOptional();

export const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .exactOptional();

export const word = z.string().min(1).max(400).exactOptional();

/** ISO 8601 with an offset, or epoch milliseconds. */
export const instant = z
  .string()
  .max(40)
  .transform((value, context) => {
    const at = /^\d{1,15}$/.test(value) ? Number(value) : isoInstant(value);
    if (Number.isFinite(at) && !isInSeconds(at)) return at;
    context.issues.push({ code: 'invalid_format', format: 'datetime', input: value });
    return z.NEVER;
  })
  .meta({ title: 'Instant', description: 'epoch milliseconds or ISO 8601 with an offset' });

/** The same in a body, where it may be a number as well. */
export const moment = z.union([
  z
    .number()
    .int()
    .nonnegative()
    .check((context) => {
      const { value } = context;
      if (isInSeconds(value))
        context.issues.push({ code: 'invalid_format', format: 'datetime', input: String(value) });
    })
    .meta({ title: 'Instant', description: 'epoch milliseconds' }),
  instant,
]);

/**
 * Many programs count seconds: as milliseconds, those from 1973 to our days lie in January 1970, where nothing of ours does. A device
 * would be enrolled then, and a list that begins there is one of everything.
 */
const isInSeconds = (at: number): boolean => at >= 1e8 && at < 1e11;

export const paging = {
  limit: z.coerce.number().int().min(1).max(LIMITS.pageLengthMax).default(LIMITS.pageLengthDefault),
  cursor: z.string().max(1000).exactOptional().meta({
    description:
      '`next` of the page before, with all other parameters but `limit` as they were then; absent: the first page',
  }),
};

/** Splits what belongs to the page from what filters. */
export function pageRequest<Q extends { limit: number; cursor?: string }>({ limit, cursor }: Q) {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

/**
 * `2026-03-01T08:00:00+08:00`. Without an offset the same text would mean another instant on another machine. A plus that was not
 * escaped comes out of an address as a blank.
 */
function isoInstant(sent: string): number {
  const value = sent.replace(/ (?=\d\d:?\d\d$)/, '+');
  return /T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? Date.parse(value) : Number.NaN;
}

/**
 * One page of what is held in memory, in the order of its keys. Only one page is sorted, however many there are;
 * the filter, which may cost more than a comparison, is asked only for what could stand on the page.
 */
export async function pageInMemory<T>(
  all: Iterable<T>,
  keyOf: (item: T) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  keep: (item: T) => boolean,
): Promise<{ items: T[]; next?: string }> {
  const found: { key: string; item: T }[] = [];
  await visitAll(all, (item) => {
    const key = keyOf(item);
    if (cursor !== undefined && key <= cursor) return;
    // One more than asked for tells whether there is a next page.
    if (found.length > limit && key > (found[limit]?.key ?? '')) return;
    if (!keep(item)) return;
    found.splice(placeFor(found, key), 0, { key, item });
    if (found.length > limit + 1) found.pop();
  });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(({ item }) => item), ...(found.length > limit && last ? { next: last.key } : {}) };
}

function placeFor(sorted: readonly { readonly key: string }[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.key ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
