import type { Alert } from '../../model/alert.ts';
import { callsForHelp, findingWeight, isUntrue } from '../../model/finding-weight.ts';

/** The alert that says best what is the matter: the one after which the case is called. */
export function leadingAlert(alerts: readonly Alert[]): Alert | undefined {
  const weight = (alert: Alert): number => {
    const { about, priority, clearedAt, clearReason } = alert;
    const [stands, untrue] = [clearedAt === undefined, isUntrue(clearReason)];
    return findingWeight({ about, priority, stands, untrue, calls: callsForHelp(alert) });
  };
  return [...alerts].sort((a, b) => weight(a) - weight(b) || b.raisedAt - a.raisedAt)[0];
}
