import { placeAlert, SERVICE_RULE_KIND } from '../cases/alerts.ts';
import type { Command, CommandReply } from '../model/command.ts';
import {
  SERVICE_FINDING_NAMES,
  SERVICE_FINDINGS,
  type ServiceFindingName,
  type ServiceFindingValues,
} from '../model/service-finding.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/** People said "resolved" while it still held: it is raised anew after this long, as the findings of rules are. */
const REARM_MS = 12 * 3_600_000;

/** What is known of a finding about the service: its open alert, or until when people's "resolved" keeps it still. */
export interface ServiceFindingState {
  readonly open?: AlertDraft;
  readonly latchedUntil?: number;
  /** Which news people resolved, where it says so: other news are told all the same. */
  readonly key?: string;
  /** Of a stranger: who says that it is nobody of ours, and why. */
  readonly dismissed?: { readonly at: number; readonly by: string; readonly reason: string };
}
/** By the name of a finding about the service, the key of a stranger who calls, or of a device of the home whose call was not taken. */
export type SubjectFindings = Readonly<Record<string, ServiceFindingState>>;

/** A finding about the watching itself begins or has ended. To say either twice changes nothing. */
export function takeServiceFinding(
  core: Core,
  command: Extract<Command, { type: 'service.finding' }>,
  out: Outcome,
): CommandReply {
  const { service, now } = core;
  const { finding, state, values } = command;
  if (core.seq <= service.savedSeq) return { ok: true };
  const known = service.findings[finding];
  if (state === 'begins') {
    if (known?.open || isLatched(known, values, now)) return { ok: true };
    placeFinding(core, service, finding, 'raised', newAlert(core, command), out);
  } else if (state === 'counts') {
    if (known?.open)
      placeFinding(core, service, finding, 'updated', withFigures(known.open, finding, values), out);
  } else {
    if (known?.open)
      placeFinding(core, service, finding, 'cleared', endedFinding(known.open, now, 'recovered'), out);
    const { [finding]: _, ...others } = service.findings;
    service.findings = others;
    core.markChanged(service);
  }
  return { ok: true };
}

/** People resolved the case: its alerts end with it, as those of rules do. */
export function resolveServiceFindings(core: Core, alerts: readonly string[], out: Outcome): void {
  const { service, now } = core;
  for (const finding of SERVICE_FINDING_NAMES) {
    const open = service.findings[finding]?.open;
    if (!open || !alerts.includes(open.id)) continue;
    placeFinding(core, service, finding, 'cleared', endedFinding(open, now, 'resolved'), out);
    // What people resolved is that such calls came: it may be meant so, and is told anew when the next one comes.
    if (finding === 'call-without-rule') core.callsWithoutRule.length = 0;
    const left = finding === 'call-without-rule' ? {} : latch(open, now);
    service.findings = { ...service.findings, [finding]: left };
  }
}

/** What people know of is told again after its time of rest; of a silence they know until when it holds, of a rule that fails which. */
function latch({ rule, evidence: { values } }: AlertDraft, now: number): ServiceFindingState {
  const { ends, key } = values;
  if (rule === 'rule-failed') return { latchedUntil: now + REARM_MS, key: String(key) };
  if (typeof ends !== 'number' || typeof key !== 'string') return { latchedUntil: now + REARM_MS };
  return { latchedUntil: Math.max(now + REARM_MS, ends), key };
}

/** Did people resolve just this, a while ago? */
export function isLatched(
  known: ServiceFindingState | undefined,
  { key }: ServiceFindingValues,
  now: number,
): boolean {
  return (known?.latchedUntil ?? 0) > now && (known?.key === undefined || known.key === key);
}

/** Raises, repeats or clears a finding of the service, of a gateway or of what was heard of a home; opens or changes its case. */
export function placeFinding(
  core: Core,
  subject: Subject,
  finding: string,
  change: 'raised' | 'updated' | 'cleared',
  draft: AlertDraft,
  out: Outcome,
): void {
  subject.findings = { ...subject.findings, [finding]: change === 'cleared' ? {} : { open: draft } };
  core.markChanged(subject);
  out.add(placeAlert(subject.caseBook, draft, change, contextOf(core, subject)).effects);
  // While nobody takes the case, more people are called.
  core.file(subject);
}

function newAlert(
  core: Core,
  { finding, since, values }: Extract<Command, { type: 'service.finding' }>,
): AlertDraft {
  const { service, now } = core;
  const { priority, title, titleOf, text } = SERVICE_FINDINGS[finding];
  return {
    id: `${service.id}.a${service.nextAlert++}`,
    subject: service.id,
    home: '',
    path: service.path,
    rule: finding,
    ruleKind: SERVICE_RULE_KIND,
    ruleSetVersion: core.ruleSet.version,
    ruleSetContent: core.rules.content,
    about: 'area',
    priority,
    title: titleOf?.(values) ?? title,
    since,
    raisedAt: now,
    evidence: { text: text(values), readings: [], values },
    count: 1,
    version: 1,
    history: [],
  };
}

/** What it says now. Nobody is called for it: that it is so they know. */
function withFigures(
  open: AlertDraft,
  finding: ServiceFindingName,
  values: ServiceFindingValues,
): AlertDraft {
  const { title, titleOf, text } = SERVICE_FINDINGS[finding];
  return {
    ...open,
    title: titleOf?.(values) ?? title,
    evidence: { ...open.evidence, text: text(values), values },
    version: open.version + 1,
  };
}

/** The page of the console on which the finding of this alert is put right, while it stands. */
export function findingPage({ service }: Pick<Core, 'service'>, alert: string): string | undefined {
  const finding = SERVICE_FINDING_NAMES.find((one) => service.findings[one]?.open?.id === alert);
  return finding && SERVICE_FINDINGS[finding].page;
}

/** The same alert as it ends. */
export const endedFinding = (
  alert: AlertDraft,
  now: number,
  clearReason: 'recovered' | 'resolved' | 'removed',
): AlertDraft => ({
  ...alert,
  clearedAt: now,
  clearReason,
  version: alert.version + 1,
});

/**
 * People resolved the case of these alerts: what stood open under these keys has ended, and is told again no sooner than
 * after its time of rest.
 */
export function resolveFindings(
  core: Core,
  subject: Subject,
  alerts: readonly string[],
  of: { readonly isOurs: (key: string) => boolean; readonly rearmMs: (open: AlertDraft) => number },
  out: Outcome,
): void {
  for (const [key, { open }] of Object.entries(subject.findings)) {
    if (!of.isOurs(key) || !open || !alerts.includes(open.id)) continue;
    placeFinding(core, subject, key, 'cleared', endedFinding(open, core.now, 'resolved'), out);
    subject.findings = { ...subject.findings, [key]: { latchedUntil: core.now + of.rearmMs(open) } };
  }
}
