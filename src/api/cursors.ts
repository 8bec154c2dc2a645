import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Text } from '../model/text.ts';
import { type Refusal, refuseAt } from './problem.ts';
import type { Route } from './route.ts';

/**
 * A cursor is good for the question that it was given for, and bears its mark. Without one the key of a home would be taken for
 * that of a device, or of a page of other homes: what lies before it would be left out, and nobody told.
 */
const CURSOR_FOREIGN: Text = {
  zh: 'cursor 不属于此查询：应为上一页的 next，且除 limit 外其他参数不变',
  en: 'cursor is not of this query: it is `next` of the page before, asked for with the same parameters but limit',
};

export const cursorForeign = (): Refusal =>
  refuseAt('querystring', { pointer: '/cursor', code: 'custom' }, CURSOR_FOREIGN);

const MARK_LENGTH = 6;

/** Does the route give out pages? */
export const isPaged = ({ query }: Route): boolean => query instanceof z.ZodObject && 'cursor' in query.shape;

/** Of the list and of all that filters it. */
export function cursorMark({ path }: Route, params: unknown, query: unknown): string {
  const { limit: _, cursor: __, ...filter } = query as Record<string, unknown>;
  const sorted = Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1));
  const asked = JSON.stringify([path, params ?? {}, sorted]);
  return createHash('sha256').update(asked).digest('base64url').slice(0, MARK_LENGTH);
}

/** The query with the cursor as the list gave it. */
export function withListCursor(query: unknown, mark: string): unknown {
  const { cursor } = query as { cursor?: string };
  if (cursor === undefined) return query;
  return cursor.startsWith(`${mark}.`)
    ? { ...(query as object), cursor: cursor.slice(mark.length + 1) }
    : cursorForeign();
}

/** What is told of a page, with the mark at its `next`. */
export function withMarkedNext(page: unknown, mark: string): unknown {
  const { next } = page as { next?: string };
  return next === undefined ? page : { ...(page as object), next: `${mark}.${next}` };
}
