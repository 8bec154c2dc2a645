import { newestAt } from '../model/counter-block.ts';
import type { CounterRules } from '../model/counter-history.ts';
import { standsStill } from '../model/counter-standstill.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { IdSet } from '../model/id-set.ts';
import { type Counting, METRICS } from '../model/metrics.ts';
import { emptyWaterBook, noteNewest, rewriteBook } from '../model/water-book.ts';

/** What must be known of a device to say that its water stood still. */
interface Meter {
  readonly counting?: Counting | undefined;
  readonly counter: CounterRules | undefined;
}

const WATER = METRICS.water_index_m3.id;

/**
 * Of a meter that sends its index only when that changes, a message without one says that no water passed up to then.
 * Without this nobody would be found: where no water is drawn no index comes, and no rule about water would ever look.
 *
 * @param metrics what stood in the message
 * @param at the newest instant that the message speaks of
 * @return the metrics of which it tells something
 */
export function withStillWater(state: DeviceState, metrics: IdSet, at: number, meter: Meter): IdSet {
  const { water } = state;
  const { counter } = meter;
  if (meter.counting !== 'on-change' || !water || !counter || metrics.has(WATER)) return metrics;
  // The meter before has said its last word, and the new one none.
  if ((counter.exchangedAt ?? 0) > newestAt(water)) return metrics;
  const found = standsStill(water, at, counter);
  if (found === 'nothing') return metrics;
  state.waterBook ??= emptyWaterBook();
  if (found === 'still') noteNewest(state.waterBook, water);
  else rewriteBook(state.waterBook, water);
  return metrics.with(WATER);
}
