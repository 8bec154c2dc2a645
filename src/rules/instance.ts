import type { Alert, Priority } from '../model/alert.ts';
import type { Gate } from '../model/gates.ts';
import { IdSet } from '../model/id-set.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { VisitBook } from '../model/visit.ts';
import type { AnyRuleKind, CompiledRule, Variant } from './compile.ts';
import { frozenVariant } from './compile.ts';
import type { AreaView, DeviceView, Finding, GatewayView } from './define.ts';
import type { RuleFault } from './faults.ts';

/** An alert before it has found its case. */
export type AlertDraft = Omit<Alert, 'case'>;

export interface AlertChange {
  readonly change: 'raised' | 'updated' | 'cleared' | 'withdrawn';
  readonly draft: AlertDraft;
  /** Resolved by people: its case is closed already. */
  readonly quiet: boolean;
  /** An update that says something of which people have not heard: they are told. */
  readonly news?: Text;
}

/** What one rule remembers of one home or device. Exists only while there is something to remember. */
export interface Instance {
  /** The place of its rule in the set. */
  place: number;
  state: unknown;
  /** When onTimer is called; 0: never. */
  due: number;
  open: OpenAlert | undefined;
  /** People said "resolved" while the finding held: it is not raised again before this, unless it ends or grows graver. */
  latchedUntil: number;
  /** How grave it was when they said so. */
  latchedAt?: Priority | undefined;
  /** A finding that a gate keeps back. */
  held?: HeldFinding | undefined;
  /** What the open alert was raised under, if the rule set has changed since: it is judged by that to its end. */
  frozen?: FrozenRule | undefined;
  /** It failed here, and began anew. */
  fault?: RuleFault | undefined;
}

export interface OpenAlert {
  draft: AlertDraft;
  at: number;
  /** Its rule has failed since and does not know any more when it ends: people end it. */
  kept?: true;
}

export interface HeldFinding {
  readonly gate: Gate;
  /** By our clock: when the gate first kept it back. */
  readonly since: number;
  /** When it was last found. */
  readonly at: number;
  /** Raised at that instant, unless it has ended by then; 0: the rule finds it again by itself. */
  readonly opensAt: number;
  readonly finding?: Finding;
}

export interface FrozenRule {
  readonly params: unknown;
  readonly priority: Priority;
}

/** Instances in the order of their rules. Of dozens of rules two or three remember something: only these are here. */
export type Slots = readonly Instance[];

/** It has something to tell that nobody was told yet, and would take it along if it were forgotten. */
export const isWaiting = (kind: AnyRuleKind | undefined, { state, open }: Instance): boolean =>
  kind?.onLeave !== undefined && state !== undefined && !open;

/** Shared by all who remember nothing: most homes, most of the time. */
export const NO_SLOTS: Slots = [];

/** What the rule in this place of the set remembers. */
export function slotAt(slots: Slots, place: number): Instance | undefined {
  for (let i = 0; i < slots.length; i++) {
    const instance = slots[i] as Instance;
    if (instance.place === place) return instance;
  }
  return undefined;
}

export function withSlot(slots: Slots, instance: Instance): Slots {
  if (slots.length === 0) return [instance];
  const others = withoutSlot(slots, instance.place);
  const before = others.filter(({ place }) => place < instance.place);
  return before.concat(instance, others.slice(before.length));
}

export function withoutSlot(slots: Slots, place: number): Slots {
  const others = slots.filter((instance) => instance.place !== place);
  return others.length > 0 ? others : NO_SLOTS;
}

export interface RuleDevice extends DeviceView {
  readonly id: string;
  slots: Slots;
}

/** A home, a gateway or an area as the engine sees it. */
export interface RuleSubject {
  readonly id: string;
  /** Empty for a gateway or an area. */
  readonly home: string;
  readonly path: string;
  readonly timeZone: string;
  readonly devices: readonly RuleDevice[];
  readonly meters: number;
  readonly gateway: GatewayView | undefined;
  readonly area: AreaView | undefined;
  readonly away: readonly AwayPeriod[];
  readonly visits: VisitBook | undefined;
  /** Since when no device hangs in the home, by our clock; undefined where one does. */
  readonly unwatchedSince: number | undefined;
  slots: Slots;
  /** One of its open alerts may be judged by an earlier rule set. */
  frozen: boolean;
  nextAlert: number;
}

/** What a handler wants of a device. */
export interface DeviceCommand {
  readonly device: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** For what only ends here. */
export const NO_VARIANT: Variant = { params: {}, priority: 'P4', metrics: IdSet.none, events: IdSet.none };

export function holders(subject: RuleSubject): readonly { slots: Slots }[] {
  return [subject, ...subject.devices];
}

/** The device that a place of slots belongs to; undefined for the home's own. */
export const deviceOf = (subject: RuleSubject, holder: { slots: Slots }): RuleDevice | undefined =>
  holder === subject ? undefined : (holder as RuleDevice);

export function variantFor(rule: CompiledRule, home: string): Variant | undefined {
  if (rule.overrides.size > 0 && rule.overrides.has(home)) return rule.overrides.get(home);
  return rule.base;
}

const thawedVariants = new WeakMap<FrozenRule, Variant>();

export function thawed(kind: AnyRuleKind, frozen: FrozenRule): Variant {
  let variant = thawedVariants.get(frozen);
  if (!variant) {
    variant = frozenVariant(kind, frozen.params, frozen.priority);
    thawedVariants.set(frozen, variant);
  }
  return variant;
}

export function sameVariant(a: Variant, b: Variant | undefined): boolean {
  if (a === b) return true;
  return (
    b !== undefined && a.priority === b.priority && JSON.stringify(a.params) === JSON.stringify(b.params)
  );
}

/** What an open alert was raised under, else what the set in force says for this home. */
export function variantAt(
  rule: CompiledRule,
  { frozen, home }: RuleSubject,
  { slots }: { slots: Slots },
  index: number,
): Variant | undefined {
  const kept = frozen ? slotAt(slots, index)?.frozen : undefined;
  return kept ? thawed(rule.kind, kept) : variantFor(rule, home);
}
