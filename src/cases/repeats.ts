import type { OpenCase } from './case-book.ts';

/** Lines of the time line that said of one alert that it has happened once more. */
export interface Repeats {
  readonly lines: number;
  /** When the last of them was written. */
  readonly at: number;
}

/** Each of the first is a line of its own; whoever reads them sees how often and how fast. */
const EACH = 10;
/** A button that is stuck, or somebody who presses it for fun, presses some thousand times a day. */
const THEN_EVERY_MS = 10 * 60_000;
const FORGOTTEN_AFTER_MS = 60 * 60_000;

/**
 * Does it get a line that an alert was updated? What gets none is counted in the alert (`count`), which shows the newest; the next
 * line says how many there were.
 */
export function getsLine(open: OpenCase, alert: string, now: number): boolean {
  const before = open.repeats?.[alert] ?? { lines: 0, at: 0 };
  const sinceLast = now - before.at;
  if (before.lines >= EACH && sinceLast < THEN_EVERY_MS) return false;
  const lines = sinceLast >= FORGOTTEN_AFTER_MS ? 1 : before.lines + 1;
  open.repeats = { ...open.repeats, [alert]: { lines, at: now } };
  return true;
}

/** The alert has ended: it does not repeat itself any more. */
export function forgetRepeats(open: OpenCase, alert: string): void {
  if (!open.repeats) return;
  const { [alert]: _, ...others } = open.repeats;
  if (Object.keys(others).length > 0) open.repeats = others;
  else delete open.repeats;
}
