import { newestAt } from '../model/counter-block.ts';
import type { CounterRules } from '../model/counter-history.ts';
import { standsStill } from '../model/counter-standstill.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { IdSet } from '../model/id-set.ts';
import type { Report } from '../model/message.ts';
import { METRICS } from '../model/metrics.ts';
import { emptyWaterBook, noteNewest, rewriteBook } from '../model/water-book.ts';

/** What was taken of a report, and what that tells of. */
interface Taken {
  readonly accepted: Report | undefined;
  readonly metrics: IdSet;
}

const WATER = METRICS.water_index_m3.id;

/**
 * Of a meter that sends its index only when that changes, a report without one says that no water passed up to then.
 * Without this nobody would be found: where no water is drawn no index comes, and no rule about water would ever look.
 *
 * @param at the newest instant that the report speaks of
 */
export function withStillWater<T extends Taken>(
  taken: T,
  state: DeviceState,
  at: number,
  counter: CounterRules | undefined,
): T {
  const { accepted, metrics } = taken;
  const { water } = state;
  if (!accepted || !water || !counter || metrics.has(WATER)) return taken;
  // The meter before has said its last word, and the new one none.
  if ((counter.exchangedAt ?? 0) > newestAt(water)) return taken;
  const { held } = water;
  const found = standsStill(water, at, counter);
  if (found === 'nothing') return taken;
  state.waterBook ??= emptyWaterBook();
  if (found === 'still') noteNewest(state.waterBook, water);
  else rewriteBook(state.waterBook, water);
  const tells = { ...taken, metrics: metrics.with(WATER) };
  if (found === 'still' || !held) return tells;
  const { readings } = accepted;
  const believed = { metric: 'water_index_m3' as const, value: held.raw, at: held.at };
  return { ...tells, accepted: { ...accepted, readings: [believed, ...readings] } };
}
