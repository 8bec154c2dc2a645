import { HOUR } from '../lib/clock.ts';
import type { Alert } from '../model/alert.ts';
import type { MilderKind } from './define.ts';

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

/** By how many hours the limit was passed until something was seen again; undefined where people ended it. */
export const hoursBeyond = ({ since, clearedAt, clearReason }: Alert): number | undefined =>
  clearedAt === undefined || clearReason !== 'recovered' ? undefined : (clearedAt - since) / HOUR;

/** The same from when it could first be known, of a finding whose `since` lies before its limit. */
export const hoursSinceRaised = ({ raisedAt, clearedAt, clearReason }: Alert): number | undefined =>
  clearedAt === undefined || clearReason !== 'recovered' ? undefined : (clearedAt - raisedAt) / HOUR;

/** How long it lasted in the end, in `unit`, of a finding that says for how long it had lasted when its limit passed. */
export function lengthInTheEnd(alert: Alert, name: string, unit: number): number | undefined {
  const [length, beyond] = [figureOf(alert, name), hoursBeyond(alert)];
  return length === undefined || beyond === undefined ? undefined : length + (beyond * HOUR) / unit;
}

/** Of a limit that is learned only the cap may be set: where it was that which the alert waited for. */
export const GAP_CAP: MilderKind<{ readonly capHours: number }> = {
  param: 'capHours',
  title: { zh: '最长等候', en: 'At the latest after' },
  toward: 'up',
  step: 1,
  measured: (alert, { capHours }) =>
    (figureOf(alert, 'limitHours') ?? 0) >= capHours ? hoursInTheEnd(alert, 'gapHours') : undefined,
  otherwise: 'learned',
};
