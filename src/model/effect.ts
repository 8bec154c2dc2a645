import type { Alert } from './alert.ts';
import type { CallTest } from './call-test.ts';
import type { Case, CaseEntry } from './case.ts';
import type { CommandInput, CommandReply } from './command.ts';
import type { LeftHome } from './left-home.ts';
import type { Report } from './message.ts';
import type { Notice } from './notice.ts';
import type { Noun, RegistryEntry } from './registry.ts';
import type { Rejection, RejectionReason, StrangerCall, UntakenCall } from './rejection.ts';
import type { RuleSet } from './rule-set.ts';
import type { VisitLine } from './visit.ts';

/** A time that the service did not live through, in epoch milliseconds: it was stopped, or its machine slept. */
export interface Absence {
  readonly from: number;
  readonly until: number;
}

/** Time passes; due timers fire. */
export interface TickInput {
  readonly kind: 'tick';
  readonly receivedAt: number;
  /** Set with the first tick after we were away: what was due of cases meanwhile is done once, and as of its end. */
  readonly absence?: Absence;
  /** Set when we begin to listen (a start, a broker that is back): silence before it proves nothing. */
  readonly listeningSince?: number;
  /** Until when we listened before that, where it is not the begin of `absence`: what came first may have waited since then. */
  readonly deafSince?: number;
  /**
   * So much is due that it is worked off piece by piece: what is due at `receivedAt` fires as far as this id, the rest
   * with the ticks that follow. Until one comes without it, reports and cases pass by what is left: see `step`.
   */
  readonly through?: string;
}

/** A tick that tells of more than the time is never left out. */
export const saysMore = ({
  listeningSince,
  absence,
}: Pick<TickInput, 'listeningSince' | 'absence'>): boolean =>
  listeningSince !== undefined || absence !== undefined;

/** All that ever enters the step. */
export type Input = Report | CommandInput | TickInput;

/** What the step wants done. Data only: the shell performs it, in order, after the commit that holds it. */
export type Effect =
  /** An alert was raised, changed, cleared or withdrawn: the whole record as it is now. */
  | {
      readonly type: 'alert';
      readonly change: 'raised' | 'updated' | 'cleared' | 'withdrawn';
      readonly alert: Alert;
    }
  /** A case was opened or changed; `entries` are the lines that were added to its time line. */
  | {
      readonly type: 'case';
      readonly change: 'opened' | 'updated' | 'resolved' | 'struck-off' | 'reopened';
      readonly case: Case;
      readonly entries: readonly CaseEntry[];
    }
  /** A notice is to be sent. */
  | { readonly type: 'notice'; readonly notice: Notice }
  /** A message or value was not taken. */
  | { readonly type: 'rejection'; readonly rejection: Rejection }
  /** The registry changed. */
  | { readonly type: 'registry-put'; readonly entry: RegistryEntry }
  | {
      readonly type: 'registry-remove';
      readonly noun: Noun;
      readonly key: string;
      /** Of a device: where it was, for when it is enrolled again. */
      readonly left?: LeftHome | undefined;
    }
  /** A line of the visit log. */
  | { readonly type: 'visit'; readonly line: VisitLine }
  /** A new rule set is in force. */
  | { readonly type: 'rules'; readonly ruleSet: RuleSet }
  /** The first report of a device: for the device list. */
  | {
      readonly type: 'device-heard';
      readonly device: string;
      readonly home: string;
      readonly path: string;
      readonly at: number;
    }
  /** A test of a call for help began, was answered, or is over: for whoever tests. */
  | {
      readonly type: 'call-test';
      readonly home: string;
      readonly path: string;
      readonly at: number;
      readonly test: CallTest;
    }
  /** Ask a device for something over `shouwang/<deviceId>/command`. Best effort: nothing depends on the answer. */
  | {
      readonly type: 'device-command';
      readonly device: string;
      readonly payload: Readonly<Record<string, unknown>>;
    }
  /** The answer to a command. */
  | { readonly type: 'reply'; readonly id: string; readonly reply: CommandReply };

/** A value of a report that was not taken. The shell adds the message as it came and makes a Rejection of it. */
export interface Refusal {
  readonly reason: RejectionReason;
  readonly detail: string;
  /** Who calls for help in what was not taken. */
  readonly calls?: readonly UntakenCall[];
  readonly strangers?: readonly StrangerCall[];
  /** Somebody calls in the message, and it is known to be another device. */
  readonly callsNot?: true;
  /** Of `clock-future`: by how much, in milliseconds. */
  readonly aheadMs?: number;
}

/**
 * What one step gives back. `accepted` is the report without what was refused: exactly this goes into the telemetry
 * store, once. `touched` are homes and gateways whose state must be saved with this very commit, because the registry
 * below them changed; of those `around` them, whose findings hang on theirs, as far as they have changed since they were
 * saved.
 */
export interface StepResult {
  readonly effects: readonly Effect[];
  readonly accepted: Report | undefined;
  readonly refusals: readonly Refusal[];
  readonly touched: readonly string[];
  readonly around: readonly string[];
}
