import { HistoryAway, type LastPoint, type Period, type TelemetryStore } from '../ports/telemetry.ts';

/** What a store could say of a period. `missing`: the part of it of which readings are with a server that cannot be asked. */
export interface Known<T> {
  readonly answer: T;
  readonly missing?: Period;
}

/** The instant before which a store lacks readings, because the server that has them is not configured any more. */
export const lacksBefore = (telemetry: Pick<TelemetryStore, 'localFrom'>): number =>
  telemetry.localFrom?.() ?? Number.NEGATIVE_INFINITY;

/**
 * Asks for a period. If its beginning cannot be had at the moment, the rest of it is asked for; if nobody can be asked
 * for its beginning, the answer is what is here of it.
 * @param stepMs what the period is cut into, so that the rest is cut at the same instants
 */
export async function knownOf<T>(
  telemetry: Pick<TelemetryStore, 'localFrom'>,
  { from, to }: Period,
  ask: (from: number) => Promise<T>,
  stepMs = 1,
): Promise<Known<T>> {
  try {
    const answer = await ask(from);
    const localFrom = lacksBefore(telemetry);
    return from < localFrom ? { answer, missing: { from, to: Math.min(to, localFrom) } } : { answer };
  } catch (error) {
    if (!(error instanceof HistoryAway)) throw error;
    const rest = Math.min(to, from + Math.max(0, Math.ceil((error.from - from) / stepMs)) * stepMs);
    return { answer: await ask(rest), missing: { from, to: rest } };
  }
}

/** The newest values that are here; `since`: older ones are with a server that cannot be asked. */
export async function knownLast(
  telemetry: Pick<TelemetryStore, 'localFrom'>,
  ask: () => Promise<LastPoint[]>,
): Promise<{ readonly points: readonly LastPoint[]; readonly since?: number }> {
  try {
    const points = await ask();
    const localFrom = lacksBefore(telemetry);
    return Number.isFinite(localFrom) ? { points, since: localFrom } : { points };
  } catch (error) {
    if (!(error instanceof HistoryAway)) throw error;
    return { points: error.here, since: error.from };
  }
}
