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
  readonly #byModel = new Map<string, Map<number, readonly Hearer[]>>();

  constructor(rules: readonly CompiledRule[]) {
    this.all = rules
      .map((rule, place) => ({ place, rule, variant: rule.overrides.size > 0 ? undefined : rule.base }))
      .filter(({ rule }) => rule.onReport !== undefined);
  }

  /** In the order of the set. A rule that other homes have with other parameters may be among them. */
  of(model: DeviceModel, metrics: number, events: number): readonly Hearer[] {
    let mixtures = this.#byModel.get(model.model);
    if (!mixtures) {
      mixtures = new Map();
      this.#byModel.set(model.model, mixtures);
    }
    const key = metrics + events * EVENT_BITS;
    const known = mixtures.get(key);
    if (known) return known;
    if (mixtures.size >= MIXTURES_MAX) mixtures.clear();
    const hearers = this.all.filter(({ rule }) => anyHears(rule, model, metrics, events));
    mixtures.set(key, hearers);
    return hearers;
  }
}

/** Puts the bits of events above those of metrics; exact for ids up to 21. */
const EVENT_BITS = 2 ** 31;

function anyHears(
  { kind, base, overrides }: CompiledRule,
  model: DeviceModel,
  metrics: number,
  events: number,
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
  metrics: number,
  events: number,
): boolean {
  if (((variant.metrics & metrics) | (variant.events & events)) === 0) return false;
  return kind.hears === undefined || kind.hears(model, variant.params);
}
