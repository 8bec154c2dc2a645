import { LIMITS } from '../model/limits.ts';
import { METRIC_NAMES, type MetricName } from '../model/metrics.ts';
import type { PermissionRole, RecordStore } from '../ports/records.ts';
import { type Caller, isCovered, nodesWith } from './access.ts';
import { hasIt } from './case-commands.ts';
import { PERSONAL_METRICS } from './fhir-bundle.ts';
import { type Refusal, refuse } from './problem.ts';

const POSITIONS: readonly MetricName[] = ['latitude_deg', 'longitude_deg'];

/** Where somebody is does not belong into lists. */
export const SHOWN_LAST = METRIC_NAMES.filter((name) => !POSITIONS.includes(name));

/**
 * Who may ask for what was measured. What a body says is for those who may come to its door; where it was, beside a call that is
 * open, for nobody but who answers for the data. All else tells how a meter does.
 */
const neededFor = (metric: MetricName): PermissionRole =>
  POSITIONS.includes(metric) ? 'operator' : PERSONAL_METRICS.includes(metric) ? 'responder' : 'viewer';

/** The nodes below which the caller may ask for this metric; or why they may not at the path of this home. */
export async function measureSight(
  records: Pick<RecordStore, 'cases'>,
  caller: Caller,
  metric: MetricName,
  { home, path }: { readonly home: string; readonly path: string },
): Promise<readonly string[] | Refusal> {
  const role = neededFor(metric);
  const nodes = nodesWith(caller.roles, role);
  if (isCovered(nodes, path)) return nodes;
  // Whoever has a case of the home may stand at its door.
  if (role === 'responder' && (await hasCaseOf(records, caller, home))) return [...nodes, path];
  return refuse('NOT_ALLOWED', { role, node: path });
}

async function hasCaseOf(
  records: Pick<RecordStore, 'cases'>,
  caller: Caller,
  home: string,
): Promise<boolean> {
  const { items } = await records.cases(
    { paths: [''], home, status: ['acknowledged'], order: 'newest' },
    { limit: LIMITS.pageLengthMax },
  );
  return items.some((one) => hasIt(one, caller));
}

/** Newest values, without those of a body where they are not shown. */
export function lastSeen<T>(last: Readonly<Partial<Record<MetricName, T>>>, shown: boolean): typeof last {
  if (shown) return last;
  return Object.fromEntries(
    Object.entries(last).filter(([metric]) => !PERSONAL_METRICS.includes(metric as MetricName)),
  ) as typeof last;
}
