import type { Logger } from 'pino';
import { SERVICE_RULE_KIND } from '../cases/alerts.ts';
import { isCall } from '../model/call-for-help.ts';
import type { Command, CommandReply } from '../model/command.ts';
import {
  DEVICE_FAULT_TITLES,
  type DeviceFault,
  type DeviceFaultValues,
  deviceFaultKey,
  deviceFaultPriority,
  deviceFaultText,
  isDeviceFault,
} from '../model/device-fault.ts';
import { LIMITS } from '../model/limits.ts';
import type { AlertDraft } from '../rules/instance.ts';
import { callStored } from './call-stored.ts';
import type { Core } from './core.ts';
import { placeFinding, resolveFindings } from './service-finding.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

type Fault = Extract<Command, { type: 'device.fault' }>;

/**
 * Something is wrong with how a device or gateway connects. The alert stands with its home, or with the gateway; one while
 * it is open, however often it is seen.
 */
export function takeDeviceFault(core: Core, command: Fault, out: Outcome): CommandReply {
  const subject = subjectOf(core, command.device);
  // It may have left the registry in between.
  if (!subject || core.seq <= subject.savedSeq) return { ok: true };
  if (subject.asleep) subject.wake();
  if (isKnown(core, subject, command)) return { ok: true };
  const key = deviceFaultKey(command.device, command.fault);
  placeFinding(core, subject, key, 'raised', newAlert(core, subject, command), out);
  return { ok: true };
}

/** People resolved the case: it is told again when it is still so after a while. */
export function resolveDeviceFaults(
  core: Core,
  subject: Subject,
  alerts: readonly string[],
  out: Outcome,
): void {
  const rearmMs = (): number => LIMITS.deviceFaultRearmMs;
  resolveFindings(core, subject, alerts, { isOurs: isDeviceFault, rearmMs }, out);
}

/** Tells the core of what the broker sees; what is told already costs nothing, for a device that fails fails for ever. */
export class DeviceFaults {
  readonly #core: Core;
  readonly #submit: (command: Command) => Promise<CommandReply>;
  readonly #logger: Logger;
  readonly #underWay = new Set<string>();

  constructor(core: Core, submit: (command: Command) => Promise<CommandReply>, logger: Logger) {
    this.#core = core;
    this.#submit = submit;
    this.#logger = logger;
  }

  note(device: string, fault: DeviceFault, at: number, values: DeviceFaultValues): void {
    const key = deviceFaultKey(device, fault);
    const subject = subjectOf(this.#core, device);
    if (!subject || this.#underWay.has(key) || isKnown(this.#core, subject, { device, fault })) return;
    this.#underWay.add(key);
    this.#logger.error({ device, fault, ...values }, 'a device cannot be taken as it connects');
    const stored = callStored(this.#submit({ type: 'device.fault', device, fault, at, values }), (error) =>
      this.#logger.error({ err: error, device, fault }, 'a fault of a device could not be stored'),
    );
    void stored.finally(() => this.#underWay.delete(key));
  }
}

function subjectOf(core: Core, id: string): Subject | undefined {
  const group = core.groups.get(id);
  return core.deviceOf(id)?.subject ?? (group?.gateway ? group : undefined);
}

function isKnown(core: Core, subject: Subject, { device, fault }: Pick<Fault, 'device' | 'fault'>): boolean {
  const known = subject.findings[deviceFaultKey(device, fault)];
  return known?.open !== undefined || (known?.latchedUntil ?? 0) > core.now;
}

function newAlert(core: Core, subject: Subject, command: Fault): AlertDraft {
  const { now } = core;
  const { device, fault, at, values } = command;
  // Behind a gateway there may be anything.
  const mayCall =
    subject.gateway !== undefined || (core.deviceOf(device)?.definition.events.some(isCall) ?? false);
  const text = deviceFaultText(device, fault, values, mayCall);
  return {
    id: `${subject.id}.a${subject.nextAlert++}`,
    subject: subject.id,
    home: subject.home,
    ...(subject.gateway ? {} : { device }),
    path: contextOf(core, subject).subject.path,
    rule: fault,
    ruleKind: SERVICE_RULE_KIND,
    ruleSetVersion: core.ruleSet.version,
    ruleSetContent: core.rules.content,
    about: subject.gateway ? 'area' : 'device',
    priority: deviceFaultPriority(mayCall),
    title: DEVICE_FAULT_TITLES[fault],
    since: Math.min(at, now),
    raisedAt: now,
    evidence: { text, readings: [], values: { device, ...values } },
    count: 1,
    version: 1,
    history: [],
  };
}
