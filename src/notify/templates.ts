import { z } from 'zod';
import type { Notice } from '../model/notice.ts';

const EVENTS = [
  'case-opened',
  'case-raised',
  'case-escalated',
  'case-overdue',
  'case-acknowledged',
  'case-resolved',
  'digest',
  'test',
] as const satisfies readonly Notice['content']['event'][];

/** Something for each event, where it has one of its own; `default` for all others. */
export function byEvent<T extends z.ZodType>(each: T) {
  const own = Object.fromEntries(EVENTS.map((event) => [event, each.optional()])) as Record<
    (typeof EVENTS)[number],
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
    readonly [E in (typeof EVENTS)[number]]?: T | undefined;
  },
  { content }: Notice,
): T {
  return own[content.event] ?? others;
}
