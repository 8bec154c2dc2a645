import type { CaseStatus } from '../model/case.ts';
import type { ErrorCode } from '../model/errors.ts';

/** What people do with a case. */
export const CASE_ACTIONS = ['acknowledge', 'step', 'note', 'resolve'] as const;
export type CaseAction = (typeof CASE_ACTIONS)[number];

/** Where an action leads, or why it does not. */
export type Transition = { readonly to: CaseStatus } | { readonly refuse: ErrorCode };

/**
 * Every status and every action, decided. To acknowledge once more is no error for the one who did it: that is said in
 * `acknowledge`, since it depends on who asks. A resolved case is closed for good: what happens later opens a new one.
 */
export const TRANSITIONS: Readonly<Record<CaseStatus, Readonly<Record<CaseAction, Transition>>>> = {
  open: {
    acknowledge: { to: 'acknowledged' },
    // Whoever sets out, or calls, has taken it.
    step: { to: 'acknowledged' },
    note: { to: 'open' },
    resolve: { to: 'resolved' },
  },
  acknowledged: {
    acknowledge: { refuse: 'CASE_ALREADY_ACKNOWLEDGED' },
    step: { to: 'acknowledged' },
    note: { to: 'acknowledged' },
    resolve: { to: 'resolved' },
  },
  resolved: {
    acknowledge: { refuse: 'CASE_ALREADY_RESOLVED' },
    step: { refuse: 'CASE_ALREADY_RESOLVED' },
    note: { refuse: 'CASE_ALREADY_RESOLVED' },
    resolve: { refuse: 'CASE_ALREADY_RESOLVED' },
  },
};
