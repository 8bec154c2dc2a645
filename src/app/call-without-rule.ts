import { CALLS, type Call, isCall } from '../model/call-for-help.ts';
import { joinedNames } from '../model/joined-names.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent } from '../model/message.ts';
import { EVENTS } from '../model/metrics.ts';
import { GATES, type Gate } from '../model/rule-set.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import { callsWithoutRule, isHeardNow } from '../rules/calls.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import type { Outcome } from './settle.ts';

/** A call for help that no rule tells anybody of, as it came last. */
export interface CallWithoutRule {
  readonly device: string;
  readonly call: Call;
  readonly at: number;
  /** The rule that takes such calls and kept this one back, and why; absent where none takes them. */
  readonly heldBy?: { readonly rule: string; readonly gate: Gate } | undefined;
  /** It stands in a finding of the service. */
  told: boolean;
}

/** Whoever wrote the rules may not have meant it: each such call is counted and kept, and technicians are told. */
export function noteCallsWithoutRule(core: Core, device: RuntimeDevice, events: number, out: Outcome): void {
  const calls = callsWithoutRule(core.rules, device.subject.home, device, events);
  for (const call of calls) {
    out.refusals = [...out.refusals, { reason: 'call-without-rule', detail: call }];
    note(core, { device: device.id, call, at: core.now, told: false });
  }
}

/**
 * The same for calls that a gate has just kept back (the hours of a rule, its arming): the person does not know of gates.
 * @param out of the report that brought them; absent where they had waited for their wearer
 */
export function noteCallsHeldBack(core: Core, out?: Outcome): void {
  for (const { device: id, call, rule, gate } of core.engine.heldCalls) {
    const device = core.devices.get(id);
    // Another rule may speak at other hours.
    if (!device || isHeardNow(core.rules, device.subject, device, call, core.now)) continue;
    if (out)
      out.refusals = [...out.refusals, { reason: 'call-without-rule', detail: `${call}: ${rule} ${gate}` }];
    note(core, { device: id, call, at: core.now, heldBy: { rule, gate }, told: false });
  }
}

/**
 * The same in a journal that is read again, of a home whose state was stored after the report: it knows no more that
 * nobody was told. What was told since stands further on in the journal.
 */
export function noteCallsAgain(core: Core, device: RuntimeDevice, events: readonly DeviceEvent[]): void {
  for (const { event } of events) {
    if (isCall(event) && !isHeardNow(core.rules, device.subject, device, event, core.now))
      note(core, { device: device.id, call: event, at: core.now, told: false });
  }
}

function note({ callsWithoutRule: waiting }: Core, fresh: CallWithoutRule): void {
  const known = waiting.findIndex((one) => keyOf(one) === keyOf(fresh));
  if (known >= 0) waiting[known] = fresh;
  else if (waiting.length < LIMITS.callsWithoutRuleMax) waiting.push(fresh);
}

/**
 * What is to be told: one call until it has been told and the next one waits, or people have resolved it, or a rule hears
 * such calls. What is open was told before a restart, after which nobody else remembers it.
 */
export function callWithoutRuleFact(
  core: Core,
  open: AlertDraft | undefined,
): { since: number; values: ServiceFindingValues } | undefined {
  const { callsWithoutRule: waiting } = core;
  const before = waiting.length === 0 ? toldIn(open) : undefined;
  if (before) waiting.push(before);
  for (let first = waiting[0]; first; first = waiting[0]) {
    const device = core.devices.get(first.device);
    const isLast = waiting.length === 1;
    if (device && !isOver(core, first, device, open) && (isLast || !first.told))
      return { since: first.at, values: valuesOf(core, first, device) };
    waiting.shift();
  }
  return undefined;
}

function valuesOf({ registry }: Core, told: CallWithoutRule, device: RuntimeDevice): ServiceFindingValues {
  const { home: id } = device.device;
  const home = registry.home(id);
  const place = joinedNames([
    ...registry.lineage(home?.parent ?? '').map(({ name }) => name),
    home?.name ?? id,
  ]);
  const { zh, en } = EVENTS[told.call].title;
  const values = { device: told.device, home: id, place, call: told.call, callZh: zh, callEn: en };
  return { ...values, ...told.heldBy, key: keyOf(told) };
}

function isOver(
  core: Core,
  first: CallWithoutRule,
  device: RuntimeDevice,
  open: AlertDraft | undefined,
): boolean {
  if (open?.evidence.values['key'] === keyOf(first)) first.told = true;
  // Held back for the last second of a gate: nobody hears of it any more but by this.
  if (!first.told) return false;
  return !open || isHeardNow(core.rules, device.subject, device, first.call, core.now);
}

/** A journal that is read again holds the call, and behind it that it was told. */
export function noteTold({ callsWithoutRule }: Core, { key }: ServiceFindingValues): void {
  for (const one of callsWithoutRule) if (keyOf(one) === key) one.told = true;
}

const keyOf = ({ device, call }: CallWithoutRule): string => `${device} ${call}`;

function toldIn(open: AlertDraft | undefined): CallWithoutRule | undefined {
  const { device, call: said, rule, gate: named } = open?.evidence.values ?? {};
  const call = CALLS.find((one) => one === said);
  if (!open || !call || typeof device !== 'string') return undefined;
  const gate = GATES.find((one) => one === named);
  const heldBy = gate && typeof rule === 'string' ? { rule, gate } : undefined;
  return { device, call, at: open.since, heldBy, told: true };
}
