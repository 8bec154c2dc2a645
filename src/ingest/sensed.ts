import type { DeviceState } from '../model/device-state.ts';
import { freshForMs } from '../model/freshness.ts';
import type { Reading } from '../model/message.ts';
import { COUNTED, type Counting, MEASURES, METRICS, type MetricName } from '../model/metrics.ts';

interface Manner {
  /** How often it reports: what it counted longer ago says nothing about now. */
  readonly intervalMs: number;
  readonly counting?: Counting | undefined;
  readonly metrics?: readonly MetricName[];
}

/**
 * A meter of which no more than the battery, what was refused, or what its clock dates long ago has come for long watches over
 * nobody: since when. So does a door contact or motion sensor that dates all it says long ago: no rule believes that
 * nothing happened since.
 *
 * @param at when the report came
 * @param newest the newest instant that it speaks of; 0: none
 */
export function noteSensed(
  state: DeviceState,
  readings: readonly Reading[],
  at: number,
  newest: number,
  manner: Manner,
): void {
  const earliest = at - freshForMs(manner.intervalMs);
  if (hasMeasureOfNow(readings, earliest)) {
    if (at > state.sensedAt) state.sensedAt = at;
    if (state.muteSince > 0) state.muteSince = 0;
  } else if (mustCount(state, manner)) {
    if (state.muteSince === 0) state.muteSince = at;
  } else if (newest > 0 && newest < earliest) {
    if (state.muteSince === 0 && seesPeople(manner)) state.muteSince = at;
  } else if (newest > 0 && state.muteSince > 0) state.muteSince = 0;
}

const mustCount = ({ sensedAt }: DeviceState, { counting }: Manner): boolean =>
  counting === 'always' || (counting === 'once-counted' && sensedAt > 0);

const seesPeople = ({ metrics }: Manner): boolean =>
  metrics !== undefined && (metrics.includes('motion_bool') || metrics.includes('door_open_bool'));

/** Of a report in which a measure stands it may be what was refused; and no rule looks at a counter that is read hours late. */
function hasMeasureOfNow(readings: readonly Reading[], earliest: number): boolean {
  for (let i = readings.length - 1; i >= 0; i--) {
    const { metric, at } = readings[i] as Reading;
    const { id } = METRICS[metric];
    if (MEASURES.has(id) && (at >= earliest || !COUNTED.has(id))) return true;
  }
  return false;
}
