import type { CompiledRules } from './compile.ts';

/** For each rule of an old set its place in the present one. Asked for each of 100,000 homes when rules change. */
export class RulePlaces {
  #known:
    | { readonly from: CompiledRules; readonly to: CompiledRules; readonly places: readonly number[] }
    | undefined;

  /** Undefined at a place: the present set does not have that rule. */
  of(from: CompiledRules, to: CompiledRules): readonly (number | undefined)[] {
    if (this.#known?.from === from && this.#known.to === to) return this.#known.places;
    const at = new Map(to.rules.map((rule, index) => [`${rule.id}/${rule.kind.kind}`, index]));
    const places = from.rules.map((rule) => at.get(`${rule.id}/${rule.kind.kind}`) as number);
    this.#known = { from, to, places };
    return places;
  }
}
