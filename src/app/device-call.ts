import { SERVICE_RULE_KIND } from '../cases/alerts.ts';
import { gatheringCase } from '../cases/case-book.ts';
import { shortLocal } from '../lib/local-time.ts';
import type { Call, CallPerhaps } from '../model/call-for-help.ts';
import type { Command, CommandReply } from '../model/command.ts';
import {
  type Bringer,
  DEVICE_CALL_RULES,
  type DeviceCallWhy,
  deviceCallKey,
  deviceCallPriority,
  deviceCallText,
  deviceCallTitle,
  isDeviceCall,
  testedText,
  unenrolledText,
} from '../model/device-call.ts';
import { joinedNames } from '../model/joined-names.ts';
import { LIMITS } from '../model/limits.ts';
import { EVENTS } from '../model/metrics.ts';
import type { Device } from '../model/registry.ts';
import type { AlertDraft } from '../rules/instance.ts';
import { answersInWords } from './call-tests.ts';
import type { Core } from './core.ts';
import { homeOfDevice } from './disabled-device.ts';
import { placeFinding, resolveFindings } from './service-finding.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

type Called = Extract<Command, { type: 'device.called' }>;

/**
 * An enrolled device calls for help in what was not taken. The alert stands with its home, as one about the
 * resident: whoever would come if it had been taken comes. One for each device while it is open; what is repeated is
 * counted, and told again as the presses of a button are.
 */
export function takeDeviceCall(core: Core, command: Called, out: Outcome): CommandReply {
  const subject = homeOfDevice(core, command.device);
  // It may have left the registry in between.
  if (!subject || core.seq <= subject.savedSeq) return { ok: true };
  if (subject.asleep) subject.wake();
  if (answersInWords(core, subject, command, out)) return { ok: true };
  const key = deviceCallKey(command.device, command.why);
  const known = subject.findings[key];
  if (known?.open) placeFinding(core, subject, key, 'updated', again(core, known.open, command), out);
  else if (mayRaise(core, subject, command))
    placeFinding(
      core,
      subject,
      key,
      'raised',
      newAlert(core, subject, command, evidenceOf(core, command)),
      out,
    );
  return { ok: true };
}

type OneCall = Pick<Called, 'device' | 'why' | 'from'>;

/**
 * Would this call be told as a new one? The device said it itself, or somebody who may speak for it: then the next is told at
 * once when people have resolved the one before, for whoever pressed by mistake may fall a minute later. Any other may be
 * forged, and waits.
 */
const mayRaise = (core: Core, subject: Subject, { device, why, from }: OneCall): boolean => {
  const known = subject.findings[deviceCallKey(device, why)];
  if (known?.open) return false;
  return why === 'in-words' || from === device || (known?.latchedUntil ?? 0) <= core.now;
};

/** Is it to be told, though another came within the minute? */
export function isNewCall(core: Core, one: OneCall): boolean {
  const subject = homeOfDevice(core, one.device);
  return subject !== undefined && mayRaise(core, subject, one);
}

/** People resolved the case. */
export function resolveDeviceCalls(
  core: Core,
  subject: Subject,
  alerts: readonly string[],
  out: Outcome,
): void {
  resolveFindings(core, subject, alerts, { isOurs: isDeviceCall, rearmMs: () => LIMITS.foreignRearmMs }, out);
}

/** A device that called as a stranger has a home now: whoever comes to that home is told. */
export function takeCallBefore(
  core: Core,
  { id, home }: Pick<Device, 'id' | 'home'>,
  { call, at }: { readonly call: Call; readonly at: number },
  out: Outcome,
): void {
  const subject = core.subjects.get(home);
  if (!subject || core.seq <= subject.savedSeq) return;
  if (subject.asleep) subject.wake();
  const when = shortLocal(at, contextOf(core, subject).timeZone);
  const evidence = {
    text: unenrolledText(id, call, when),
    readings: [],
    values: { event: call, device: id },
  };
  const draft = newAlert(core, subject, { device: id, call, why: 'unenrolled', at }, evidence);
  placeFinding(core, subject, deviceCallKey(id, 'unenrolled'), 'raised', draft, out);
}

/** What was taken for a test was meant: people are called now. The case that it stands in. */
export function takeTestedCall(
  core: Core,
  subject: Subject,
  { device, call, at }: { readonly device: string; readonly call: CallPerhaps; readonly at: number },
  by: string,
  out: Outcome,
): string | undefined {
  const when = shortLocal(at, contextOf(core, subject).timeZone);
  const evidence = {
    text: testedText(device, EVENTS[call].title, when, by),
    readings: [],
    values: { event: call, device },
  };
  const key = deviceCallKey(device, 'tested');
  const open = subject.findings[key]?.open;
  // What names no kind of its alarm may be the worse of the two, and stands under the word that asks for help.
  const told = call === 'fall' ? 'fall' : 'sos';
  const draft = open
    ? {
        ...open,
        title: deviceCallTitle(told, 'tested'),
        evidence,
        count: open.count + 1,
        version: open.version + 1,
      }
    : newAlert(core, subject, { device, call: told, why: 'tested', at }, evidence);
  placeFinding(core, subject, key, open ? 'updated' : 'raised', draft, out);
  return gatheringCase(subject.caseBook, 'safety')?.case.id;
}

const again = (core: Core, open: AlertDraft, command: Called): AlertDraft => ({
  ...open,
  title: deviceCallTitle(command.call, command.why),
  evidence: evidenceOf(core, command),
  count: open.count + 1,
  version: open.version + 1,
});

function evidenceOf(core: Core, command: Called): AlertDraft['evidence'] {
  const { device, call, why, from, topic, sent } = command;
  const { registry } = core;
  const { gateway, address } = registry.device(device) ?? {};
  const registered = gateway && (registry.gateway(gateway)?.name ?? gateway);
  const text = deviceCallText({
    device,
    call,
    why,
    topic,
    sent,
    bringer: bringerOf(core, from),
    ...(registered ? { registered } : {}),
    ...(gateway === from && address !== undefined ? { address } : {}),
  });
  return { text, readings: [], values: { event: call, device, from } };
}

function bringerOf({ registry }: Core, from: string): Bringer {
  const gateway = registry.gateway(from);
  if (!gateway) return { kind: registry.device(from) ? 'device' : 'other', name: from };
  const place = registry.lineage(gateway.parent).map(({ name }) => name);
  return { kind: 'gateway', name: gateway.name ?? gateway.id, place: joinedNames(place) };
}

function newAlert(
  core: Core,
  subject: Subject,
  { device, call, why, at }: Pick<Called, 'device' | 'call' | 'at'> & { readonly why: DeviceCallWhy },
  evidence: AlertDraft['evidence'],
): AlertDraft {
  const { now } = core;
  return {
    id: `${subject.id}.a${subject.nextAlert++}`,
    subject: subject.id,
    home: subject.home,
    device,
    path: contextOf(core, subject).subject.path,
    rule: DEVICE_CALL_RULES[why],
    ruleKind: SERVICE_RULE_KIND,
    ruleSetVersion: core.ruleSet.version,
    ruleSetContent: core.rules.content,
    about: 'person',
    priority: deviceCallPriority(why),
    title: deviceCallTitle(call, why),
    since: Math.min(at, now),
    raisedAt: now,
    evidence,
    count: 1,
    version: 1,
    history: [],
  };
}
