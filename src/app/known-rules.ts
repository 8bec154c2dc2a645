import type { RuleSet } from '../model/rule-set.ts';
import { checkRuleSet, type RuleKinds } from '../rules/compile.ts';
import type { RuleProblem } from '../rules/param-problems.ts';

/** What this installation can compute of a stored rule set, and what it says of the rest. */
export interface KnownRules {
  readonly ruleSet: RuleSet;
  /** Empty as a rule. */
  readonly lost: readonly RuleProblem[];
}

/**
 * A stored set was right when it came into force, by the kinds of that day: a kind of one's own may have been removed
 * since, or an upgrade may want other parameters. What is not understood any more is left out, since a service that
 * does not start for the sake of one rule watches nobody.
 */
export function knownRules(stored: RuleSet, kinds: RuleKinds): KnownRules {
  let ruleSet = stored;
  const lost: RuleProblem[] = [];
  for (;;) {
    const problems = checkRuleSet(ruleSet, kinds);
    const rest = without(ruleSet, problems);
    if (rest === undefined) return { ruleSet, lost };
    lost.push(...problems);
    ruleSet = rest;
  }
}

/** The set without its faulty rules, exceptions and lines of plans; undefined where it has none. */
function without(set: RuleSet, problems: readonly RuleProblem[]): RuleSet | undefined {
  const faulty = (list: string): ReadonlySet<unknown> =>
    new Set(problems.flatMap(({ path: [at, place] }) => (at === list ? [place] : [])));
  const [rules, overrides] = [faulty('rules'), faulty('overrides')];
  const lines = new Set(
    problems.flatMap(({ path }) => (path[0] === 'plans' ? [`${path[1]}/${path[3]}`] : [])),
  );
  if (rules.size + overrides.size + lines.size === 0) return undefined;
  const { plans } = set;
  return {
    ...set,
    rules: set.rules.filter((_, place) => !rules.has(place)),
    overrides: set.overrides.filter((_, place) => !overrides.has(place)),
    ...(plans && { plans: withoutLines(plans, lines) }),
  };
}

const withoutLines = (
  plans: NonNullable<RuleSet['plans']>,
  lines: ReadonlySet<string>,
): NonNullable<RuleSet['plans']> =>
  Object.fromEntries(
    Object.entries(plans).map(([name, plan]) => [
      name,
      {
        ...plan,
        rules: Object.fromEntries(Object.entries(plan.rules).filter(([id]) => !lines.has(`${name}/${id}`))),
      },
    ]),
  );
