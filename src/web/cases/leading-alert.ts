import type { Alert } from '../../model/alert.ts';
import { findingWeight, isUntrue } from '../../model/finding-weight.ts';

/** The alert that says best what is the matter: the one after which the case is called. */
export function leadingAlert(alerts: readonly Alert[]): Alert | undefined {
  const weight = ({ about, priority, clearedAt, clearReason }: Alert): number =>
    findingWeight({ about, priority, stands: clearedAt === undefined, untrue: isUntrue(clearReason) });
  return [...alerts].sort((a, b) => weight(a) - weight(b) || b.raisedAt - a.raisedAt)[0];
}
