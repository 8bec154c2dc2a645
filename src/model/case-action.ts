/** What people do with a case. */
export const CASE_ACTIONS = [
  'acknowledge',
  'assign',
  'step',
  'withdraw-step',
  'give-back',
  'note',
  'photo',
  'resolve',
  'call-back',
  'strike-off',
  'reopen',
] as const;
export type CaseAction = (typeof CASE_ACTIONS)[number];
