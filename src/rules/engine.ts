import type { Alert, ClearReason, Priority } from '../model/alert.ts';
import type { Report } from '../model/message.ts';
import type { AnyRuleKind, CompiledRule, CompiledRules, Variant } from './compile.ts';
import { eventBit, metricBit } from './compile.ts';
import type { DeviceView, Finding, GatewayView, RuleContext } from './define.ts';

/** An alert before it has found its case. */
export type AlertDraft = Omit<Alert, 'case'>;

export interface AlertChange {
  readonly change: 'raised' | 'updated' | 'cleared' | 'withdrawn';
  readonly draft: AlertDraft;
  /** Resolved by people: its case is closed already. */
  readonly quiet: boolean;
}

/** What one rule remembers of one home or device. Exists only while there is something to remember. */
export interface Instance {
  state: unknown;
  /** When onTimer is called; 0: never. */
  due: number;
  open: { draft: AlertDraft; at: number } | undefined;
  /** People said "resolved" while the finding held: it is not raised again before this, unless it ends or grows graver. */
  latchedUntil: number;
  /** How grave it was when they said so. */
  latchedAt?: Priority | undefined;
}

/** Instances by the place of their rule in the set. */
export type Slots = (Instance | undefined)[];

/** Shared by all who remember nothing: most homes, most of the time. Never written to. */
export const NO_SLOTS: Slots = [];

export interface RuleDevice extends DeviceView {
  readonly id: string;
  slots: Slots;
}

/** A home or gateway as the engine sees it. */
export interface RuleSubject {
  readonly id: string;
  /** Empty for a gateway. */
  readonly home: string;
  readonly path: string;
  readonly timeZone: string;
  readonly devices: readonly RuleDevice[];
  readonly gateway: GatewayView | undefined;
  slots: Slots;
  nextAlert: number;
}

/** What a handler wants of a device. */
export interface DeviceCommand {
  readonly device: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A finding that people resolved while it still held is raised anew after this long (domain practice: 12 hours). */
const REARM_MS = 12 * 3_600_000;
const HISTORY_MAX = 20;

/** Runs the compiled rules over subjects. Holds no subject itself, and no time. */
export class RuleEngine {
  #rules: CompiledRules;
  readonly #run: Run;
  listeningSince = 0;

  constructor(rules: CompiledRules) {
    this.#rules = rules;
    this.#run = new Run();
  }

  get rules(): CompiledRules {
    return this.#rules;
  }

  /** A report of one device of the home. The changes are in the order of the rules. */
  report(
    subject: RuleSubject,
    device: RuleDevice,
    report: Report,
    late: boolean,
    now: number,
  ): readonly AlertChange[] {
    let metrics = 0;
    for (const reading of report.readings) metrics |= metricBit(reading.metric);
    let events = 0;
    for (const event of report.events) events |= eventBit(event.event);
    const run = this.#begin(subject, now, late);
    const { rules } = this.#rules;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as CompiledRule;
      const variant = variantFor(rule, subject.home);
      if (variant === undefined || ((variant.metrics & metrics) | (variant.events & events)) === 0) continue;
      const { onReport, scope } = rule.kind;
      if (!onReport) continue;
      run.enter(rule, variant, index, device, scope === 'home' ? subject : device);
      onReport(run, report);
      run.leave();
    }
    return run.changes;
  }

  /** Something came through the gateway: rules that watch gateways look at it. */
  gatewayHeard(subject: RuleSubject, report: Report, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    this.#rules.rules.forEach((rule, index) => {
      const variant = variantFor(rule, '');
      if (!variant || rule.kind.scope !== 'device-and-gateway' || !rule.kind.onReport) return;
      run.enter(rule, variant, index, undefined, subject);
      rule.kind.onReport(run, report);
      run.leave();
    });
    return run.changes;
  }

  /** Fires all that is due at `now`. */
  timers(subject: RuleSubject, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    this.#eachWatch(subject, (rule, variant, index, device, holder) => {
      const instance = holder.slots[index];
      if (this.#dueOf(rule.kind, variant, instance, device ?? subject.gateway) > now || !rule.kind.onTimer)
        return;
      if (instance) {
        instance.due = 0;
        // The wait after people's "resolved" ends here: left standing, it would be due for ever.
        if (instance.latchedUntil <= now) instance.latchedUntil = 0;
      }
      run.enter(rule, variant, index, device, holder);
      rule.kind.onTimer(run);
      run.leave();
    });
    return run.changes;
  }

  /** The next instant at which something of this subject is due; Infinity: nothing. */
  nextDue(subject: RuleSubject): number {
    let next = Number.POSITIVE_INFINITY;
    this.#eachWatch(subject, (rule, variant, index, device, holder) => {
      const due = this.#dueOf(rule.kind, variant, holder.slots[index], device ?? subject.gateway);
      if (due < next) next = due;
    });
    return next;
  }

  /** The earliest timer that the last call set, so that the caller can file it; Infinity if it set none. */
  get earliestWake(): number {
    return this.#run.earliestWake;
  }

  /** Something ended in the last call: deadlines that waited for it count again, and the subject must be filed anew. */
  get dueMoved(): boolean {
    return this.#run.dueMoved;
  }

  get commands(): readonly DeviceCommand[] {
    return this.#run.commands;
  }

  /** People closed these alerts. Lasting conditions that still hold are raised again after REARM_MS, or once they had ended. */
  resolve(subject: RuleSubject, alerts: readonly string[], now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    run.quiet = true;
    this.#eachInstance(subject, (rule, variant, index, device, holder, instance) => {
      if (!instance.open || !alerts.includes(instance.open.draft.id)) return;
      run.enter(rule, variant, index, device, holder);
      const { priority } = instance.open.draft;
      run.close('resolved');
      // A second press of an SOS button is a second emergency: only lasting conditions wait.
      if (!rule.kind.momentary?.(variant.params)) {
        instance.latchedUntil = now + REARM_MS;
        instance.latchedAt = priority;
      }
      run.leave();
    });
    return run.changes;
  }

  /** Ends what is open about a device or home that leaves the registry. */
  remove(subject: RuleSubject, device: RuleDevice | undefined, now: number): readonly AlertChange[] {
    return this.#closeWhere(subject, now, 'removed', (holder) => device === undefined || holder === device);
  }

  /** Puts another set in force. The slots of each subject must be moved with `migrate` before they are used again. */
  replace(rules: CompiledRules): void {
    this.#rules = rules;
  }

  /** Moves the slots of a subject from the old set to the present one; what has no rule any more is closed. */
  migrate(subject: RuleSubject, from: CompiledRules, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    const place = new Map(this.#rules.rules.map((rule, index) => [`${rule.id}/${rule.kind.kind}`, index]));
    for (const holder of holders(subject)) {
      const moved: Slots = [];
      holder.slots.forEach((instance, index) => {
        if (!instance) return;
        const old = from.rules[index] as CompiledRule;
        const target = place.get(`${old.id}/${old.kind.kind}`);
        const rule = target === undefined ? undefined : this.#rules.rules[target];
        if (target !== undefined && rule && variantFor(rule, subject.home)) moved[target] = instance;
        else if (instance.open) {
          run.enter(old, NO_VARIANT, index, holder === subject ? undefined : (holder as RuleDevice), holder);
          run.close('rule-changed');
          run.leave();
        }
      });
      holder.slots = moved.length > 0 ? moved : NO_SLOTS;
    }
    return run.changes;
  }

  #closeWhere(
    subject: RuleSubject,
    now: number,
    reason: ClearReason,
    which: (holder: { slots: Slots }) => boolean,
  ): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    this.#eachInstance(subject, (rule, variant, index, device, holder, instance) => {
      if (!which(holder)) return;
      run.enter(rule, variant, index, device, holder);
      if (instance.open) run.close(reason);
      instance.state = undefined;
      instance.due = 0;
      instance.latchedUntil = 0;
      run.leave();
    });
    return run.changes;
  }

  #begin(subject: RuleSubject, now: number, late: boolean): Run {
    return this.#run.begin(subject, this.#rules.version, now, late, this.listeningSince);
  }

  /** When this rule wants to be called about this watch: its own timer first, else the deadline of its kind. */
  #dueOf(
    kind: AnyRuleKind,
    variant: Variant,
    instance: Instance | undefined,
    watched: DeviceView | GatewayView | undefined,
  ): number {
    if (instance && instance.due > 0) return instance.due;
    if (!kind.deadline || instance?.open || watched === undefined) return Number.POSITIVE_INFINITY;
    if (instance && instance.latchedUntil > 0) return instance.latchedUntil;
    return kind.deadline(watched, variant.params, this.listeningSince) ?? Number.POSITIVE_INFINITY;
  }

  /** Each place where a rule may have something due: with an instance, or with a deadline. */
  #eachWatch(
    subject: RuleSubject,
    visit: (
      rule: CompiledRule,
      variant: Variant,
      index: number,
      device: RuleDevice | undefined,
      holder: { slots: Slots },
    ) => void,
  ): void {
    const { rules } = this.#rules;
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index] as CompiledRule;
      const variant = variantFor(rule, subject.home);
      if (variant === undefined) continue;
      const { kind } = rule;
      if (subject.gateway) {
        if (kind.scope === 'device-and-gateway') visit(rule, variant, index, undefined, subject);
      } else if (kind.scope === 'home') {
        if (subject.slots[index]) visit(rule, variant, index, undefined, subject);
      } else {
        for (const device of subject.devices) {
          if (kind.deadline || device.slots[index]) visit(rule, variant, index, device, device);
        }
      }
    }
  }

  #eachInstance(
    subject: RuleSubject,
    visit: (
      rule: CompiledRule,
      variant: Variant,
      index: number,
      device: RuleDevice | undefined,
      holder: { slots: Slots },
      instance: Instance,
    ) => void,
  ): void {
    for (const holder of holders(subject)) {
      holder.slots.forEach((instance, index) => {
        const rule = this.#rules.rules[index];
        if (!instance || !rule) return;
        const variant = variantFor(rule, subject.home) ?? NO_VARIANT;
        visit(
          rule,
          variant,
          index,
          holder === subject ? undefined : (holder as RuleDevice),
          holder,
          instance,
        );
      });
    }
  }
}

const NO_VARIANT: Variant = { params: {}, priority: 'P4', metrics: 0, events: 0 };

function holders(subject: RuleSubject): readonly { slots: Slots }[] {
  return [subject, ...subject.devices];
}

function variantFor(rule: CompiledRule, home: string): Variant | undefined {
  if (rule.overrides.size > 0 && rule.overrides.has(home)) return rule.overrides.get(home);
  return rule.base;
}

/** The context that handlers get: one object for all calls, pointed at the rule and place at hand. */
class Run implements RuleContext<unknown, unknown> {
  now = 0;
  late = false;
  listeningSince = 0;
  quiet = false;
  changes: AlertChange[] = [];
  commands: DeviceCommand[] = [];
  earliestWake = Number.POSITIVE_INFINITY;
  dueMoved = false;
  device: RuleDevice | undefined;
  #subject!: RuleSubject;
  #version = '';
  #rule!: CompiledRule;
  #variant!: Variant;
  #index = 0;
  #holder!: { slots: Slots };
  #instance: Instance | undefined;

  begin(subject: RuleSubject, version: string, now: number, late: boolean, listeningSince: number): this {
    this.#subject = subject;
    this.#version = version;
    this.now = now;
    this.late = late;
    this.listeningSince = listeningSince;
    this.quiet = false;
    if (this.changes.length > 0) this.changes = [];
    if (this.commands.length > 0) this.commands = [];
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
    this.#instance = holder.slots[index];
  }

  /** Forgets an instance that remembers nothing, so that a quiet home costs nothing. */
  leave(): void {
    const instance = this.#instance;
    if (!instance) return;
    const blank =
      instance.state === undefined && !instance.open && instance.due === 0 && instance.latchedUntil === 0;
    if (blank) this.#holder.slots[this.#index] = undefined;
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
  get gateway(): GatewayView | undefined {
    return this.#subject.gateway;
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

  get waits(): boolean {
    return this.#instance !== undefined && this.#instance.latchedUntil > this.now;
  }

  wakeAt(instant: number): void {
    if (instant === 0 && !this.#instance) return;
    this.#own().due = instant;
    if (instant > 0 && instant < this.earliestWake) this.earliestWake = instant;
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
    instance.latchedUntil = 0;
    const draft = this.#draft(finding);
    instance.open = { draft, at: finding.at };
    this.#tell('raised', draft);
  }

  again(finding: Finding): void {
    const open = this.#instance?.open;
    if (!open) return;
    open.draft = {
      ...open.draft,
      count: open.draft.count + 1,
      version: open.draft.version + 1,
      evidence: finding.evidence,
    };
    this.#tell('updated', open.draft);
  }

  clear(reason: ClearReason): void {
    const instance = this.#instance;
    if (!instance) return;
    if (instance.latchedUntil > 0) this.dueMoved = true;
    instance.latchedUntil = 0;
    if (instance.open) this.close(reason);
  }

  close(reason: ClearReason): void {
    const instance = this.#own();
    if (!instance.open) return;
    const { draft } = instance.open;
    instance.open = undefined;
    this.dueMoved = true;
    const closed = { ...draft, clearedAt: this.now, clearReason: reason, version: draft.version + 1 };
    this.#tell(reason === 'late-data' ? 'withdrawn' : 'cleared', closed);
  }

  /** Late data moved the beginning, or the finding became graver: the earlier version stays in the history. */
  #move(instance: Instance, open: { draft: AlertDraft; at: number }, finding: Finding): void {
    const { draft } = open;
    const priority = graver(finding.priority ?? draft.priority, draft.priority);
    if (finding.since >= draft.since && priority === draft.priority) return;
    const before = { at: this.now, since: draft.since, priority: draft.priority, text: draft.evidence.text };
    instance.open = {
      at: finding.at,
      draft: {
        ...draft,
        since: Math.min(finding.since, draft.since),
        priority,
        evidence: finding.evidence,
        version: draft.version + 1,
        history: [...draft.history, before].slice(-HISTORY_MAX),
      },
    };
    this.#tell('updated', instance.open.draft);
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
      ruleSetVersion: this.#version,
      about: subject.gateway ? 'area' : (finding.about ?? kind.about),
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

  #tell(change: AlertChange['change'], draft: AlertDraft): void {
    this.changes.push({ change, draft, quiet: this.quiet });
  }

  #own(): Instance {
    if (!this.#instance) {
      this.#instance = { state: undefined, due: 0, open: undefined, latchedUntil: 0 };
      if (this.#holder.slots === NO_SLOTS) this.#holder.slots = [];
      this.#holder.slots[this.#index] = this.#instance;
    }
    return this.#instance;
  }
}

const graver = (a: Priority, b: Priority): Priority => (a < b ? a : b);
