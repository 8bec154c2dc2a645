import { SERVICE_RULE_KIND } from '../cases/alerts.ts';
import { CALLS } from '../model/call-for-help.ts';
import type { Command, CommandReply } from '../model/command.ts';
import { splitAddress } from '../model/comparable-address.ts';
import { LEFT } from '../model/device-left.ts';
import { joinedNames } from '../model/joined-names.ts';
import { LIMITS } from '../model/limits.ts';
import type { Device, RegistryEntry } from '../model/registry.ts';
import {
  ENROLLED_OTHER,
  STRANGER_PRIORITY,
  STRANGER_RULE,
  STRANGERS_OTHER,
  strangerKey,
  strangerText,
  strangerTitle,
} from '../model/stranger.ts';
import type { Knock } from '../ports/service.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { takeCallBefore } from './device-call.ts';
import { endedFinding, placeFinding, resolveFindings, type SubjectFindings } from './service-finding.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

/**
 * A device that is in no registry calls for help. The alert stands with the gateway that brought it, whose place is the
 * best that is known of where somebody needs help; or with the service, whose cases go to everybody. One for each
 * address while it is open; of very many at one gateway, the rest together have one more.
 */
export function takeStrangerCall(
  core: Core,
  command: Extract<Command, { type: 'stranger.called' }>,
  out: Outcome,
): CommandReply {
  const subject = subjectOf(core, command.gateway);
  if (core.seq <= subject.savedSeq) return { ok: true };
  if (isKept(subject, command.address, core.now)) return { ok: true };
  const open = Object.entries(subject.findings).filter(([key, { open: one }]) => isStranger(key) && one);
  const isOne = open.length < LIMITS.strangersCallingMax || command.address === ENROLLED_OTHER;
  const address = isOne ? command.address : STRANGERS_OTHER;
  if (isKept(subject, address, core.now)) return { ok: true };
  placeFinding(
    core,
    subject,
    strangerKey(address),
    'raised',
    newAlert(core, subject, { ...command, address }),
    out,
  );
  return { ok: true };
}

/** Somebody has looked who that is, and says why it is nobody of ours: it is not told again for a while. */
export function dismissStranger(
  core: Core,
  { address, gateway, reason }: Extract<Command, { type: 'stranger.dismiss' }>,
  by: string,
  out: Outcome,
): CommandReply {
  const key = strangerKey(address);
  const bringer = subjectOf(core, gateway);
  for (const subject of groupsOf(core)) {
    if (core.seq <= subject.savedSeq) continue;
    const known = subject.findings[key];
    if (known?.open)
      placeFinding(core, subject, key, 'cleared', ended(core, known.open, `${by}: ${reason}`), out);
    else if (!known && subject !== bringer) continue;
    const dismissed = { at: core.now, by, reason };
    subject.findings = bounded({
      ...subject.findings,
      [key]: { latchedUntil: core.now + LIMITS.strangerDismissedMs, dismissed },
    });
    core.markChanged(subject);
  }
  return { ok: true };
}

/**
 * It was enrolled: from now on it is heard as what it is, and if it calls, its call goes to its home. Cheap where nobody calls,
 * for a whole registry may be put.
 */
export function endStrangers(core: Core, put: readonly RegistryEntry[], out: Outcome): void {
  const enrolled = new Set(put.flatMap((one) => (one.noun === 'device' ? [one.id] : [])));
  if (enrolled.size === 0) return;
  for (const subject of groupsOf(core)) {
    // A gateway is stored with the checkpoint from which a replay begins, and never ahead of the homes behind it.
    if (core.seq <= subject.savedSeq) continue;
    for (const [key, { open }] of Object.entries(subject.findings)) {
      const device = isStranger(key) ? calledSo(core, key.slice(strangerKey('').length)) : undefined;
      if (!device || !enrolled.has(device.id)) continue;
      if (open) {
        const call = CALLS.find((one) => one === open.evidence.values['event']) ?? 'sos';
        takeCallBefore(core, device, { call, at: open.since }, out);
        placeFinding(core, subject, key, 'cleared', enrolledIn(core, open, device), out);
      }
      const { [key]: _, ...others } = subject.findings;
      subject.findings = others;
      core.markChanged(subject);
    }
  }
}

/** Under its own topics a device is called by its id, also where it has an address; what a network or a gateway calls it, it is found by. */
const calledSo = ({ registry }: Core, address: string): Device | undefined =>
  registry.device(address) ?? registry.byAddress(...splitAddress(address));

function enrolledIn(core: Core, open: AlertDraft, { home }: Device): AlertDraft {
  const draft = endedFinding(open, core.now, 'removed');
  const { zh, en } = core.registry.spot(home);
  const values = { ...draft.evidence.values, [LEFT.how]: 'enrolled', [LEFT.toZh]: zh, [LEFT.toEn]: en };
  return { ...draft, evidence: { ...draft.evidence, values } };
}

/** People resolved the case: a device that goes on calling is told again before long. */
export function resolveStrangers(
  core: Core,
  subject: Subject,
  alerts: readonly string[],
  out: Outcome,
): void {
  const rearmMs = (): number => LIMITS.strangerRearmMs;
  resolveFindings(core, subject, alerts, { isOurs: isStranger, rearmMs }, out);
  subject.findings = bounded(subject.findings);
}

/** What is known of the strangers who call, by address. */
export function strangersOf(core: Core): ReadonlyMap<string, SubjectFindings[string]> {
  const found = new Map<string, SubjectFindings[string]>();
  for (const subject of groupsOf(core))
    for (const [key, finding] of Object.entries(subject.findings))
      if (isStranger(key)) found.set(key.slice(strangerKey('').length), finding);
  return found;
}

/**
 * Strangers whose calls are open, as far as their alerts know them: who called, and was not heard since the service began
 * anew, is still to be enrolled or dismissed. Newest first.
 */
export function openStrangers(core: Core): Knock[] {
  const open: Knock[] = [];
  for (const subject of groupsOf(core))
    for (const [key, { open: alert }] of Object.entries(subject.findings)) {
      const address = key.slice(strangerKey('').length);
      // What stands for many is nobody who could be enrolled.
      if (isStranger(key) && alert && !address.startsWith('*')) open.push(knockOf(subject, address, alert));
    }
  return open.sort((a, b) => b.lastAt - a.lastAt);
}

function knockOf(subject: Subject, address: string, { since, raisedAt, evidence }: AlertDraft): Knock {
  const { event, from = subject.gateway ? subject.id : '', topic = '', sent = '' } = evidence.values;
  const payload = Buffer.from(String(sent));
  const call = CALLS.find((one) => one === event);
  return {
    address,
    from: String(from),
    topic: String(topic),
    firstAt: since,
    lastAt: raisedAt,
    count: 1,
    payload,
    payloadBytes: payload.length,
    ...(call && { calls: { call, at: since, count: 1 } }),
  };
}

const isStranger = (key: string): boolean => key.startsWith(strangerKey(''));

function* groupsOf(core: Core): Generator<Subject> {
  for (const subject of core.groups.values()) {
    if (!subject.gateway && subject !== core.service) continue;
    if (subject.asleep) subject.wake();
    yield subject;
  }
}

function subjectOf(core: Core, gateway: string | undefined): Subject {
  const subject = gateway === undefined ? undefined : core.groups.get(gateway);
  if (!subject?.gateway) return core.service;
  if (subject.asleep) subject.wake();
  return subject;
}

function isKept({ findings }: Subject, address: string, now: number): boolean {
  const known = findings[strangerKey(address)];
  return known?.open !== undefined || (known?.latchedUntil ?? 0) > now;
}

/** What is not open any more is forgotten, the oldest first, before there are too many. */
function bounded(findings: SubjectFindings): SubjectFindings {
  const keys = Object.keys(findings).filter((key) => isStranger(key) && !findings[key]?.open);
  const dropped = new Set(keys.slice(0, Math.max(0, keys.length - LIMITS.strangersRememberedMax)));
  return dropped.size === 0
    ? findings
    : Object.fromEntries(Object.entries(findings).filter(([key]) => !dropped.has(key)));
}

function ended(core: Core, open: AlertDraft, why?: string): AlertDraft {
  const draft = endedFinding(open, core.now, 'recovered');
  if (why === undefined) return draft;
  const { text } = draft.evidence;
  const said = { zh: `${text.zh} 已排除（${why}）`, en: `${text.en} Dismissed (${why})` };
  return { ...draft, evidence: { ...draft.evidence, text: said } };
}

function newAlert(
  core: Core,
  subject: Subject,
  { address, call, at, from, topic, sent }: Extract<Command, { type: 'stranger.called' }>,
): AlertDraft {
  const { registry, now } = core;
  const gateway = subject.gateway && registry.gateway(subject.id);
  const place = gateway && registry.lineage(gateway.parent).map(({ name }) => name);
  const text = strangerText({
    address,
    call,
    from,
    topic,
    sent,
    ...(gateway ? { gateway: gateway.name ?? gateway.id } : {}),
    ...(place ? { place: joinedNames(place) } : {}),
  });
  return {
    id: `${subject.id}.a${subject.nextAlert++}`,
    subject: subject.id,
    home: '',
    path: contextOf(core, subject).subject.path,
    rule: STRANGER_RULE,
    ruleKind: SERVICE_RULE_KIND,
    ruleSetVersion: core.ruleSet.version,
    ruleSetContent: core.rules.content,
    about: 'area',
    priority: STRANGER_PRIORITY,
    title: strangerTitle(address),
    since: Math.min(at, now),
    raisedAt: now,
    evidence: { text, readings: [], values: { event: call, address, from, topic, sent } },
    count: 1,
    version: 1,
    history: [],
  };
}
