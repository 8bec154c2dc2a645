import { placeAlert } from '../cases/alerts.ts';
import type { Command, CommandReply } from '../model/command.ts';
import { SERVICE_FINDINGS, type ServiceFindingName } from '../model/service-finding.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { contextOf, type Outcome } from './settle.ts';

/** People said "resolved" while it still held: it is raised anew after this long, as the findings of rules are. */
const REARM_MS = 12 * 3_600_000;

/** What is known of a finding about the service: its open alert, or until when people's "resolved" keeps it still. */
export interface ServiceFindingState {
  readonly open?: AlertDraft;
  readonly latchedUntil?: number;
}
export type ServiceFindings = Partial<Record<ServiceFindingName, ServiceFindingState>>;

/** A finding about the watching itself begins or has ended. To say either twice changes nothing. */
export function takeServiceFinding(
  core: Core,
  command: Extract<Command, { type: 'service.finding' }>,
  out: Outcome,
): CommandReply {
  const { service, now } = core;
  if (core.seq <= service.savedSeq) return { ok: true };
  const known = service.findings[command.finding];
  if (command.state === 'begins') {
    if (known?.open || (known?.latchedUntil ?? 0) > now) return { ok: true };
    place(core, command.finding, 'raised', newAlert(core, command), out);
  } else {
    if (known?.open) place(core, command.finding, 'cleared', ended(known.open, now, 'recovered'), out);
    const { [command.finding]: _, ...others } = service.findings;
    service.findings = others;
    core.markChanged(service);
  }
  return { ok: true };
}

/** People resolved the case: its alerts end with it, as those of rules do. */
export function resolveServiceFindings(core: Core, alerts: readonly string[], out: Outcome): void {
  const { service, now } = core;
  for (const [name, { open }] of Object.entries(service.findings)) {
    if (!open || !alerts.includes(open.id)) continue;
    const finding = name as ServiceFindingName;
    place(core, finding, 'cleared', ended(open, now, 'resolved'), out);
    service.findings = { ...service.findings, [finding]: { latchedUntil: now + REARM_MS } };
  }
}

function place(
  core: Core,
  finding: ServiceFindingName,
  change: 'raised' | 'cleared',
  draft: AlertDraft,
  out: Outcome,
): void {
  const { service } = core;
  service.findings = { ...service.findings, [finding]: change === 'raised' ? { open: draft } : {} };
  core.markChanged(service);
  out.add(placeAlert(service.caseBook, draft, change, contextOf(core, service)).effects);
  // While nobody takes the case, more people are called.
  core.file(service);
}

function newAlert(
  core: Core,
  { finding, since, values }: Extract<Command, { type: 'service.finding' }>,
): AlertDraft {
  const { service, now } = core;
  const { priority, title, text } = SERVICE_FINDINGS[finding];
  return {
    id: `${service.id}.a${service.nextAlert++}`,
    subject: service.id,
    home: '',
    path: service.path,
    rule: finding,
    ruleKind: 'service',
    ruleSetVersion: core.ruleSet.version,
    about: 'area',
    priority,
    title,
    since,
    raisedAt: now,
    evidence: { text: text(values), readings: [], values },
    count: 1,
    version: 1,
    history: [],
  };
}

const ended = (alert: AlertDraft, now: number, clearReason: 'recovered' | 'resolved'): AlertDraft => ({
  ...alert,
  clearedAt: now,
  clearReason,
  version: alert.version + 1,
});
