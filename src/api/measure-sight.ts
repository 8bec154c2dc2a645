import { METRIC_NAMES, type MetricName } from '../model/metrics.ts';
import type { PermissionRole } from '../ports/records.ts';
import { isCovered, nodesWith, type RoleOnNode } from './access.ts';
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

/** The nodes below which whoever has these roles may ask for this metric; or why they may not at this path. */
export function measureSight(
  roles: readonly RoleOnNode[],
  metric: MetricName,
  path: string,
): readonly string[] | Refusal {
  const role = neededFor(metric);
  const nodes = nodesWith(roles, role);
  return isCovered(nodes, path) ? nodes : refuse('NOT_ALLOWED', { role, node: path });
}

/** Newest values, without those of a body where they are not shown. */
export function lastSeen<T>(last: Readonly<Partial<Record<MetricName, T>>>, shown: boolean): typeof last {
  if (shown) return last;
  return Object.fromEntries(
    Object.entries(last).filter(([metric]) => !PERSONAL_METRICS.includes(metric as MetricName)),
  ) as typeof last;
}
