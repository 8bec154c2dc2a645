/** What people do with a case. */
export const CASE_ACTIONS = [
  'acknowledge',
  'assign',
  'step',
  'note',
  'photo',
  'resolve',
  'call-back',
  'strike-off',
  'reopen',
] as const;
export type CaseAction = (typeof CASE_ACTIONS)[number];
