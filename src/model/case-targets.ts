/** What people owe a case, in the order in which it is owed. */
export const CASE_TARGETS = ['acknowledge', 'contact', 'onSite', 'resolve', 'callBack'] as const;
export type CaseTarget = (typeof CASE_TARGETS)[number];

/**
 * Milliseconds for each: until somebody has it, from the opening; until the person was reached, somebody was there and
 * it is resolved, from when somebody took it; until the call-back, from the resolving. Absent: not asked for.
 */
export interface CaseTargets {
  readonly acknowledge: number;
  readonly contact?: number;
  readonly onSite?: number;
  readonly resolve: number;
  readonly callBack?: number;
}

/** Instants for each, in epoch milliseconds. */
export type CaseDueDates = { readonly [T in CaseTarget]?: number };
