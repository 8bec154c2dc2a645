import type { Priority } from './alert.ts';
import type { CaseKind } from './case-kind.ts';
import type { Text } from './text.ts';

export const CASE_STATUSES = ['open', 'acknowledged', 'resolved'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** What was found. They feed the precision of each rule. */
export const OUTCOMES = {
  'true-emergency': { zh: '确为紧急情况', en: 'True emergency' },
  'true-need': { zh: '确需帮助', en: 'True need' },
  away: { zh: '外出', en: 'Away' },
  hospital: { zh: '住院', en: 'In hospital' },
  asleep: { zh: '在睡觉', en: 'Asleep' },
  leak: { zh: '漏水', en: 'Leak' },
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
    | 'step'
    | 'note'
    | 'resolved';
  readonly text: Text;
  readonly alert?: string;
  readonly notice?: string;
  readonly step?: CaseStep;
}

/** The work item for people. */
export interface Case {
  readonly id: string;
  readonly kind: CaseKind;
  readonly status: CaseStatus;
  readonly priority: Priority;
  /** The home, or the gateway for a technical case of an area. */
  readonly subject: string;
  readonly home: string;
  readonly path: string;
  /** What stands in lists: place and finding. */
  readonly title: Text;
  readonly openedAt: number;
  /** Until when somebody must have acknowledged; after that, until when the case should be resolved. */
  readonly dueAt: number;
  readonly alerts: readonly string[];
  readonly acknowledgedAt?: number;
  readonly acknowledgedBy?: string;
  /** When somebody first set out, and first was there. */
  readonly onTheWayAt?: number;
  readonly onSiteAt?: number;
  readonly resolvedAt?: number;
  readonly resolvedBy?: string;
  readonly outcome?: Outcome;
  readonly outcomeNote?: string;
  /** Who spoke to or saw the person: required for P1 and P2. */
  readonly contactMadeBy?: string;
  /** Grows by one with each change; the key of optimistic locking. */
  readonly version: number;
  /** Number of entries in the time line so far. */
  readonly entries: number;
}

/** Milliseconds until somebody must have acknowledged, by priority; and until the case should be resolved. */
export const TARGETS: Record<Priority, { acknowledgeMs: number; resolveMs: number }> = {
  P1: { acknowledgeMs: 60_000, resolveMs: 45 * 60_000 },
  P2: { acknowledgeMs: 5 * 60_000, resolveMs: 2 * 3_600_000 },
  P3: { acknowledgeMs: 4 * 3_600_000, resolveMs: 24 * 3_600_000 },
  P4: { acknowledgeMs: 24 * 3_600_000, resolveMs: 72 * 3_600_000 },
};

/** `<subject>.c<n>` → the home or gateway that the case belongs to; undefined for what is not the id of a case. */
export const caseSubjectId = (caseId: string): string | undefined => /^(.+)\.c[1-9]\d*$/.exec(caseId)?.[1];
