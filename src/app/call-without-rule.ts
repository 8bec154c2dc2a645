import { SERVICE_RULE_KIND } from '../cases/alerts.ts';
import type { CallPerhaps } from '../model/call-for-help.ts';
import type { IdSet } from '../model/id-set.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent } from '../model/message.ts';
import { EVENTS } from '../model/metrics.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import {
  type HeldBy,
  UNRULED_CALL_PRIORITY,
  UNRULED_CALL_RULE,
  unruledCallKey,
  unruledCallText,
  unruledCallTitle,
} from '../model/unruled-call.ts';
import { callsWithoutRule, isCallOf, isHeardNow } from '../rules/calls.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import { placeFinding } from './service-finding.ts';
import { contextOf, type Outcome } from './settle.ts';

/** A call for help that no rule tells anybody of, as it came last: by it technicians hear that the rules leave it out. */
export interface CallWithoutRule {
  readonly device: string;
  readonly call: CallPerhaps;
  readonly at: number;
  /** Absent where no rule takes such calls. */
  readonly heldBy?: HeldBy | undefined;
}

/**
 * Whoever wrote the rules may not have meant it: each such call is counted and kept, and is a case of its home in the very
 * step that takes it. What is wrong with the rules is told to technicians beside that.
 */
export function noteCallsWithoutRule(core: Core, device: RuntimeDevice, events: IdSet, out: Outcome): void {
  const calls = callsWithoutRule(core.rules, device.subject.home, device, events);
  for (const call of calls) {
    out.refusals = [...out.refusals, { reason: 'call-without-rule', detail: call }];
    tell(core, device, { device: device.id, call, at: core.now }, out);
  }
}

/**
 * The same for calls that a gate has just kept back (the hours of a rule, its arming), or on which their rule has failed: the
 * person knows of neither.
 * @param isReport false: they had waited for their wearer, and no report brought them
 */
export function noteCallsHeldBack(core: Core, out: Outcome, isReport: boolean): void {
  const { heldCalls } = core.engine;
  for (const { device: id, call, rule, gate } of heldCalls) {
    const device = core.devices.get(id);
    const failed = heldCalls.flatMap((one) => (one.gate === 'failed' && one.call === call ? one.rule : []));
    // Another rule may speak at other hours.
    if (!device || isHeardNow(core.rules, device.subject, device, call, core.now, failed)) continue;
    if (isReport)
      out.refusals = [...out.refusals, { reason: 'call-without-rule', detail: `${call}: ${rule} ${gate}` }];
    tell(core, device, { device: id, call, at: core.now, heldBy: { rule, gate } }, out);
  }
}

/**
 * The same in a journal that is read again, of a home whose state was stored after the report: its case is in that state,
 * and what all homes share knows no more that the rules leave such calls out.
 */
export function noteCallsAgain(core: Core, device: RuntimeDevice, events: readonly DeviceEvent[]): void {
  for (const { event } of events) {
    if (isCallOf(device, event) && !isHeardNow(core.rules, device.subject, device, event, core.now))
      note(core, { device: device.id, call: event, at: core.now });
  }
}

function tell(core: Core, device: RuntimeDevice, fresh: CallWithoutRule, out: Outcome): void {
  if (core.rulesAlone) return;
  note(core, fresh);
  const { subject } = device;
  const key = unruledCallKey(device.id, fresh.call);
  const open = subject.findings[key]?.open;
  if (open) placeFinding(core, subject, key, 'updated', again(open, fresh), out);
  else placeFinding(core, subject, key, 'raised', newAlert(core, device, fresh), out);
}

function note({ callsWithoutRule: waiting }: Core, fresh: CallWithoutRule): void {
  const known = waiting.findIndex(({ device, call }) => device === fresh.device && call === fresh.call);
  if (known >= 0) waiting[known] = fresh;
  else if (waiting.length < LIMITS.callsWithoutRuleMax) waiting.push(fresh);
}

const again = (open: AlertDraft, fresh: CallWithoutRule): AlertDraft => ({
  ...open,
  title: unruledCallTitle(fresh.call, fresh.heldBy),
  evidence: evidenceOf(fresh),
  count: open.count + 1,
  version: open.version + 1,
});

const evidenceOf = ({ device, call, heldBy }: CallWithoutRule): AlertDraft['evidence'] => ({
  text: unruledCallText(device, call, heldBy),
  readings: [],
  values: { event: call, device, ...heldBy },
});

function newAlert(core: Core, { id, subject }: RuntimeDevice, fresh: CallWithoutRule): AlertDraft {
  return {
    id: `${subject.id}.a${subject.nextAlert++}`,
    subject: subject.id,
    home: subject.home,
    device: id,
    path: contextOf(core, subject).subject.path,
    rule: UNRULED_CALL_RULE,
    ruleKind: SERVICE_RULE_KIND,
    ruleSetVersion: core.ruleSet.version,
    ruleSetContent: core.rules.content,
    about: 'person',
    priority: UNRULED_CALL_PRIORITY,
    title: unruledCallTitle(fresh.call, fresh.heldBy),
    since: fresh.at,
    raisedAt: core.now,
    evidence: evidenceOf(fresh),
    count: 1,
    version: 1,
    history: [],
  };
}

/**
 * What technicians are told: that rules leave such calls out, until they take them, or people have resolved it. One at a time, for
 * the homes have their own cases.
 */
export function callWithoutRuleFact(
  core: Core,
  open: AlertDraft | undefined,
): { since: number; values: ServiceFindingValues } | undefined {
  // An earlier version told of the home itself here: that is over when people say so, and not when a rule is switched on.
  if (open?.evidence.values['home'] !== undefined)
    return { since: open.since, values: open.evidence.values as ServiceFindingValues };
  const { callsWithoutRule: waiting } = core;
  for (let first = waiting[0]; first; first = waiting[0]) {
    const device = core.devices.get(first.device);
    if (device && !isHeardNow(core.rules, device.subject, device, first.call, core.now))
      return { since: first.at, values: valuesOf(first) };
    waiting.shift();
  }
  return undefined;
}

/** Which calls are left out by what; by whom they were is in their cases. */
function valuesOf({ device, call, heldBy }: CallWithoutRule): ServiceFindingValues {
  const { zh, en } = EVENTS[call].title;
  const key = [call, heldBy?.rule, heldBy?.gate].filter(Boolean).join(' ');
  return { device, call, callZh: zh, callEn: en, ...heldBy, key };
}
