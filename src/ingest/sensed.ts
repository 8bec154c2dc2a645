import type { DeviceState } from '../model/device-state.ts';
import { freshForMs } from '../model/freshness.ts';
import type { Reading } from '../model/message.ts';
import { COUNTED, type Counting, MEASURES, METRICS } from '../model/metrics.ts';

interface Manner {
  /** How often it reports: what it counted longer ago says nothing about now. */
  readonly intervalMs: number;
  readonly counting?: Counting | undefined;
}

/**
 * A meter of which no more than the battery, what was refused, or what its clock dates long ago has come for long watches over
 * nobody: since when.
 *
 * @param at when the report came
 */
export function noteSensed(
  state: DeviceState,
  readings: readonly Reading[],
  at: number,
  { counting, intervalMs }: Manner,
): void {
  if (hasMeasureOfNow(readings, at - freshForMs(intervalMs))) {
    if (at > state.sensedAt) state.sensedAt = at;
    if (state.muteSince > 0) state.muteSince = 0;
  } else if (state.muteSince === 0) {
    if (counting === 'always' || (counting === 'once-counted' && state.sensedAt > 0)) state.muteSince = at;
  }
}

/** Of a report in which a measure stands it may be what was refused; and no rule looks at a counter that is read hours late. */
function hasMeasureOfNow(readings: readonly Reading[], earliest: number): boolean {
  for (let i = readings.length - 1; i >= 0; i--) {
    const { metric, at } = readings[i] as Reading;
    const { id } = METRICS[metric];
    if (MEASURES.has(id) && (at >= earliest || !COUNTED.has(id))) return true;
  }
  return false;
}
