import { type Expression, type ExpressionBuilder, type ReferenceExpression, type SqlBool, sql } from 'kysely';
import { CursorInvalid, type Page } from '../../ports/records.ts';

/**
 * Rows whose path one of the nodes covers, as `covers` in src/model/registry.ts has it: the node itself, or below it
 * at a border. Compares by bytes, so that an index on paths may serve.
 */
export function covered<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: ReferenceExpression<DB, TB>,
  paths: readonly string[],
): Expression<SqlBool> {
  if (paths.includes('')) return sql<SqlBool>`1 = 1`;
  if (paths.length === 0) return sql<SqlBool>`1 = 0`;
  return eb.or(
    paths.map((path) =>
      eb.or([
        eb(column, '=', path as never),
        // '0' is the character after '/'.
        eb.and([eb(column, '>=', `${path}/` as never), eb(column, '<', `${path}0` as never)]),
      ]),
    ),
  );
}

type Key = readonly (string | number)[];

/** Where a page ended, in the list's own order: the key of its last row. Stable while rows are added. */
export function encodeCursor(order: string, key: Key): string {
  return Buffer.from(JSON.stringify([order, ...key])).toString('base64url');
}

/** @throws CursorInvalid unless the cursor was given by a list of this order, with keys of these types. */
export function decodeCursor<const K extends Key>(
  cursor: string | undefined,
  order: string,
  example: K,
): { -readonly [I in keyof K]: K[I] extends number ? number : string } | undefined {
  if (cursor === undefined) return undefined;
  const [of, ...key] = parseList(cursor);
  const fits = key.length === example.length && key.every((part, i) => typeof part === typeof example[i]);
  if (of !== order || !fits) throw new CursorInvalid('this cursor does not belong to this list');
  return key as never;
}

function parseList(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** Rows were asked with one more than the page holds: that one says whether there is a next page. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  order: string,
  keyOf: (row: R) => Key,
  itemOf: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(itemOf);
  return rows.length > limit && last !== undefined
    ? { items, next: encodeCursor(order, keyOf(last)) }
    : { items };
}
