import { HOUR } from '../lib/clock.ts';
import type { AnyRuleKind, CompiledRule, CompiledRules, Variant } from './compile.ts';
import type { AreaView, DeviceView, GatewayView, HomeView } from './define.ts';
import {
  type HeldFinding,
  type Instance,
  type RuleDevice,
  type RuleSubject,
  type Slots,
  slotAt,
  variantAt,
} from './instance.ts';

/** What a due-date is about: a device, or of a subject as a whole what has a deadline. */
export type Watched = DeviceView | GatewayView | AreaView | HomeView | EmptyHome;

/**
 * When this rule wants to be called about this watch: its own timer first, else the deadline of its kind; no sooner than it
 * may be tried again where it has failed.
 */
export function dueOf(
  kind: AnyRuleKind,
  variant: Variant,
  instance: Instance | undefined,
  watched: Watched | undefined,
  listeningSince: number,
): number {
  const fault = instance?.fault;
  const due = ownDueOf(kind, variant, instance, watched, listeningSince);
  return fault ? Math.max(due, fault.until) : due;
}

function ownDueOf(
  kind: AnyRuleKind,
  variant: Variant,
  instance: Instance | undefined,
  watched: Watched | undefined,
  listeningSince: number,
): number {
  if (instance && instance.due > 0) return instance.due;
  if (instance?.open || watched === undefined) return Number.POSITIVE_INFINITY;
  // An area is looked at as soon as it is known and we listen, and says itself when to look again.
  if ('members' in watched) return Math.max(watched.knownAt, listeningSince);
  if (instance && instance.latchedUntil > 0) return instance.latchedUntil;
  const deadline = deadlineOf(kind, variant, watched, listeningSince);
  // What a gate keeps back stays overdue, and would be due again and again at this very instant.
  return instance?.held ? Math.max(deadline, lookAgainAt(instance.held)) : deadline;
}

/** One that cannot be worked out is overdue: its timer then fails as well, and that is told. */
function deadlineOf(
  kind: AnyRuleKind,
  variant: Variant,
  watched: Exclude<Watched, AreaView>,
  listeningSince: number,
): number {
  try {
    if ('visits' in watched) return dated(kind.homeDeadline?.(watched, variant.params));
    if ('unwatchedSince' in watched)
      return dated(kind.emptyHomeDeadline?.(watched.unwatchedSince, variant.params));
    return kind.deadline ? dated(kind.deadline(watched, variant.params, listeningSince)) : NEVER;
  } catch {
    return 0;
  }
}

const NEVER = Number.POSITIVE_INFINITY;

/** One that is no number is a defect of its rule. It counts as overdue: whoever is looked at for ever is told of, and never is not. */
const dated = (due: number | undefined): number => (due === undefined ? NEVER : Number.isNaN(due) ? 0 : due);

/** When a gate that depends on what comes is tried once more. */
const RECHECK_MS = HOUR / 4;

const lookAgainAt = ({ opensAt, at }: HeldFinding): number => (opensAt > 0 ? opensAt : at + RECHECK_MS);

/**
 * The next instant at which something of a subject is due; Infinity: nothing. Asked for each timer that has fired: in a
 * home with devices it looks at what is remembered and at deadlines alone, in no order.
 */
export function nextDue(set: CompiledRules, subject: RuleSubject, listeningSince: number): number {
  if (subject.home === '' || subject.unwatchedSince !== undefined)
    return nextDueOfAll(set, subject, listeningSince);
  let next = Math.min(
    nextRemembered(set, subject, undefined, listeningSince),
    nextDeadline(set, subject, undefined, listeningSince),
  );
  const { devices } = subject;
  for (let i = 0; i < devices.length; i++) {
    const device = devices[i] as RuleDevice;
    const remembered = nextRemembered(set, subject, device, listeningSince);
    next = Math.min(next, remembered, nextDeadline(set, subject, device, listeningSince));
  }
  return next;
}

/** The same where rules may watch that remember nothing: of a gateway, of an area, of a home without devices. */
function nextDueOfAll(set: CompiledRules, subject: RuleSubject, listeningSince: number): number {
  let next = Number.POSITIVE_INFINITY;
  eachWatch(set, subject, ({ kind }, variant, index, device, { slots }) => {
    const instance = slotAt(slots, index);
    const due = dueOf(kind, variant, instance, device ?? wholeOf(subject, kind), listeningSince);
    next = Math.min(next, due, opensAt(instance));
  });
  return next;
}

/** The earliest of what rules remember of a home, or of one of its devices. */
function nextRemembered(
  { rules }: CompiledRules,
  subject: RuleSubject,
  device: RuleDevice | undefined,
  listeningSince: number,
): number {
  const holder = device ?? subject;
  const { slots } = holder;
  let next = Number.POSITIVE_INFINITY;
  for (let i = 0; i < slots.length; i++) {
    const instance = slots[i] as Instance;
    const rule = rules[instance.place] as CompiledRule;
    const variant = variantAt(rule, subject, holder, instance.place);
    if (!variant) continue;
    const watched = device ?? wholeOf(subject, rule.kind);
    const due = dueOf(rule.kind, variant, instance, watched, listeningSince);
    next = Math.min(next, due, opensAt(instance));
  }
  return next;
}

/** The earliest of what rules watch a device, or a home as a whole, for without remembering anything of it. */
function nextDeadline(
  { rules, deadlines }: CompiledRules,
  subject: RuleSubject,
  device: RuleDevice | undefined,
  listeningSince: number,
): number {
  const holder = device ?? subject;
  let next = Number.POSITIVE_INFINITY;
  for (let i = 0; i < deadlines.length; i++) {
    const index = deadlines[i] as number;
    const rule = rules[index] as CompiledRule;
    const { kind } = rule;
    if ((rule.scope === 'home') !== (device === undefined) || slotAt(holder.slots, index)) continue;
    if (device ? !kind.deadline : !watchesWhole(kind, subject, index)) continue;
    const variant = variantAt(rule, subject, holder, index);
    const watched = device ?? wholeOf(subject, kind);
    if (variant) next = Math.min(next, dueOf(kind, variant, undefined, watched, listeningSince));
  }
  return next;
}

/** When a gate opens that keeps a finding back. */
const opensAt = (instance: Instance | undefined): number =>
  instance?.held?.finding ? instance.held.opensAt : Number.POSITIVE_INFINITY;

/** Ids of the rules that have something due by then. */
export function dueRules(set: CompiledRules, subject: RuleSubject, by: number, since: number): string[] {
  const due = new Set<string>();
  eachWatch(set, subject, ({ id, kind }, variant, index, device, { slots }) => {
    const instance = slotAt(slots, index);
    const own = dueOf(kind, variant, instance, device ?? wholeOf(subject, kind), since);
    if (Math.min(own, opensAt(instance)) <= by) due.add(id);
  });
  return [...due];
}

/** Each place where a rule may have something due: with an instance, or with a deadline. In the order of the rules. */
export function eachWatch(
  set: CompiledRules,
  subject: RuleSubject,
  visit: (
    rule: CompiledRule,
    variant: Variant,
    index: number,
    device: RuleDevice | undefined,
    holder: { slots: Slots },
  ) => void,
): void {
  for (const index of placesToWatch(set, subject)) {
    const rule = set.rules[index] as CompiledRule;
    const { kind } = rule;
    if (subject.home === '' || kind.scope === 'home') {
      if (!watchesWhole(kind, subject, index)) continue;
      const variant = variantAt(rule, subject, subject, index);
      if (variant) visit(rule, variant, index, undefined, subject);
      continue;
    }
    for (const device of subject.devices) {
      if (!kind.deadline && !slotAt(device.slots, index)) continue;
      const variant = variantAt(rule, subject, device, index);
      if (variant) visit(rule, variant, index, device, device);
    }
  }
}

/** Places of the rules that may have something due here, ascending: in a home mostly one or two of dozens. */
function placesToWatch({ rules, deadlines }: CompiledRules, subject: RuleSubject): Iterable<number> {
  if (subject.home === '' || subject.unwatchedSince !== undefined) return rules.keys();
  const places = new Set(deadlines);
  for (const { place } of subject.slots) places.add(place);
  for (const { slots } of subject.devices) for (const { place } of slots) places.add(place);
  return [...places].sort((a, b) => a - b);
}

/** Does a kind look at the subject as a whole: at a gateway, at an area, or at a home that it remembers something of? */
export function watchesWhole(kind: AnyRuleKind, subject: RuleSubject, index: number): boolean {
  if (subject.gateway) return kind.scope === 'device-and-gateway';
  if (subject.area) return kind.scope === 'area';
  if (slotAt(subject.slots, index) !== undefined) return true;
  if (kind.homeDeadline && subject.visits) return true;
  return kind.emptyHomeDeadline !== undefined && subject.unwatchedSince !== undefined;
}

/** What of a subject as a whole has a deadline: a gateway, an area, a home that is visited, or one in which no device hangs. */
export function wholeOf(
  subject: RuleSubject,
  { homeDeadline }: AnyRuleKind,
): GatewayView | AreaView | HomeView | EmptyHome | undefined {
  if (homeDeadline) return subject;
  const { gateway, area, unwatchedSince } = subject;
  return gateway ?? area ?? (unwatchedSince === undefined ? undefined : { unwatchedSince });
}

type EmptyHome = Record<'unwatchedSince', number>;
