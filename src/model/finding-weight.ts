import { type About, type ClearReason, PRIORITIES, type Priority } from './alert.ts';

/** It turned out not to have been so. */
const UNTRUE: readonly ClearReason[] = ['refuted', 'late-data', 'rule-changed'];
export const isUntrue = (reason: ClearReason | undefined): boolean =>
  reason !== undefined && UNTRUE.includes(reason);

export interface WeighedFinding {
  readonly about: About;
  readonly priority: Priority;
  readonly stands: boolean;
  readonly untrue: boolean;
}

/**
 * What matters most in a case weighs least. Of a person and a home that is the gravest finding, also when it has ended: whoever
 * fell did fall. Of devices and of the service it is the gravest that still stands, if one does: what has recovered needs
 * nobody. Of two alike the newer one matters, of which people heard last; whoever compares puts it first.
 */
export function findingWeight({ about, priority, stands, untrue }: WeighedFinding): number {
  const [ended, gravity] = [stands ? 0 : 1, PRIORITIES.indexOf(priority)];
  const isOfThings = about === 'device' || about === 'area';
  return (untrue ? 1000 : 0) + (isOfThings ? ended * 100 + gravity : gravity * 10 + ended);
}
