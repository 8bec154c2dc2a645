import type { ClearReason, Priority } from '../model/alert.ts';
import type { Gate } from '../model/gates.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { callIn, type HeldCall } from './calls.ts';
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
import { awayBetween, type ClosedGate, closedGate, lastReturn, unusualBetween } from './gates.ts';
import {
  type AlertChange,
  type AlertDraft,
  type DeviceCommand,
  holders,
  type Instance,
  type RuleDevice,
  type RuleSubject,
  type Slots,
  slotAt,
  variantFor,
  withoutSlot,
  withSlot,
} from './instance.ts';
import { countsWater } from './water-meters.ts';

const HISTORY_MAX = 20;

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

  constructor(heldBack: Map<string, Map<Gate, number>>) {
    this.#heldBack = heldBack;
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
  }

  /** Forgets an instance that remembers nothing, so that a quiet home costs nothing. */
  leave(): void {
    const instance = this.#instance;
    if (!instance) return;
    const blank =
      instance.state === undefined &&
      !instance.open &&
      instance.due === 0 &&
      instance.latchedUntil === 0 &&
      !instance.held;
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
    if (this.device) this.commands.push({ device: this.device.id, payload });
  }

  raise(finding: Finding): void {
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
    const draft = this.#draft(finding);
    instance.open = { draft, at: finding.at };
    this.#tell('raised', draft);
  }

  /** Raises what a gate kept back until now. How old its readings are has changed meanwhile. */
  release(finding: Finding, foundAt: number): void {
    const { evidence } = finding;
    this.#own().held = undefined;
    const freshness =
      evidence.freshnessMs === undefined
        ? evidence
        : { ...evidence, freshnessMs: evidence.freshnessMs + this.now - foundAt };
    this.raise({ ...finding, evidence: freshness });
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
    open.at = Math.max(open.at, finding.at);
    open.draft = {
      ...open.draft,
      count: open.draft.count + 1,
      version: open.draft.version + 1,
      evidence: finding.evidence,
    };
    this.#tell('updated', open.draft);
  }

  amend(finding: Finding, news?: Text): void {
    const open = this.#instance?.open;
    if (!open || open.draft.evidence.text.zh === finding.evidence.text.zh) return;
    open.draft = { ...this.#corrected(open.draft, finding), since: finding.since };
    open.at = finding.at;
    this.#tell('updated', open.draft, news);
  }

  clear(reason: ClearReason): void {
    const instance = this.#instance;
    if (!instance) return;
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
  #move(instance: Instance, open: { draft: AlertDraft; at: number }, finding: Finding): void {
    const { draft } = open;
    const priority = graver(finding.priority ?? draft.priority, draft.priority);
    if (finding.since >= draft.since && priority === draft.priority) return;
    const since = Math.min(finding.since, draft.since);
    instance.open = { at: finding.at, draft: { ...this.#corrected(draft, finding), since, priority } };
    this.#tell('updated', instance.open.draft);
  }

  /** With what the finding rests on now; what was said before stays in the history. */
  #corrected(draft: AlertDraft, { evidence }: Finding): AlertDraft {
    const { since, priority, version } = draft;
    const before = { at: this.now, since, priority, text: draft.evidence.text };
    const history = [...draft.history, before].slice(-HISTORY_MAX);
    return { ...draft, evidence, version: version + 1, history };
  }

  #draft(finding: Finding): AlertDraft {
    const subject = this.#subject;
    const { kind, id } = this.#rule;
    return {
      id: `${subject.id}.a${subject.nextAlert++}`,
      subject: subject.id,
      home: subject.home,
      ...(this.#holder !== subject && this.device ? { device: this.device.id } : {}),
      path: subject.path,
      rule: id,
      ruleKind: kind.kind,
      ruleSetVersion: this.#rules.version,
      ruleSetContent: this.#rules.content,
      ...(this.#rule.shadow ? { shadow: true as const } : {}),
      about: subject.home === '' ? 'area' : (finding.about ?? kind.about),
      priority: finding.priority ?? this.#variant.priority,
      title: finding.title ?? kind.title,
      since: finding.since,
      raisedAt: this.now,
      evidence: finding.evidence,
      count: 1,
      version: 1,
      history: [],
    };
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

function openFinding(draft: AlertDraft): OpenFinding {
  return {
    rule: draft.rule,
    kind: draft.ruleKind,
    about: draft.about,
    priority: draft.priority,
    device: draft.device,
    since: draft.since,
    raisedAt: draft.raisedAt,
    text: draft.evidence.text,
    shadow: draft.shadow === true,
  };
}

const graver = (a: Priority, b: Priority): Priority => (a < b ? a : b);
