import type { ClearReason, Priority } from '../model/alert.ts';
import type { Gate } from '../model/gates.ts';
import type { IdSet } from '../model/id-set.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { callIn, callsLost, type HeldCall } from './calls.ts';
import type { CompiledRule, CompiledRules, Variant } from './compile.ts';
import type {
  AreaView,
  DeviceView,
  Finding,
  GatewayView,
  HomeView,
  OpenFinding,
  RuleContext,
} from './define.ts';
import { agedBy, assertSound, corrected, newDraft, openFinding, repeated } from './drafts.ts';
import { type Faults, faultAfter, type Handler, isFaulty, memoryText } from './faults.ts';
import { awayBetween, type ClosedGate, closedGate, lastReturn, unusualBetween } from './gates.ts';
import {
  type AlertChange,
  type AlertDraft,
  type DeviceCommand,
  holders,
  type Instance,
  isWaiting,
  type OpenAlert,
  type RuleDevice,
  type RuleSubject,
  type Slots,
  slotAt,
  variantFor,
  withoutSlot,
  withSlot,
} from './instance.ts';
import { Undo } from './undo.ts';
import { countsWater } from './water-meters.ts';

/** The context that handlers get: one object for all calls, pointed at the rule and place at hand. */
export class Run implements RuleContext<unknown, unknown> {
  now = 0;
  late = false;
  listeningSince = 0;
  deafSince: number | undefined;
  quiet = false;
  changes: AlertChange[] = [];
  commands: DeviceCommand[] = [];
  heldCalls: HeldCall[] = [];
  earliestWake = Number.POSITIVE_INFINITY;
  dueMoved = false;
  device: RuleDevice | undefined;
  #subject!: RuleSubject;
  #rules!: CompiledRules;
  #rule!: CompiledRule;
  #variant!: Variant;
  #index = 0;
  #holder!: { slots: Slots };
  #instance: Instance | undefined;
  #waterMeters: readonly DeviceView[] | undefined;
  /** The list of one meter, of whichever home it is. */
  readonly #onlyMeter: DeviceView[] = [];
  readonly #heldBack: Map<string, Map<Gate, number>>;
  readonly #faults: Faults;
  readonly #undo = new Undo();

  constructor(heldBack: Map<string, Map<Gate, number>>, faults: Faults) {
    this.#heldBack = heldBack;
    this.#faults = faults;
  }

  begin(
    subject: RuleSubject,
    rules: CompiledRules,
    now: number,
    late: boolean,
    { listeningSince, deafSince }: Pick<RuleContext<unknown, unknown>, 'listeningSince' | 'deafSince'>,
  ): this {
    this.#subject = subject;
    this.#rules = rules;
    this.now = now;
    this.late = late;
    this.listeningSince = listeningSince;
    this.deafSince = deafSince;
    this.quiet = false;
    this.#waterMeters = undefined;
    if (this.changes.length > 0) this.changes = [];
    if (this.commands.length > 0) this.commands = [];
    if (this.heldCalls.length > 0) this.heldCalls = [];
    this.earliestWake = Number.POSITIVE_INFINITY;
    this.dueMoved = false;
    return this;
  }

  enter(
    rule: CompiledRule,
    variant: Variant,
    index: number,
    device: RuleDevice | undefined,
    holder: { slots: Slots },
  ): void {
    this.#rule = rule;
    this.#variant = variant;
    this.#index = index;
    this.device = device;
    this.#holder = holder;
    this.#instance = slotAt(holder.slots, index);
    this.#undo.begin(this.#instance);
  }

  /** Lets the rule at hand do what it does then. */
  call(on: Exclude<Handler, 'onReport'>): void {
    try {
      this.#rule.kind[on]?.(this);
    } catch (error) {
      this.failed(on, error);
    }
  }

  /**
   * The rule at hand failed half way: nothing is left of what it did, and it begins anew with the next input. What waited in it is told
   * while it is known, and what is open stays so, for it has forgotten when that ends.
   *
   * @param events of the report that was at hand
   */
  failed(on: Handler, error: unknown, events?: IdSet): void {
    const rule = this.#rule;
    this.#undo.takeBack(this.#instance, this, this.#subject);
    this.#faults.note(rule, this.#subject, { on, device: this.device?.id, at: this.now, error });
    const instance = this.#own();
    const before = this.#undo.remembered;
    const state = memoryText(instance.state ?? before);
    const fault = faultAfter(instance.fault, this.now, { on, error, state });
    // What waited stands in what it remembered before: half way it may have forgotten that.
    instance.state = before ?? instance.state;
    const isLost = isWaiting(rule.kind, instance) && (on === 'onLeave' || !this.#tellsWhatWaited());
    const waited = isLost ? (memoryText(before) ?? state ?? '') : undefined;
    if (this.device) this.heldCalls.push(...callsLost(rule, this.#variant, this.device, events, waited));
    instance.state = undefined;
    instance.due = 0;
    instance.fault = fault;
    // One on trial is seen by nobody who would end it.
    if (instance.open && !rule.shadow) instance.open.kept = true;
    // Its rest ends at an instant of its own.
    this.dueMoved = true;
  }

  #tellsWhatWaited(): boolean {
    try {
      this.#rule.kind.onLeave?.(this);
      return true;
    } catch {
      this.#undo.takeBack(this.#instance, this, this.#subject);
      return false;
    }
  }

  #keep(): void {
    this.#undo.keep(this.#instance, this);
  }

  /** Forgets an instance that remembers nothing, so that a quiet home costs nothing. */
  leave(): void {
    const instance = this.#instance;
    if (!instance) return;
    if (instance.fault && !isFaulty(instance.fault, this.now)) instance.fault = undefined;
    const blank =
      instance.state === undefined &&
      !instance.open &&
      instance.due === 0 &&
      instance.latchedUntil === 0 &&
      !instance.held &&
      !instance.fault;
    // What is off here lived on for the sake of an open alert alone.
    const over = !instance.open && this.#wasOff;
    if (blank || over) this.#holder.slots = withoutSlot(this.#holder.slots, this.#index);
  }

  /** The rule does not run here any more but for an alert that was open when it was switched off. */
  get #wasOff(): boolean {
    return variantFor(this.#rule, this.#subject.home) === undefined;
  }

  get params(): unknown {
    return this.#variant.params;
  }
  get priority(): Priority {
    return this.#variant.priority;
  }
  get devices(): readonly DeviceView[] {
    return this.#subject.devices;
  }
  /** Found once for all rules. Where the only one has just reported, nobody looks at the other devices. */
  get waterMeters(): readonly DeviceView[] {
    if (this.#waterMeters) return this.#waterMeters;
    const { devices, meters } = this.#subject;
    if (meters === 1 && this.device?.state.water) {
      this.#onlyMeter[0] = this.device;
      this.#waterMeters = this.#onlyMeter;
    } else this.#waterMeters = devices.filter(countsWater);
    return this.#waterMeters;
  }
  get gateway(): GatewayView | undefined {
    return this.#subject.gateway;
  }
  get area(): AreaView | undefined {
    return this.#subject.area;
  }
  get home(): HomeView {
    return this.#subject;
  }
  get unwatchedSince(): number | undefined {
    return this.#subject.unwatchedSince;
  }
  get timeZone(): string {
    return this.#subject.timeZone;
  }
  get state(): unknown {
    return this.#instance?.state;
  }
  set state(value: unknown) {
    if (value === undefined && !this.#instance) return;
    this.#own().state = value;
  }
  get open() {
    const open = this.#instance?.open;
    if (!open) return undefined;
    const { since, raisedAt, priority } = open.draft;
    return { since, raisedAt, priority, at: open.at };
  }

  get away(): AwayPeriod | undefined {
    return awayBetween(this.#subject.away, this.now, this.now);
  }
  get presentSince(): number {
    return lastReturn(this.#subject.away, this.now);
  }
  wasUnusual(from: number, to: number): boolean {
    return unusualBetween(this.#subject.away, from, to);
  }

  learnedBy(kind: string): unknown {
    const { rules } = this.#rules;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as CompiledRule;
      if (rule.kind.kind !== kind || rule.shadow || rule.gates.hours || rule.gates.arming) continue;
      if (variantFor(rule, this.#subject.home)) return slotAt(this.#subject.slots, index)?.state;
    }
    return undefined;
  }

  findings(): readonly OpenFinding[] {
    const found: { readonly index: number; readonly finding: OpenFinding }[] = [];
    for (const { slots } of holders(this.#subject))
      for (const { open, place } of slots)
        if (open && (this.#rule.shadow || !open.draft.shadow))
          found.push({ index: place, finding: openFinding(open.draft) });
    return found.sort((a, b) => a.index - b.index).map(({ finding }) => finding);
  }

  get waits(): boolean {
    return this.#instance !== undefined && this.#instance.latchedUntil > this.now;
  }

  get wakesAt(): number {
    return this.#instance?.due ?? 0;
  }

  wakeAt(instant: number): void {
    if (instant === 0 && !this.#instance) return;
    // What is no number would be never: see `dated` in due-dates.ts.
    const due = Number.isNaN(instant) ? this.now : instant;
    this.#own().due = due;
    if (due > 0 && due < this.earliestWake) this.earliestWake = due;
  }

  command(payload: Readonly<Record<string, unknown>>): void {
    if (!this.device) return;
    this.#keep();
    this.commands.push({ device: this.device.id, payload });
  }

  raise(finding: Finding): void {
    assertSound(finding);
    this.#keep();
    const instance = this.#own();
    if (instance.open) {
      this.#move(instance, instance.open, finding);
      return;
    }
    const priority = finding.priority ?? this.#variant.priority;
    const isNews = instance.latchedAt !== undefined && priority < instance.latchedAt;
    if (instance.latchedUntil > this.now && !isNews) return;
    const concerned = this.device ? [this.device] : this.#subject.devices;
    const closed = closedGate(this.#rule, this.#subject, concerned, finding, this.now);
    if (closed) {
      this.#hold(instance, closed, finding);
      return;
    }
    instance.held = undefined;
    instance.latchedUntil = 0;
    const own = this.#holder === this.#subject ? undefined : this.device;
    const { priority: usual } = this.#variant;
    const draft = newDraft(this.#subject, this.#rules, this.#rule, usual, own, finding, this.now);
    instance.open = { draft, at: finding.at };
    this.#tell('raised', draft);
  }

  /** Raises what a gate kept back until now. How old its readings are has changed meanwhile. */
  release(finding: Finding, foundAt: number): void {
    this.#own().held = undefined;
    try {
      this.raise(agedBy(finding, this.now - foundAt));
    } catch (error) {
      this.failed('onTimer', error);
    }
  }

  #hold(instance: Instance, { gate, opensAt }: ClosedGate, finding: Finding): void {
    const before = instance.held;
    if (before?.gate !== gate) {
      const counts = this.#heldBack.get(this.#rule.id) ?? new Map<Gate, number>();
      counts.set(gate, (counts.get(gate) ?? 0) + 1);
      this.#heldBack.set(this.#rule.id, counts);
    }
    const since = before?.gate === gate ? before.since : this.now;
    instance.held = { gate, since, at: this.now, opensAt, ...(opensAt > 0 ? { finding } : {}) };
    if (opensAt > 0 && opensAt < this.earliestWake) this.earliestWake = opensAt;
    const call = callIn(this.#rule, finding);
    if (call && this.device) this.heldCalls.push({ device: this.device.id, call, rule: this.#rule.id, gate });
  }

  again(finding: Finding): void {
    const open = this.#instance?.open;
    if (!open) return;
    this.#keep();
    open.at = Math.max(open.at, finding.at);
    open.draft = repeated(open.draft, finding);
    this.#tell('updated', open.draft);
  }

  amend(finding: Finding, news?: Text): void {
    const open = this.#instance?.open;
    if (!open || open.draft.evidence.text.zh === finding.evidence.text.zh) return;
    this.#keep();
    open.draft = { ...corrected(open.draft, finding, this.now), since: finding.since };
    open.at = finding.at;
    this.#tell('updated', open.draft, news);
  }

  clear(reason: ClearReason): void {
    const instance = this.#instance;
    if (!instance || instance.open?.kept) return;
    if (!instance.open && instance.latchedUntil === 0 && !instance.held) return;
    this.#keep();
    // A deadline counts again that waited for people's "resolved", or for a gate.
    if (instance.latchedUntil > 0 || instance.held) this.dueMoved = true;
    instance.latchedUntil = 0;
    instance.held = undefined;
    if (instance.open) this.close(reason);
  }

  close(reason: ClearReason): void {
    const instance = this.#own();
    if (!instance.open) return;
    const { draft } = instance.open;
    instance.open = undefined;
    instance.frozen = undefined;
    this.dueMoved = true;
    const closed = { ...draft, clearedAt: this.now, clearReason: reason, version: draft.version + 1 };
    this.#tell(reason === 'late-data' ? 'withdrawn' : 'cleared', closed);
  }

  /** Late data moved the beginning, or the finding became graver: the earlier version stays in the history. */
  #move(instance: Instance, open: OpenAlert, finding: Finding): void {
    const { draft } = open;
    const priority = graver(finding.priority ?? draft.priority, draft.priority);
    if (finding.since >= draft.since && priority === draft.priority) return;
    const since = Math.min(finding.since, draft.since);
    const moved = { ...corrected(draft, finding, this.now), since, priority };
    instance.open = { ...open, at: finding.at, draft: moved };
    this.#tell('updated', moved);
  }

  #tell(change: AlertChange['change'], draft: AlertDraft, news?: Text): void {
    this.changes.push({ change, draft, quiet: this.quiet, ...(news ? { news } : {}) });
  }

  #own(): Instance {
    if (!this.#instance) {
      this.#instance = { place: this.#index, state: undefined, due: 0, open: undefined, latchedUntil: 0 };
      this.#holder.slots = withSlot(this.#holder.slots, this.#instance);
    }
    return this.#instance;
  }
}

const graver = (a: Priority, b: Priority): Priority => (a < b ? a : b);
