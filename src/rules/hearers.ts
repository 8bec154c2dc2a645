import type { IdSet } from '../model/id-set.ts';
import type { AnyRuleKind, CompiledRule, Variant } from './compile.ts';
import type { DeviceModel } from './define.ts';

/** A model sends few kinds of messages; one that sends ever new mixtures must not fill the memory. */
const MIXTURES_MAX = 64;

/** A rule that hears a report, by its place in the set. */
export interface Hearer {
  readonly place: number;
  readonly rule: CompiledRule;
  /** What holds in all homes alike; undefined where some have other parameters than the rest, or the rule is off. */
  readonly variant: Variant | undefined;
}

/**
 * Which rules hear a report: of dozens, those that read something of what stands in it and look at devices of its model.
 * Worked out once for each model and mixture of metrics and events, since nearly all reports are like one before.
 */
export class Hearers {
  /** All that hear reports, for homes in which a rule is judged by an earlier set. */
  readonly all: readonly Hearer[];
  readonly #byModel = new Map<string, Mixtures>();

  constructor(rules: readonly CompiledRule[]) {
    this.all = rules
      .map((rule, place) => ({ place, rule, variant: rule.overrides.size > 0 ? undefined : rule.base }))
      .filter(({ rule }) => rule.onReport !== undefined);
  }

  /** In the order of the set. A rule that other homes have with other parameters may be among them. */
  of(model: DeviceModel, metrics: IdSet, events: IdSet): readonly Hearer[] {
    let mixtures = this.#byModel.get(model.model);
    if (!mixtures) {
      mixtures = new Mixtures();
      this.#byModel.set(model.model, mixtures);
    }
    if (mixtures.metrics === metrics && mixtures.events === events) return mixtures.hearers;
    return mixtures.turnTo(metrics, events, () =>
      this.all.filter(({ rule }) => anyHears(rule, model, metrics, events)),
    );
  }
}

/**
 * The hearers of one model; first those of the last report, since the next is mostly like it. Sets are told apart as objects: for
 * one that was made anew they are worked out once more.
 */
class Mixtures {
  metrics: IdSet | undefined;
  events: IdSet | undefined;
  hearers: readonly Hearer[] = [];
  readonly #byEvents = new Map<IdSet, Map<IdSet, readonly Hearer[]>>();
  #size = 0;

  turnTo(metrics: IdSet, events: IdSet, workOut: () => readonly Hearer[]): readonly Hearer[] {
    this.hearers = this.#byEvents.get(events)?.get(metrics) ?? this.#keep(metrics, events, workOut());
    this.metrics = metrics;
    this.events = events;
    return this.hearers;
  }

  #keep(metrics: IdSet, events: IdSet, hearers: readonly Hearer[]): readonly Hearer[] {
    if (this.#size >= MIXTURES_MAX) {
      this.#byEvents.clear();
      this.#size = 0;
    }
    const beside = this.#byEvents.get(events) ?? new Map<IdSet, readonly Hearer[]>();
    this.#byEvents.set(events, beside.set(metrics, hearers));
    this.#size++;
    return hearers;
  }
}

function anyHears(
  { kind, base, overrides }: CompiledRule,
  model: DeviceModel,
  metrics: IdSet,
  events: IdSet,
): boolean {
  const wants = (variant: Variant | undefined): boolean =>
    variant !== undefined && hears(kind, variant, model, metrics, events);
  return wants(base) || [...overrides.values()].some(wants);
}

/** Does a rule with these parameters read something of a report with these metrics and events, from such a device? */
export function hears(
  kind: AnyRuleKind,
  variant: Variant,
  model: DeviceModel,
  metrics: IdSet,
  events: IdSet,
): boolean {
  if (!variant.metrics.meets(metrics) && !variant.events.meets(events)) return false;
  return looksAt(kind, model, variant.params);
}

/**
 * Can devices of this model matter to the rule? Where it cannot say so it is asked: what fails then fails in one home, and is told, and
 * ends no service for a model that somebody wrote.
 */
export function looksAt(kind: AnyRuleKind, model: DeviceModel, params: unknown): boolean {
  try {
    return kind.hears === undefined || kind.hears(model, params);
  } catch {
    return true;
  }
}
