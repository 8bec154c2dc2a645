import type { Failure } from '../model/errors.ts';

/** What reading the rule file brought. `same-version`: other rules under the version that was in force before. */
export const RULE_FILE_CHANGES = ['none', 'new-version', 'same-version'] as const;
export type RuleFileChange = (typeof RULE_FILE_CHANGES)[number];

export interface RulesInForce {
  readonly version: string;
  /** The mark of what the set says, whatever version it calls itself. */
  readonly content: string;
  readonly change: RuleFileChange;
}

export type RulesAnswer =
  | ({ readonly ok: true } & RulesInForce)
  | { readonly ok: false; readonly failure: Failure };
