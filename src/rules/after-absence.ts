import { MINUTE } from '../lib/clock.ts';
import type { Report } from '../model/message.ts';
import type { RuleContext } from './define.ts';

/** What waited for us, in an outside broker or in a device, comes within this after we are back; so does what is of now. */
const BACKLOG_MS = 15 * MINUTE;

type Listening = Pick<RuleContext<unknown, unknown>, 'now' | 'listeningSince' | 'deafSince'>;

/** Since when we had been deaf, where we have come back only a moment ago. */
export const deafUntilNow = ({ listeningSince, deafSince }: Listening, at: number): number | undefined =>
  deafSince !== undefined && at >= listeningSince && at - listeningSince <= BACKLOG_MS
    ? deafSince
    : undefined;

/** A report without a time of its own is taken as of its arrival: since when it may have waited, if it may have. */
export const mayHaveWaited = (
  context: Listening,
  { clock, shiftedMs }: Pick<Report, 'clock' | 'shiftedMs'>,
): number | undefined =>
  clock === 'received' && shiftedMs === undefined ? deafUntilNow(context, context.now) : undefined;
