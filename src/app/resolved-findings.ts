import type { Core } from './core.ts';
import { resolveDeviceCalls } from './device-call.ts';
import { resolveDeviceFaults } from './device-fault.ts';
import { resolveHelpAsked } from './help-asked.ts';
import { resolveServiceFindings } from './service-finding.ts';
import { type Outcome, settle } from './settle.ts';
import { resolveStrangers } from './stranger-call.ts';
import type { Subject } from './subject.ts';

/** People resolved the case of these alerts: what rules and others found of its subject ends with it. */
export function endResolved(core: Core, subject: Subject, alerts: readonly string[], out: Outcome): void {
  for (const resolve of [resolveStrangers, resolveDeviceCalls, resolveDeviceFaults, resolveHelpAsked])
    resolve(core, subject, alerts, out);
  if (subject === core.service) {
    resolveServiceFindings(core, alerts, out);
    return;
  }
  settle(core, subject, core.engine.resolve(subject, alerts, core.now), out);
  core.file(subject);
}
