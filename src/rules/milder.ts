import { HOUR } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';

/** A figure of the evidence; undefined where the alert does not hold it. */
export function figureOf({ evidence: { values } }: Alert, name: string): number | undefined {
  const value = values[name];
  return typeof value === 'number' ? value : undefined;
}

/**
 * How many hours it lasted in the end, of a finding that is raised after so many and ends when something is seen again.
 * Undefined where people ended it: then nobody knows how long it would have been.
 */
export function hoursInTheEnd(alert: Alert, name: string): number | undefined {
  const hours = figureOf(alert, name);
  if (hours === undefined || alert.clearedAt === undefined || alert.clearReason !== 'recovered')
    return undefined;
  return hours + (alert.clearedAt - alert.raisedAt) / HOUR;
}
