import type { AnyRuleKind, CompiledRule, Variant } from './compile.ts';
import type { DeviceModel } from './define.ts';

/** A model sends few kinds of messages; one that sends ever new mixtures must not fill the memory. */
const MIXTURES_MAX = 64;

/**
 * Which rules hear a report: of dozens, those that read something of what stands in it and look at devices of its model.
 * Worked out once for each model and mixture of metrics and events, since nearly all reports are like one before.
 */
export class Hearers {
  readonly #rules: readonly CompiledRule[];
  /** The places of all rules, for homes in which a rule is judged by an earlier set. */
  readonly all: readonly number[];
  readonly #byModel = new Map<string, Map<number, readonly number[]>>();

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules;
    this.all = rules.map((_, place) => place);
  }

  /** Their places in the set, ascending. A rule that other homes have with other parameters may be among them. */
  of(model: DeviceModel, metrics: number, events: number): readonly number[] {
    let mixtures = this.#byModel.get(model.model);
    if (!mixtures) {
      mixtures = new Map();
      this.#byModel.set(model.model, mixtures);
    }
    const key = metrics + events * EVENT_BITS;
    const known = mixtures.get(key);
    if (known) return known;
    if (mixtures.size >= MIXTURES_MAX) mixtures.clear();
    const places = this.all.filter((place) =>
      anyHears(this.#rules[place] as CompiledRule, model, metrics, events),
    );
    mixtures.set(key, places);
    return places;
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
  return kind.onReport !== undefined && (wants(base) || [...overrides.values()].some(wants));
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
