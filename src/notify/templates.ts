import { z } from 'zod';
import { NOTICE_EVENTS, type Notice } from '../model/notice.ts';

const KEYS = z.enum(['default', ...NOTICE_EVENTS]);
type ByEvent<T> = Readonly<Partial<Record<z.output<typeof KEYS>, T>>>;

/** Something for each event that has one of its own; `default` for all others. */
export const byEvent = <T extends z.ZodType>(each: T) =>
  z.partialRecord(KEYS, each).refine((given) => given.default !== undefined, {
    error: 'needed for all events that have none of their own',
    path: ['default'],
  });

/** What applies to this notice. */
export const forEvent = <T>(given: ByEvent<T>, { content }: Notice): T =>
  // `byEvent` has seen that there is a default.
  given[content.event] ?? (given.default as T);
