import type { RecordStore } from '../ports/records.ts';
import type { Loop } from './loop.ts';
import type { MetricSet } from './metric-set.ts';

/** Whether the records can be written, and what is read out of them. */
export function meterRecords(
  set: MetricSet,
  {
    loop,
    records,
  }: { readonly loop: Pick<Loop, 'uncommitted'>; readonly records: Pick<RecordStore, 'openCases'> },
): void {
  const well = 'Whether the records take what is committed';
  set.gauge('records_well', well, () => (loop.uncommitted.why === undefined ? 1 : 0));
  // Records that are away must not take the other figures with them: these are what tells of it. What was known last
  // would look like now, so it is left out.
  const openCases = () => records.openCases(['']).catch(() => ({}));
  set.gaugeBy('priority', 'open_cases', 'Open cases, by priority', openCases);
}
