import { EVENTS } from '../model/metrics.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import { CALLS, type Call, callsWithoutRule } from '../rules/calls.ts';
import { eventBit } from '../rules/compile.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import type { Outcome } from './settle.ts';

/** A call for help that no rule tells anybody of, as it came last. */
export interface CallWithoutRule {
  readonly device: string;
  readonly call: Call;
  readonly at: number;
  /** It stands in a finding of the service. */
  told: boolean;
}

/** Whoever wrote the rules may not have meant it: each such call is counted and kept, and technicians are told. */
export function noteCallsWithoutRule(core: Core, device: RuntimeDevice, events: number, out: Outcome): void {
  const calls = callsWithoutRule(core.rules, device.subject.home, device, events);
  for (const call of calls) {
    out.refusals = [...out.refusals, { reason: 'call-without-rule', detail: call }];
    core.callWithoutRule = { device: device.id, call, at: core.now, told: false };
  }
}

/**
 * What is to be told of the last one; undefined once people have resolved it, or a rule takes such calls. What is open was
 * told before a restart, after which nobody else remembers it.
 */
export function callWithoutRuleFact(
  core: Core,
  open: AlertDraft | undefined,
): { since: number; values: ServiceFindingValues } | undefined {
  const last = core.callWithoutRule ?? toldIn(open);
  const device = last && core.devices.get(last.device);
  if (!device || isOver(core, last, device, open)) {
    core.callWithoutRule = undefined;
    return undefined;
  }
  const { registry } = core;
  const { home: id } = device.device;
  const home = registry.home(id);
  const place = [...registry.lineage(home?.parent ?? '').map(({ name }) => name), home?.name ?? id].join('');
  const { zh, en } = EVENTS[last.call].title;
  const values = { device: last.device, home: id, place, call: last.call, callZh: zh, callEn: en };
  return { since: last.at, values: { ...values, key: keyOf(last) } };
}

function isOver(
  core: Core,
  last: CallWithoutRule,
  device: RuntimeDevice,
  open: AlertDraft | undefined,
): boolean {
  if (open?.evidence.values['key'] === keyOf(last)) last.told = true;
  else if (!open && last.told) return true;
  return callsWithoutRule(core.rules, device.subject.home, device, eventBit(last.call)).length === 0;
}

const keyOf = ({ device, call }: CallWithoutRule): string => `${device} ${call}`;

function toldIn(open: AlertDraft | undefined): CallWithoutRule | undefined {
  const { device, call: said } = open?.evidence.values ?? {};
  const call = CALLS.find((one) => one === said);
  return open && call && typeof device === 'string'
    ? { device, call, at: open.since, told: true }
    : undefined;
}
