import type { CommandReply } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { VisitLine, VisitTold } from '../model/visit.ts';

/** What a command on a case did, or why it did nothing. */
export interface CaseOutcome {
  readonly reply: CommandReply;
  readonly effects: Effect[];
  /** Alerts of the resolved case that were still open; empty for every other command. */
  readonly resolvedAlerts: string[];
  /** It resolved the case. */
  readonly resolved?: true;
  /** Somebody was at the home, as far as its outcome says. */
  readonly visit?: CaseVisit;
}

/** A visit that was made while a case was handled. */
export type CaseVisit = Pick<VisitLine, 'case'> & Pick<VisitTold, 'at' | 'by' | 'result' | 'elsewhere'>;

export type Refusal = { readonly code: ErrorCode; readonly details?: Readonly<Record<string, unknown>> };

export const done = (version: number | undefined, effects: Effect[]): CaseOutcome => ({
  reply: version === undefined ? { ok: true } : { ok: true, version },
  effects,
  resolvedAlerts: [],
});

export const refuse = (failure: Refusal): CaseOutcome => ({
  reply: { ok: false, failure },
  effects: [],
  resolvedAlerts: [],
});
