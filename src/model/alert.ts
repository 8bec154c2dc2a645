import type { MetricName } from './metrics.ts';
import type { Text } from './text.ts';

/** P1 life at risk, P2 probably in need, P3 check today, P4 care and upkeep. */
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** `person` where someone may need help, else the home (leak), a device, or an area (a gateway and all behind it). */
export const ABOUTS = ['person', 'home', 'device', 'area'] as const;
export type About = (typeof ABOUTS)[number];

/**
 * Why an alert ended. `late-data` means that it was withdrawn: what was known later shows that it should not have been
 * raised. `unmeasured` means that nobody can tell any more whether it holds, and that its rule does not wait until
 * somebody can. `refuted` means that a better measurement denied it (a cuff against a band). `resolved` means that people
 * closed the case while the finding itself has no end of its own.
 */
export const CLEAR_REASONS = [
  'recovered',
  'unmeasured',
  'refuted',
  'late-data',
  'cancelled',
  'resolved',
  'rule-changed',
  'removed',
] as const;
export type ClearReason = (typeof CLEAR_REASONS)[number];

/** The answer for a window of a home. Only `measured` may claim "no water". */
export const COVERAGES = [
  'measured',
  'partly-covered',
  'device-silent',
  'not-measuring',
  'gateway-silent',
  'never-reported',
] as const;
export type Coverage = (typeof COVERAGES)[number];

/** A reading that a finding rests on. */
export interface EvidenceReading {
  readonly device: string;
  readonly metric: MetricName;
  readonly value: number;
  readonly at: number;
  /** Absent where that is no longer known: of earlier readings of a register only value and instant are kept. */
  readonly receivedAt?: number;
}

/** What a volunteer needs in order to believe an alert: which readings, how fresh, against which threshold. */
export interface Evidence {
  /** One sentence with the numbers in it. */
  readonly text: Text;
  readonly readings: readonly EvidenceReading[];
  readonly coverage?: Coverage;
  /** Age of the newest reading when the alert was raised, in milliseconds. */
  readonly freshnessMs?: number;
  /** Named numbers of the rule: threshold, window, what was measured. */
  readonly values: Readonly<Record<string, number | string>>;
}

/** A rule's finding about one home, device or area: open, then cleared or withdrawn. */
export interface Alert {
  readonly id: string;
  /** The home, or the gateway for an alert about an area. */
  readonly subject: string;
  /** Empty for an alert about an area. */
  readonly home: string;
  readonly device?: string;
  /** Path of the home or gateway in the tree, for rights and filters. */
  readonly path: string;
  readonly rule: string;
  readonly ruleKind: string;
  readonly ruleSetVersion: string;
  /** What that version said when it was raised: versions are named by people. Absent in alerts of earlier releases. */
  readonly ruleSetContent?: string;
  /** Its rule runs in shadow: nobody is told, and it belongs to no case. */
  readonly shadow?: true;
  readonly about: About;
  readonly priority: Priority;
  readonly title: Text;
  /** When the condition became true, in event time. */
  readonly since: number;
  /** When it could first be known. */
  readonly raisedAt: number;
  readonly clearedAt?: number;
  readonly clearReason?: ClearReason;
  readonly evidence: Evidence;
  /** How often the finding was repeated while the alert was open (presses of an SOS button). */
  readonly count: number;
  /** The case that it belongs to; empty for the alert of a rule in shadow. */
  readonly case: string;
  /** Grows by one with each change. */
  readonly version: number;
  /** Earlier versions that late data moved: what was said before, and when it was corrected. */
  readonly history: readonly {
    readonly at: number;
    readonly since: number;
    readonly priority: Priority;
    readonly text: Text;
  }[];
}
