import { DAY } from '../../lib/clock.ts';
import { LIMITS } from '../../model/limits.ts';
import type { Period } from '../../ports/telemetry.ts';

/** A period whose readings are sent out of the local store, and how far that has come: devices in the order of their ids. */
export interface Owed extends Period {
  readonly after: string;
}

/**
 * Adds a period to those that are owed. Periods less than a day apart become one, from its beginning on: to send
 * something twice costs less than many periods.
 */
export function owing(owed: readonly Owed[], { from, to }: Period): Owed[] {
  const apart = owed.filter((one) => one.to < from - DAY || one.from > to + DAY);
  const whole = wholeOf([{ from, to }, ...owed.filter((one) => !apart.includes(one))]);
  const all = [...apart, whole].sort((a, b) => a.from - b.from);
  return all.length > LIMITS.spoolOwedMax ? [wholeOf(all)] : all;
}

const wholeOf = (periods: readonly Period[]): Owed => ({
  from: Math.min(...periods.map(({ from }) => from)),
  to: Math.max(...periods.map(({ to }) => to)),
  after: '',
});
