import { z } from 'zod';
import { NOTICE_EVENTS, type Notice } from '../model/notice.ts';

/** Something for each event, where it has one of its own; `default` for all others. */
export function byEvent<T extends z.ZodType>(each: T) {
  const own = Object.fromEntries(NOTICE_EVENTS.map((event) => [event, each.optional()])) as Record<
    Notice['content']['event'],
    z.ZodOptional<T>
  >;
  return z.strictObject({ default: each, ...own });
}

/** What applies to this notice. */
export function forEvent<T>(
  {
    default: others,
    ...own
  }: { readonly default: T } & {
    readonly [E in Notice['content']['event']]?: T | undefined;
  },
  { content }: Notice,
): T {
  return own[content.event] ?? others;
}
