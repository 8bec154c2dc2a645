import type { Text } from '../model/text.ts';

/** What a kind of rules says of itself. */
export interface RuleKindInfo {
  readonly kind: string;
  readonly title: Text;
  readonly summary: Text;
  readonly about: string;
  /** JSON Schema of the parameters. */
  readonly params: unknown;
}

/** Another value for one limit of a rule, and what it rests on. */
export interface MilderLimit {
  readonly param: string;
  readonly title: Text;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** What the alerts say was measured, in their order. */
  readonly measured: readonly number[];
}

/** A home where a rule runs with other parameters, with who decided so, and why: as in the rule file. */
export interface RuleOverride {
  readonly home: string;
  readonly rule: string;
  readonly params: Readonly<Record<string, number>>;
  readonly author: string;
  readonly reason: string;
}
