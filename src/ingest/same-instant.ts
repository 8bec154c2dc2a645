import type { Refusal } from '../model/effect.ts';
import type { Reading } from '../model/message.ts';
import { type PressureLog, pressureAt } from '../model/pressure-log.ts';

/**
 * Blood pressures that another of the same instant takes the place of, in this message or of an earlier one. A device may
 * put right what it said; but the first may have been the one that was true, so that each is named.
 */
export function replacedPressures(readings: readonly Reading[], log: PressureLog | undefined): Refusal[] {
  const refusals: Refusal[] = [];
  const said = new Map<string, number>();
  for (const { metric, value, at } of readings) {
    if (metric !== 'systolic_mmhg' && metric !== 'diastolic_mmhg') continue;
    const key = `${metric} ${at}`;
    const before = said.get(key) ?? (log ? pressureAt(log, at, metric) : 0);
    said.set(key, value);
    if (before === 0 || before === value) continue;
    refusals.push({ reason: 'same-instant', detail: `${metric} ${before}, and ${value} is taken` });
  }
  return refusals;
}
