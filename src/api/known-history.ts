import { HistoryAway, type LastPoint, type Period } from '../ports/telemetry.ts';

/** What a store could say of a period. `missing`: the part of it that is with a server that does not answer. */
export interface Known<T> {
  readonly answer: T;
  readonly missing?: Period;
}

/**
 * Asks for a period, and if its beginning cannot be had at the moment, for the rest of it.
 * @param stepMs what the period is cut into, so that the rest is cut at the same instants
 */
export async function knownOf<T>(
  { from, to }: Period,
  ask: (from: number) => Promise<T>,
  stepMs = 1,
): Promise<Known<T>> {
  try {
    return { answer: await ask(from) };
  } catch (error) {
    if (!(error instanceof HistoryAway)) throw error;
    const rest = Math.min(to, from + Math.max(0, Math.ceil((error.from - from) / stepMs)) * stepMs);
    return { answer: await ask(rest), missing: { from, to: rest } };
  }
}

/** The newest values that are here; `since`: older ones are with a server that does not answer. */
export async function knownLast(
  ask: () => Promise<LastPoint[]>,
): Promise<{ readonly points: readonly LastPoint[]; readonly since?: number }> {
  try {
    return { points: await ask() };
  } catch (error) {
    if (!(error instanceof HistoryAway)) throw error;
    return { points: error.here, since: error.from };
  }
}
