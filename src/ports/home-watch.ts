import type { About } from '../model/alert.ts';
import type { RuleDecision } from '../model/rule-set.ts';
import type { Text } from '../model/text.ts';

/** One rule over a home or one of its devices: see src/rules/watch.ts for the states. */
export interface HomeWatch {
  readonly rule: string;
  readonly kind: string;
  readonly device?: string;
  readonly state: string;
  readonly until?: number;
  readonly evaluatedAt?: number;
  readonly nextDue?: number;
  /** Of so many days that it needs it knows so many. */
  readonly learning?: { readonly known: number; readonly needed: number };
  /** What it has learned to be usual here. */
  readonly usual?: Text;
  readonly maskedBy?: string;
  /** How it failed here lately; `state`: what it remembered then, as JSON. */
  readonly fault?: {
    readonly since: number;
    readonly at: number;
    readonly count: number;
    readonly error: string;
    readonly state?: string;
  };
  readonly own?: readonly RuleDecision[];
  readonly shadow: boolean;
  /** What it is called, and what it is about. */
  readonly title: Text;
  readonly about: About;
}
