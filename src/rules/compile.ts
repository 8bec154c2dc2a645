import type { z } from 'zod';
import { fail, ok, type Result } from '../lib/result.ts';
import type { Priority } from '../model/alert.ts';
import { EVENTS, type EventName, METRICS, type MetricName } from '../model/metrics.ts';
import type { RuleSet } from '../model/rule-set.ts';
import type { RuleKindDefinition } from './define.ts';

// The registry of kinds holds kinds of different parameters side by side; each checks its own.
export type AnyRuleKind = RuleKindDefinition<unknown, unknown>;
export type RuleKinds = ReadonlyMap<string, AnyRuleKind>;

/** A rule ready to run: its kind, its parameters for homes in general and for those with others. */
export interface CompiledRule {
  readonly id: string;
  readonly kind: AnyRuleKind;
  readonly base: Variant | undefined;
  /** By home; undefined: switched off there. */
  readonly overrides: ReadonlyMap<string, Variant | undefined>;
}

export interface Variant {
  readonly params: unknown;
  readonly priority: Priority;
  /** Bits of the metrics that it reads; `events` likewise; both all ones for `any`. */
  readonly metrics: number;
  readonly events: number;
}

export interface CompiledRules {
  readonly version: string;
  readonly rules: readonly CompiledRule[];
}

/** Where in the rule set a mistake is, and what is wrong there. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Checks kinds and parameters, and prepares the set for the engine. All problems are reported at once. */
export function compileRules(set: RuleSet, kinds: RuleKinds): Result<CompiledRules, RuleProblem[]> {
  const problems: RuleProblem[] = [];
  const rules: CompiledRule[] = [];
  const seen = new Set<string>();
  set.rules.forEach((rule, index) => {
    const kind = kinds.get(rule.kind);
    if (!kind) {
      const known = [...kinds.keys()].join(', ');
      problems.push({
        path: ['rules', index, 'kind'],
        message: `no rule kind "${rule.kind}"; there are ${known}`,
      });
      return;
    }
    if (seen.has(rule.id))
      problems.push({ path: ['rules', index, 'id'], message: `"${rule.id}" stands twice` });
    seen.add(rule.id);
    const variantOf = (
      params: Record<string, unknown>,
      priority: Priority | undefined,
      path: (string | number)[],
    ) => makeVariant(kind, params, priority ?? rule.priority ?? kind.priority, path, problems);
    const base = variantOf(rule.params, undefined, ['rules', index, 'params']);
    const overrides = new Map<string, Variant | undefined>();
    set.overrides.forEach((override, place) => {
      if (override.rule !== rule.id) return;
      const enabled = override.enabled ?? rule.enabled;
      const params = { ...rule.params, ...override.params };
      const variant = variantOf(params, override.priority, ['overrides', place, 'params']);
      overrides.set(override.home, enabled ? variant : undefined);
    });
    rules.push({ id: rule.id, kind, base: rule.enabled ? base : undefined, overrides });
  });
  set.overrides.forEach((override, place) => {
    if (!seen.has(override.rule))
      problems.push({
        path: ['overrides', place, 'rule'],
        message: `no rule "${override.rule}" in this set`,
      });
  });
  return problems.length > 0 ? fail(problems) : ok({ version: set.version, rules });
}

/** The problems of a rule set; none: it may be used. */
export function checkRuleSet(set: RuleSet, kinds: RuleKinds): RuleProblem[] {
  const compiled = compileRules(set, kinds);
  return compiled.ok ? [] : compiled.error;
}

/** The bit of a metric or event in a mask. Ids stay below 31 for as long as a mask is one number. */
export const metricBit = (name: MetricName): number => 1 << METRICS[name].id;
export const eventBit = (name: EventName): number => 1 << EVENTS[name].id;

const ALL = -1;

function makeVariant(
  kind: AnyRuleKind,
  params: Record<string, unknown>,
  priority: Priority,
  path: readonly (string | number)[],
  problems: RuleProblem[],
): Variant | undefined {
  const parsed = kind.params.safeParse(params);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      problems.push({ path: [...path, ...issuePath(issue)], message: issue.message });
    return undefined;
  }
  const { metrics = [], events = [], any = false } = kind.reads(parsed.data);
  return {
    params: parsed.data,
    priority,
    metrics: any ? ALL : metrics.reduce((sum, name) => sum | metricBit(name), 0),
    events: any ? ALL : events.reduce((sum, name) => sum | eventBit(name), 0),
  };
}

const issuePath = (issue: z.core.$ZodIssue): (string | number)[] =>
  issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
