import type { ClearReason } from '../model/alert.ts';
import type { Gate } from '../model/gates.ts';
import type { IdSet } from '../model/id-set.ts';
import type { Report } from '../model/message.ts';
import type { HeldCall } from './calls.ts';
import type { CompiledRule, CompiledRules, Variant } from './compile.ts';
import { dueOf, dueRules, eachWatch, nextDue, watchesWhole, wholeOf } from './due-dates.ts';
import { Faults, safely } from './faults.ts';
import { type Hearer, Hearers, hears } from './hearers.ts';
import {
  type AlertChange,
  type AlertDraft,
  type DeviceCommand,
  deviceOf,
  holders,
  type Instance,
  isWaiting,
  NO_SLOTS,
  NO_VARIANT,
  type RuleDevice,
  type RuleSubject,
  type Slots,
  sameVariant,
  slotAt,
  thawed,
  variantAt,
  variantFor,
} from './instance.ts';
import { askAnew, waitsByOthers } from './other-limits.ts';
import { RulePlaces } from './rule-places.ts';
import { Run } from './run.ts';

/** A finding that people resolved while it still held is raised anew after this long (domain practice: 12 hours). */
const REARM_MS = 12 * 3_600_000;

/** What was taken of a report, with its metrics and events. */
export interface Admitted {
  readonly accepted: Report | undefined;
  readonly metrics: IdSet;
  readonly events: IdSet;
  /** It holds something older than the newest reading before. */
  readonly late: boolean;
}

const NO_CHANGES: readonly AlertChange[] = [];

/** Runs the compiled rules over subjects. Holds no subject itself, and no time. */
export class RuleEngine {
  #rules: CompiledRules;
  #hearers: Hearers;
  readonly #run: Run;
  readonly #places = new RulePlaces();
  listeningSince = 0;
  /** Until when we listened before; undefined: that is not known. */
  deafSince: number | undefined;
  /** Findings that a gate kept back, by rule and gate; each counts once until it is found no more. */
  readonly heldBack = new Map<string, Map<Gate, number>>();

  /** Rules that failed where they ran. */
  readonly faults: Faults;

  /** @param contained a rule that fails begins anew in that home; otherwise whoever runs it hears of it at once */
  constructor(rules: CompiledRules, contained = false) {
    this.#rules = rules;
    this.#hearers = new Hearers(rules.rules);
    this.faults = new Faults(contained);
    this.#run = new Run(this.heldBack, this.faults);
  }

  get rules(): CompiledRules {
    return this.#rules;
  }

  /** What was admitted of a report of one device of the home. The changes are in the order of the rules. */
  report(
    subject: RuleSubject,
    device: RuleDevice,
    { accepted: report, metrics, events, late }: Admitted,
    now: number,
  ): readonly AlertChange[] {
    if (!report) return NO_CHANGES;
    const run = this.#begin(subject, now, late);
    const { frozen } = subject;
    const hearers = frozen ? this.#hearers.all : this.#hearers.of(device, metrics, events);
    for (let i = 0; i < hearers.length; i++) {
      const { rule, place, variant: common } = hearers[i] as Hearer;
      const holder = rule.scope === 'home' ? subject : device;
      let variant = common;
      if (frozen || common === undefined) {
        variant = variantAt(rule, subject, holder, place);
        // Here other parameters may hold than those by which it was found to hear this.
        if (!variant || !hears(rule.kind, variant, device, metrics, events)) continue;
      }
      run.enter(rule, variant as Variant, place, device, holder);
      try {
        rule.onReport?.(run, report);
      } catch (error) {
        run.failed('onReport', error, events);
      }
      run.leave();
    }
    this.#tellWatchers(subject);
    return run.changes;
  }

  /** Rules that look at what others found are asked when something was found or has ended. */
  #tellWatchers(subject: RuleSubject): void {
    if (this.#run.changes.length > 0) this.#askWatchers(subject);
  }

  #askWatchers(subject: RuleSubject): void {
    const run = this.#run;
    if (subject.home === '') return;
    for (const index of this.#rules.watchers) {
      const rule = this.#rules.rules[index] as CompiledRule;
      const variant = variantAt(rule, subject, subject, index);
      if (!variant) continue;
      run.enter(rule, variant, index, undefined, subject);
      run.call('onFindings');
      run.leave();
    }
  }

  /** Something came through the gateway: rules that watch gateways look at it. */
  gatewayHeard(subject: RuleSubject, report: Report, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    this.#rules.rules.forEach((rule, index) => {
      if (rule.kind.scope !== 'device-and-gateway' || !rule.kind.onReport) return;
      const variant = variantAt(rule, subject, subject, index);
      if (!variant) return;
      run.enter(rule, variant, index, undefined, subject);
      try {
        rule.kind.onReport(run, report);
      } catch (error) {
        run.failed('onReport', error);
      }
      run.leave();
    });
    return run.changes;
  }

  /** People said something of the home. Of a home that nobody wants visited, and none was, there is nothing to look at. */
  homeTold(subject: RuleSubject, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    for (const index of this.#rules.ofHomes) {
      const rule = this.#rules.rules[index] as CompiledRule;
      const variant = variantAt(rule, subject, subject, index);
      if (!variant || !watchesWhole(rule.kind, subject, index)) continue;
      run.enter(rule, variant, index, undefined, subject);
      run.call('onHome');
      run.leave();
    }
    this.#tellWatchers(subject);
    return run.changes;
  }

  /** Fires all that is due at `now`. */
  timers(subject: RuleSubject, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    eachWatch(this.#rules, subject, (rule, variant, index, device, holder) => {
      const instance = slotAt(holder.slots, index);
      if (instance?.held?.finding && instance.held.opensAt <= now) {
        run.enter(rule, variant, index, device, holder);
        // A kind with a deadline is asked anew, below: its gateway may have been found silent meanwhile.
        if (rule.kind.deadline) instance.held = undefined;
        else run.release(instance.held.finding, instance.held.at);
        run.leave();
      }
      const due = dueOf(
        rule.kind,
        variant,
        instance,
        device ?? wholeOf(subject, rule.kind),
        this.listeningSince,
      );
      if (due > now) return;
      if (instance) {
        instance.due = 0;
        // The wait after people's "resolved" ends here, also of a kind that has no timer: left standing, it would be due for ever.
        if (instance.latchedUntil <= now) instance.latchedUntil = 0;
      }
      run.enter(rule, variant, index, device, holder);
      run.call('onTimer');
      run.leave();
    });
    this.#tellWatchers(subject);
    return run.changes;
  }

  /** The next instant at which something of this subject is due; Infinity: nothing. */
  nextDue(subject: RuleSubject): number {
    return nextDue(this.#rules, subject, this.listeningSince);
  }

  /** Ids of the rules that have something due here by then. */
  dueRules(subject: RuleSubject, by: number): string[] {
    return dueRules(this.#rules, subject, by, this.listeningSince);
  }

  /** The earliest timer that the last call set, so that the caller can file it; Infinity if it set none. */
  get earliestWake(): number {
    return this.#run.earliestWake;
  }

  /** Something ended in the last call: deadlines that waited for it count again, and the subject must be filed anew. */
  get dueMoved(): boolean {
    return this.#run.dueMoved;
  }

  /** Calls for help that a gate kept back in the last call. */
  get heldCalls(): readonly HeldCall[] {
    return this.#run.heldCalls;
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

  /** Does what a rule of this kind found here still hold, told or resolved? */
  goesOn({ slots }: RuleSubject, kindName: string): boolean {
    return slots.some(({ place, open, state, latchedUntil }) => {
      const kind = this.#rules.rules[place]?.kind;
      if (kind?.kind !== kindName) return false;
      return (
        open !== undefined || (kind.goesOn ? safely(() => kind.goesOn?.(state), false) : latchedUntil > 0)
      );
    });
  }

  /** Does something wait here that is told when its device leaves? */
  hasWaiting(subject: RuleSubject): boolean {
    return holders(subject).some(({ slots }) =>
      slots.some((instance) => isWaiting(this.#rules.rules[instance.place]?.kind, instance)),
    );
  }

  /** Ends what is open about a device or home that leaves the registry. */
  remove(subject: RuleSubject, device: RuleDevice | undefined, now: number): readonly AlertChange[] {
    return this.#closeWhere(subject, now, 'removed', (holder) => device === undefined || holder === device);
  }

  /** The subject has another place by now: so do its open alerts. Those that were changed. */
  relocate(subject: RuleSubject): readonly AlertDraft[] {
    const { path } = subject;
    return holders(subject).flatMap(({ slots }) =>
      slots.flatMap(({ open }) => {
        if (!open || open.draft.path === path) return [];
        open.draft = { ...open.draft, path, version: open.draft.version + 1 };
        return open.draft;
      }),
    );
  }

  /** Puts another set in force. The slots of each subject must be moved with `migrate` before they are used again. */
  replace(rules: CompiledRules): void {
    this.#rules = rules;
    this.#hearers = new Hearers(rules.rules);
  }

  /**
   * Moves the slots of a subject from the old set to the present one. An open alert stays under what it was raised
   * under until it ends, also where its rule is off or gone now; what else has no rule any more is forgotten.
   */
  migrate(subject: RuleSubject, from: CompiledRules, now: number): readonly AlertChange[] {
    const run = this.#begin(subject, now, false);
    const place = this.#places.of(from, this.#rules);
    for (const holder of holders(subject)) {
      if (holder.slots.length === 0) continue;
      const moved: { readonly instance: Instance; readonly to: number }[] = [];
      const waiting: Instance[] = [];
      for (const instance of holder.slots) {
        const index = instance.place;
        const target = place[index];
        if (target === undefined) continue;
        const old = from.rules[index] as CompiledRule;
        const before = instance.frozen ? thawed(old.kind, instance.frozen) : variantFor(old, subject.home);
        const after = variantFor(this.#rules.rules[target] as CompiledRule, subject.home);
        // By whatever the rule becomes nobody would be told: what waits is told under the one that took it.
        const isHushed = !old.shadow && (this.#rules.rules[target] as CompiledRule).shadow;
        if ((!after || isHushed) && before && isWaiting(old.kind, instance)) {
          run.enter(old, before, index, deviceOf(subject, holder), holder);
          run.call('onLeave');
        }
        if (instance.open && before && !sameVariant(before, after)) {
          instance.frozen ??= { params: before.params, priority: before.priority };
          subject.frozen = true;
        }
        // Another rule by now, or the same with other limits: it has not failed.
        if (instance.fault && (!before || !sameVariant(before, after))) instance.fault = undefined;
        if (after || instance.open) moved.push({ instance, to: target });
        if (waitsByOthers(old.kind, instance, before, after)) waiting.push(instance);
        if (instance.held)
          askAnew(instance, instance.held, old, this.#rules.rules[target] as CompiledRule, now);
        // What nobody was told of is found anew, and told, by a rule that left the shadow.
        if (instance.open?.draft.shadow && !(this.#rules.rules[target] as CompiledRule).shadow) {
          run.enter(old, before ?? NO_VARIANT, index, deviceOf(subject, holder), holder);
          run.close('rule-changed');
        }
      }
      for (const { instance, to } of moved) instance.place = to;
      const slots = moved.map(({ instance }) => instance).sort((a, b) => a.place - b.place);
      holder.slots = slots.length > 0 ? slots : NO_SLOTS;
      for (const instance of waiting) this.#lookAnew(run, subject, holder, instance);
    }
    this.faults.look(subject, this.#rules, now);
    // One that is new, or other than it was, finds what stands open already: nothing else asks it before that changes.
    if (holders(subject).some(({ slots }) => slots.some(({ open }) => open))) this.#askWatchers(subject);
    return run.changes;
  }

  /** It waits for a due-date of other limits: where they were longer, nobody would be told before that. */
  #lookAnew(run: Run, subject: RuleSubject, holder: { slots: Slots }, instance: Instance): void {
    const { place } = instance;
    const rule = this.#rules.rules[place] as CompiledRule;
    instance.due = 0;
    instance.held = undefined;
    const variant = variantFor(rule, subject.home) as Variant;
    run.enter(rule, variant, place, deviceOf(subject, holder), holder);
    run.call('onTimer');
    run.leave();
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
      if (isWaiting(rule.kind, instance)) run.call('onLeave');
      if (instance.open) run.close(reason);
      instance.state = undefined;
      instance.due = 0;
      instance.latchedUntil = 0;
      instance.held = undefined;
      instance.fault = undefined;
      run.leave();
    });
    this.faults.look(subject, this.#rules, now);
    return run.changes;
  }

  #begin(subject: RuleSubject, now: number, late: boolean): Run {
    return this.#run.begin(subject, this.#rules, now, late, this);
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
      // What a visit ends may leave the list.
      for (const instance of holder.slots) {
        const { place } = instance;
        const rule = this.#rules.rules[place];
        if (!rule) continue;
        const variant = variantAt(rule, subject, holder, place) ?? NO_VARIANT;
        visit(rule, variant, place, deviceOf(subject, holder), holder, instance);
      }
    }
  }
}
