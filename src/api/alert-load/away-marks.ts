import { visitAll } from '../../lib/unhurried.ts';
import type { RegistryView } from '../../ports/service.ts';
import { isCovered } from '../access.ts';

/** Absences as somebody registered them in a period. */
export interface AwayMarks {
  readonly registered: number;
  /** Somebody was seen at home before the end that was given: until then they were not watched. */
  readonly endedByLife: number;
}

/** By what homes remember of it: the last lines of each. */
export async function awayMarks(
  registry: Pick<RegistryView, 'homes'>,
  { from, to, nodes }: { readonly from: number; readonly to: number; readonly nodes: readonly string[] },
): Promise<AwayMarks> {
  let [registered, endedByLife] = [0, 0];
  await visitAll(registry.homes(), ({ parent, awayLog = [] }) => {
    if (awayLog.length === 0 || !isCovered(nodes, parent)) return;
    for (const { at, by, change } of awayLog) {
      if (at < from || at >= to) continue;
      if (change === 'registered') registered++;
      if (change === 'ended' && by === 'system') endedByLife++;
    }
  });
  return { registered, endedByLife };
}
