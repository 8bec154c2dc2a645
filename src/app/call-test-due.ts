import type { Subject } from './subject.ts';

/** When the first test of a call ends that nobody has answered; never for nearly all homes. */
export function callTestDue({ callTests: { tests } }: Pick<Subject, 'callTests'>): number {
  let due = Number.POSITIVE_INFINITY;
  for (const { state, until } of tests) if (state === 'waiting') due = Math.min(due, until);
  return due;
}
