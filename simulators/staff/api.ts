import type { CareState, Case } from '../../src/model/case.ts';
import type { Contact, Resident } from '../../src/model/registry.ts';

/**
 * How the staff ask the service: as whom, what, and with which key, so that a thing is done once. There is no address in
 * it and no HTTP client in this folder: whoever hands them a service decides which one that is, and nobody can aim them
 * at another.
 */
export type StaffApi = (asked: Asked) => Promise<{ readonly status: number; readonly body: unknown }>;

export interface Asked {
  /** The account that asks. */
  readonly as: string;
  readonly method: 'GET' | 'POST';
  /** Below /api/v1. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly key?: string;
}

/** A case as it comes in a list. */
export type ListedCase = Case & { readonly number: number };

/** What the staff read of one case, out of all that the service says. */
export interface ReadCase {
  readonly case: ListedCase;
  readonly care?: CareState;
  readonly home?: {
    readonly residents: readonly Pick<Resident, 'id' | 'name' | 'phone'>[];
    readonly contacts: readonly Pick<Contact, 'id' | 'name'>[];
  };
}

/** These staff work in a demo, and nowhere else. */
export class NotADemoError extends Error {
  constructor() {
    super('the service does not say that it is a demo: simulated staff do nothing there');
  }
}
