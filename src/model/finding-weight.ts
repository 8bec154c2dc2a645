import { type About, type Alert, type ClearReason, PRIORITIES, type Priority } from './alert.ts';
import { HELP_ASKED_EVENT } from './help-asked.ts';
import type { EventName } from './metrics.ts';

/** It turned out not to have been so. */
const UNTRUE: readonly ClearReason[] = ['refuted', 'late-data', 'rule-changed'];
export const isUntrue = (reason: ClearReason | undefined): boolean =>
  reason !== undefined && UNTRUE.includes(reason);

/** What somebody in need makes happen; the last, of what a person wears, does not say which. */
const CALLED: readonly EventName[] = ['sos', 'fall'];
const MAY_BE_CALLED: EventName = 'general_alarm';

/** Does it say that somebody calls for help, whatever its priority and by whatever way it came? */
export function callsForHelp({ about, evidence }: Pick<Alert, 'about' | 'evidence'>): boolean {
  const said = evidence.values['event'];
  if (said === HELP_ASKED_EVENT) return true;
  return CALLED.some((event) => event === said) || (about === 'person' && said === MAY_BE_CALLED);
}

export interface WeighedFinding {
  readonly about: About;
  readonly priority: Priority;
  readonly stands: boolean;
  readonly untrue: boolean;
  /** Somebody calls for help. */
  readonly calls: boolean;
}

/**
 * What matters most in a case weighs least. Of a person and a home that is the gravest finding, also when it has ended: whoever
 * fell did fall. Of devices and of the service it is the gravest that still stands, if one does: what has recovered needs
 * nobody. Among equals a call for help that stands goes before what devices infer: somebody has said it. Of two alike the
 * newer one matters, of which people heard last; whoever compares puts it first.
 */
export function findingWeight({ about, priority, stands, untrue, calls }: WeighedFinding): number {
  const [ended, gravity] = [stands ? 0 : 1, PRIORITIES.indexOf(priority)];
  const isOfThings = about === 'device' || about === 'area';
  const inferred = calls && stands ? 0 : 1;
  return (
    (untrue ? 1000 : 0) + (isOfThings ? ended * 100 + gravity * 10 : gravity * 10 + ended * 2) + inferred
  );
}
