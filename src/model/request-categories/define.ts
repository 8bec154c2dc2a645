import type { Text } from '../text.ts';

/** How soon a request may have to be attended to. What cannot wait is help, and goes the way of help. */
export const REQUEST_PRIORITIES = ['P3', 'P4'] as const;
export type RequestPriority = (typeof REQUEST_PRIORITIES)[number];

/** What residents ask for. A further category is one more file beside this one. */
export interface RequestCategoryDefinition {
  /** As people see it. Short: an SMS has room for ten characters. */
  readonly title: Text;
  /** Where whoever enters it says nothing else. */
  readonly priority: RequestPriority;
  /** Milliseconds from when somebody takes it until it is to be solved, where that differs from its priority. */
  readonly resolve?: number;
}

export const defineRequestCategory = <const D extends RequestCategoryDefinition>(definition: D): D =>
  definition;
