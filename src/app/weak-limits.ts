import type { Text } from '../model/text.ts';
import type { CompiledRule, CompiledRules, Variant } from '../rules/compile.ts';
import type { DeviceModel } from '../rules/define.ts';
import { judgesOf, SENSES } from '../rules/judged.ts';
import type { LetPass } from '../rules/let-pass.ts';
import type { Enrolled } from './enrolled.ts';

/**
 * Rules that are on, and whose limits are so far away that they find next to nothing: no reading reaches them, or what they
 * are for passes below. Nothing is said of what another rule finds. Of homes in general: who makes an exception for one
 * home has a reason.
 */
export function weakLimits(
  rules: CompiledRules,
  enrolled: Pick<Enrolled, 'counts'>,
  modelIn: (name: string) => DeviceModel | undefined,
): Text[] {
  const weak = new Map<string, Text>();
  for (const name of enrolled.counts.keys()) {
    const model = modelIn(name);
    if (!model) continue;
    for (const sense of SENSES) {
      const judges = sense.isOf(model) ? judgesOf(rules, model, sense) : [];
      for (const text of passedByAll(judges)) weak.set(text.en, text);
    }
    for (const text of beyondReach(rules, model)) weak.set(text.en, text);
  }
  return [...weak.values()];
}

/** What each of them lets pass, so that nobody finds it. */
function passedByAll(judges: readonly Judge[]): Text[] {
  const [first, ...others] = judges;
  if (!first) return [];
  return passedBy(first)
    .filter(({ what }) => others.every((other) => passedBy(other).some((one) => one.what === what)))
    .map(({ text }) => named(judges, text));
}

/** Of rules about anything else: limits that no reading reaches. */
function beyondReach({ rules }: CompiledRules, model: DeviceModel): Text[] {
  return rules.flatMap((rule) => {
    const { base, kind, shadow } = rule;
    if (!base || shadow || kind.about !== 'person') return [];
    const judge = { rule, variant: base };
    return passedBy(judge)
      .filter(({ what }) => model.metrics.some((metric) => what.startsWith(`${metric} `)))
      .map(({ text }) => named([judge], text));
  });
}

interface Judge {
  readonly rule: CompiledRule;
  readonly variant: Variant;
}

const passedBy = ({ rule: { kind }, variant }: Judge): readonly LetPass[] =>
  kind.letsPass?.(variant.params) ?? [];

const named = (judges: readonly Judge[], { zh, en }: Text): Text => {
  const ids = judges.map(({ rule }) => rule.id);
  return { zh: `规则 ${ids.join('、')}：${zh}`, en: `${ids.join(', ')}: ${en}` };
};
