import type { CaseStatus } from '../model/case.ts';
import type { CaseAction } from '../model/case-action.ts';
import type { ErrorCode } from '../model/errors.ts';

/** Where an action leads, or why it does not. With several, what was said decides: see the action. */
export type Transition = { readonly to: readonly CaseStatus[] } | { readonly refuse: ErrorCode };

const to = (...statuses: readonly CaseStatus[]): Transition => ({ to: statuses });
const refuse = (code: ErrorCode): Transition => ({ refuse: code });

/**
 * Every status and every action, decided. To acknowledge once more is no error for the one who did it, and somebody's
 * case may be taken over knowingly: that depends on who asks and is said in `acknowledge`. A case that was struck off is
 * over for good: what happens later opens a new one.
 */
export const TRANSITIONS: Readonly<Record<CaseStatus, Readonly<Record<CaseAction, Transition>>>> = {
  open: {
    acknowledge: to('acknowledged'),
    // Who asks another to take it has received it.
    assign: to('acknowledged'),
    // Whoever sets out, or calls, has taken it.
    step: to('acknowledged'),
    'withdraw-step': refuse('CASE_NOT_TAKEN'),
    'give-back': refuse('CASE_NOT_TAKEN'),
    note: to('open'),
    photo: to('open'),
    // Without a call-back it is over with its outcome.
    resolve: to('resolved', 'struck-off'),
    'call-back': refuse('CASE_NOT_RESOLVED'),
    'strike-off': refuse('CASE_NOT_RESOLVED'),
    reopen: refuse('CASE_NOT_RESOLVED'),
  },
  acknowledged: {
    acknowledge: refuse('CASE_ALREADY_ACKNOWLEDGED'),
    assign: to('acknowledged'),
    step: to('acknowledged'),
    'withdraw-step': to('acknowledged'),
    'give-back': to('open'),
    note: to('acknowledged'),
    photo: to('acknowledged'),
    resolve: to('resolved', 'struck-off'),
    'call-back': refuse('CASE_NOT_RESOLVED'),
    'strike-off': refuse('CASE_NOT_RESOLVED'),
    reopen: refuse('CASE_NOT_RESOLVED'),
  },
  resolved: {
    acknowledge: refuse('CASE_ALREADY_RESOLVED'),
    assign: refuse('CASE_ALREADY_RESOLVED'),
    step: refuse('CASE_ALREADY_RESOLVED'),
    'withdraw-step': refuse('CASE_ALREADY_RESOLVED'),
    'give-back': refuse('CASE_ALREADY_RESOLVED'),
    note: to('resolved'),
    photo: to('resolved'),
    resolve: refuse('CASE_ALREADY_RESOLVED'),
    // Satisfied; not reached, to be tried again; not satisfied.
    'call-back': to('struck-off', 'resolved', 'open'),
    'strike-off': to('struck-off'),
    reopen: to('open'),
  },
  'struck-off': {
    acknowledge: refuse('CASE_STRUCK_OFF'),
    assign: refuse('CASE_STRUCK_OFF'),
    step: refuse('CASE_STRUCK_OFF'),
    'withdraw-step': refuse('CASE_STRUCK_OFF'),
    'give-back': refuse('CASE_STRUCK_OFF'),
    note: refuse('CASE_STRUCK_OFF'),
    photo: refuse('CASE_STRUCK_OFF'),
    resolve: refuse('CASE_STRUCK_OFF'),
    'call-back': refuse('CASE_STRUCK_OFF'),
    'strike-off': refuse('CASE_STRUCK_OFF'),
    reopen: refuse('CASE_STRUCK_OFF'),
  },
};
