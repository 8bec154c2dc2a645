import type { Priority } from './alert.ts';
import type { CaseKind } from './case-kind.ts';
import type { CaseDueDates } from './case-targets.ts';
import type { RequestCategory } from './request-category.ts';
import type { SilenceMode } from './silence-modes.ts';
import type { Text } from './text.ts';

/**
 * What the open case of a home after an absence is: a question whether somebody is back, word that somebody of the home has
 * registered an absence, or mere news. A closed list.
 */
export const CARE_STATES = ['asks', 'registered', 'news'] as const;
export type CareState = (typeof CARE_STATES)[number];

/**
 * `open`: nobody has it. `acknowledged`: somebody has. `resolved`: it has an outcome, and waits for the call-back by
 * another person. `struck-off`: over, it stands in the ledger. That somebody was asked to take it, set out or was there
 * are steps within `acknowledged`.
 */
export const CASE_STATUSES = ['open', 'acknowledged', 'resolved', 'struck-off'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];
/** Nobody has to come any more, whether or not somebody has called back since. */
export const isDone = (status: CaseStatus): boolean => status === 'resolved' || status === 'struck-off';

/** What was found. They feed the precision of each rule. */
export const OUTCOMES = {
  'true-emergency': { zh: '确为紧急情况', en: 'True emergency' },
  'true-need': { zh: '确需帮助', en: 'True need' },
  'pressed-by-mistake': { zh: '误按或误触', en: 'Pressed by mistake' },
  away: { zh: '外出', en: 'Away' },
  hospital: { zh: '住院', en: 'In hospital' },
  asleep: { zh: '在睡觉', en: 'Asleep' },
  leak: { zh: '漏水', en: 'Leak' },
  recovered: { zh: '已自行恢复', en: 'Came back by itself' },
  repaired: { zh: '已修复', en: 'Repaired' },
  done: { zh: '已办结', en: 'Done' },
  device: { zh: '设备故障', en: 'Device fault' },
  outage: { zh: '停水停电', en: 'Outage' },
  'wrong-data': { zh: '数据错误', en: 'Wrong data' },
  refused: { zh: '拒绝', en: 'Refused' },
  'not-reached': { zh: '未能联系', en: 'Not reached' },
  other: { zh: '其他', en: 'Other' },
} as const satisfies Record<string, Text>;
export type Outcome = keyof typeof OUTCOMES;
export const OUTCOME_NAMES = Object.keys(OUTCOMES) as [Outcome, ...Outcome[]];

/** What people do between taking a case and resolving it. Each is a line of the time line. */
export const CASE_STEPS = {
  'on-the-way': { zh: '已出发', en: 'On the way' },
  'on-site': { zh: '已到现场', en: 'On site' },
  'call-fine': { zh: '电话接通，没事', en: 'Answered the telephone: fine' },
  'call-needs-help': { zh: '电话接通，需要帮助', en: 'Answered the telephone: needs help' },
  'call-no-answer': { zh: '电话无人接听', en: 'Did not answer the telephone' },
  'call-wrong-number': { zh: '电话号码有误', en: 'The telephone number is wrong' },
} as const satisfies Record<string, Text>;
export type CaseStep = keyof typeof CASE_STEPS;
export const CASE_STEP_NAMES = Object.keys(CASE_STEPS) as [CaseStep, ...CaseStep[]];
export const isCall = (step: CaseStep): boolean => step.startsWith('call-');

/** How a person was reached before their case could be closed. `unsaid`: earlier versions did not ask. */
export const CONTACT_WAYS = {
  spoken: { zh: '已通话', en: 'Spoken to' },
  seen: { zh: '已见到本人', en: 'Seen' },
  unsaid: { zh: '已通话或见到', en: 'Spoken to or seen' },
} as const satisfies Record<string, Text>;
export type ContactWay = keyof typeof CONTACT_WAYS;
export const CONTACT_WAY_NAMES = ['spoken', 'seen'] as const satisfies readonly ContactWay[];

/** What another person heard when they called back. */
export const CALL_BACK_RESULTS = {
  satisfied: { zh: '满意', en: 'Satisfied' },
  'not-satisfied': { zh: '不满意', en: 'Not satisfied' },
  'not-reached': { zh: '未能联系', en: 'Not reached' },
} as const satisfies Record<string, Text>;
export type CallBackResult = keyof typeof CALL_BACK_RESULTS;
export const CALL_BACK_RESULT_NAMES = Object.keys(CALL_BACK_RESULTS) as [CallBackResult, ...CallBackResult[]];

/** One line of a case's time line. `by` names a person or `system`. */
export interface CaseEntry {
  /** Unique within the case, counts from 1. */
  readonly n: number;
  readonly at: number;
  readonly by: string;
  readonly type:
    | 'opened'
    | 'alert-raised'
    | 'alert-updated'
    | 'alert-cleared'
    | 'priority-raised'
    | 'notice'
    | 'escalated'
    | 'overdue'
    | 'acknowledged'
    | 'taken-over'
    | 'confirmed'
    | 'step'
    | 'step-withdrawn'
    | 'given-back'
    | 'note'
    | 'photo'
    | 'assigned'
    | 'resolved'
    | 'called-back'
    | 'struck-off'
    | 'reopened';
  readonly text: Text;
  readonly alert?: string;
  readonly notice?: string;
  readonly step?: CaseStep;
  /** The id of a photo: `GET /cases/{id}/photos/{photo}`. */
  readonly photo?: string;
}

/** Why people were not told of a case: who wanted it so, and until when. */
export interface CaseSilence {
  readonly silence: string;
  readonly mode: SilenceMode;
  readonly by: string;
  readonly reason: string;
  readonly until: number;
}

/**
 * Somebody who did something with a case: by the name that they had then and, where they are known, by their account and by
 * their id among the staff of the registry.
 */
export interface Doer {
  readonly name: string | undefined;
  readonly account?: string | undefined;
  readonly staff?: string | undefined;
}

/** Two people may bear one name, and one may be given another: the account counts where both are known, else the staff's id. */
export function isSamePerson(a: Doer, b: Doer): boolean {
  if (a.account !== undefined && b.account !== undefined) return a.account === b.account;
  if (a.staff !== undefined && b.staff !== undefined) return a.staff === b.staff;
  return a.name !== undefined && a.name === b.name;
}

export type CaseOwner = Pick<Case, 'acknowledgedBy' | 'acknowledgedByAccount' | 'acknowledgedByStaff'>;
export const ownerOf = (of: CaseOwner): Doer => ({
  name: of.acknowledgedBy,
  account: of.acknowledgedByAccount,
  staff: of.acknowledgedByStaff,
});
/** Who was asked to take it, and has not yet. */
export type CaseAssignee = Pick<Case, 'assignedTo' | 'assignedToAccount' | 'assignedToStaff'>;
export const assigneeOf = (of: CaseAssignee): Doer => ({
  name: of.assignedTo,
  account: of.assignedToAccount,
  staff: of.assignedToStaff,
});
/** Do they have the case, or were they asked to take it? */
export const isTheirs = (of: CaseOwner & CaseAssignee, who: Doer): boolean =>
  isSamePerson(ownerOf(of), who) || isSamePerson(assigneeOf(of), who);

/**
 * Did who leaves have it? An account has what was taken with it; a member of staff also what was taken under their name where
 * nobody knows of which. Where neither is known of whoever has it, the name is all there is.
 */
export function isLeftBy(of: CaseOwner, { name, account, staff }: Doer): boolean {
  const owner = ownerOf(of);
  if (account !== undefined && owner.account !== undefined) return account === owner.account;
  if (staff !== undefined && owner.staff !== undefined) return staff === owner.staff;
  if (account !== undefined && owner.staff !== undefined) return false;
  return name === owner.name;
}

/** The accounts that reach this case wherever its home has moved to: of whoever has it, and of whom they asked to take it. */
export function accountsWith(of: Pick<Case, 'status'> & CaseOwner & CaseAssignee): readonly string[] {
  if (of.status !== 'acknowledged') return [];
  const accounts = [of.acknowledgedByAccount, of.assignedToAccount];
  return [...new Set(accounts)].filter((account) => account !== undefined);
}
export const resolverOf = (of: Pick<Case, 'resolvedBy' | 'resolvedByAccount'>): Doer => ({
  name: of.resolvedBy,
  account: of.resolvedByAccount,
});

/** What was done in one round of a case, until it was reopened. */
export interface CaseRound
  extends Pick<
    Case,
    | 'takenAt'
    | 'contactAt'
    | 'onSiteAt'
    | 'resolvedAt'
    | 'resolvedBy'
    | 'outcome'
    | 'outcomeNote'
    | 'contactMadeBy'
    | 'contact'
    | 'calledBackAt'
    | 'calledBackBy'
  > {
  readonly from: number;
  readonly takenBy?: string;
  /** What was promised of it; absent where an earlier version reopened the case. */
  readonly promised?: CaseDueDates;
  readonly reopenedAt: number;
}

/** The work item for people. */
export interface Case {
  readonly id: string;
  readonly kind: CaseKind;
  /** What is asked for; of requests alone. */
  readonly category?: RequestCategory;
  readonly status: CaseStatus;
  readonly priority: Priority;
  /** The home, or the gateway for a technical case of an area. */
  readonly subject: string;
  readonly home: string;
  readonly path: string;
  /** What stands in lists: place and finding. */
  readonly title: Text;
  readonly openedAt: number;
  /** Until when the next thing has to be done: somebody takes it, reaches the person, is there, resolves it, calls back. */
  readonly dueAt: number;
  /** Of what has not been done: until when whoever has it should do it. Absent in cases of before. */
  readonly due?: CaseDueDates;
  /** What was promised when it was opened or reopened, or grew graver: the ledger judges by it. Absent in cases of before. */
  readonly promised?: CaseDueDates;
  readonly alerts: readonly string[];
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  /** The account of the one who has it; absent where they answered from a channel or by a link, and in cases of before. */
  readonly acknowledgedByAccount?: string;
  /** Their id among the staff; absent where they are not staff, or nobody could tell who of that name they are. */
  readonly acknowledgedByStaff?: string;
  /** When somebody first had it, whoever has it now. */
  readonly takenAt?: number;
  /** Who was asked to take it, and has not yet: until then it stays with whoever has it. */
  readonly assignedTo?: string;
  readonly assignedToAccount?: string;
  readonly assignedToStaff?: string;
  /** When the person or a contact was first reached, on the telephone or at the door. */
  readonly contactAt?: number;
  /** When somebody first set out, and first was there. */
  readonly onTheWayAt?: number;
  readonly onSiteAt?: number;
  readonly resolvedAt?: number;
  readonly resolvedBy?: string;
  readonly resolvedByAccount?: string;
  readonly outcome?: Outcome;
  readonly outcomeNote?: string;
  /** Who spoke to or saw the person, and which of the two: required for P1 and P2. */
  readonly contactMadeBy?: string;
  readonly contact?: ContactWay;
  /** The last call-back that reached somebody. */
  readonly calledBackAt?: number;
  readonly calledBackBy?: string;
  readonly struckOffAt?: number;
  readonly struckOffBy?: string;
  /** Why, where nobody called back. */
  readonly struckOffReason?: string;
  /** Call-backs since it was resolved that reached nobody. */
  readonly unreached?: number;
  /** How often it was reopened. */
  readonly reopened?: number;
  /** What was done before it was reopened, the oldest first. Absent in cases of before. */
  readonly rounds?: readonly CaseRound[];
  /** Of a case that was reopened, or grew graver after somebody was reached: when what stands above as the first of all was first done since. */
  readonly round?: Pick<CaseRound, 'from' | 'takenAt' | 'contactAt' | 'onSiteAt'>;
  readonly photos?: number;
  /** Rules of its alerts; absent in cases of before. */
  readonly rules?: readonly string[];
  /** People were not told of it the last time they should have been. */
  readonly silenced?: CaseSilence;
  /** Grows by one with each change; the key of optimistic locking. */
  readonly version: number;
  /** Number of entries in the time line so far. */
  readonly entries: number;
}

/** `<subject>.c<n>` → the home or gateway that the case belongs to; undefined for what is not the id of a case. */
export const caseSubjectId = (caseId: string): string | undefined => /^(.+)\.c[1-9]\d*$/.exec(caseId)?.[1];
