import type { CallBackResult, CaseStep, ContactWay, Outcome } from '../../model/case.ts';
import type { CaseAction } from '../../model/case-action.ts';
import type { Problem } from './api.ts';

/** What somebody did, as it waits in the outbox. */
export type ActionType = CaseAction;

export interface ActionBody {
  readonly expectedVersion?: number;
  readonly text?: string;
  readonly outcome?: Outcome;
  readonly note?: string;
  readonly contactMadeBy?: string;
  readonly contact?: ContactWay;
  readonly result?: CallBackResult;
  readonly reason?: string;
  readonly to?: { readonly kind: 'staff' | 'user'; readonly id: string };
  readonly latitude?: number;
  readonly longitude?: number;
  /** A photo, in base64. */
  readonly mediaType?: 'image/jpeg';
  readonly data?: string;
  /** From whoever has it, knowingly. */
  readonly takeOver?: true;
  readonly step?: CaseStep;
  readonly whom?: { readonly kind: 'resident' } | { readonly kind: 'contact'; readonly id: string };
}

export interface Action {
  readonly key: string;
  readonly user: string;
  readonly case: string;
  readonly number: number;
  readonly type: ActionType;
  readonly body: ActionBody;
  /** By the clock of this browser. */
  readonly createdAt: number;
  /** It says that somebody has the case in hand: see late-deeds.ts. Absent in those of an earlier version. */
  readonly promise?: boolean;
  /** When the person said that it is still so. */
  readonly confirmedAt?: number;
  /** A note that says when another action was done. */
  readonly about?: string;
  readonly attempts: number;
  /** `held`: too old to be sent without asking. `refused`: the service has said no, `problem` says why. */
  readonly state: 'sending' | 'waiting' | 'held' | 'refused';
  readonly nextAt?: number;
  readonly problem?: Problem;
}
