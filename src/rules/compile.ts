import type { z } from 'zod';
import { didYouMean } from '../lib/did-you-mean.ts';
import { assert, fail, ok, type Result } from '../lib/result.ts';
import type { Priority } from '../model/alert.ts';
import { IdSet } from '../model/id-set.ts';
import { eventIdsOf, idsOf } from '../model/metrics.ts';
import {
  changesOf,
  overrideSchema,
  planSchema,
  type RuleChange,
  type RuleSet,
  ruleSchema,
} from '../model/rule-set.ts';
import { ruleContent } from './content.ts';
import type { RuleKindDefinition } from './define.ts';
import { type Gates, minutesOf, NO_GATES } from './gates.ts';
import { paramProblems, type RuleProblem } from './param-problems.ts';

// The registry of kinds holds kinds of different parameters side by side; each checks its own.
export type AnyRuleKind = RuleKindDefinition<unknown, unknown>;
export type RuleKinds = ReadonlyMap<string, AnyRuleKind>;

/** A rule ready to run: its kind, its parameters for homes in general and for those with others. */
export interface CompiledRule {
  readonly id: string;
  readonly kind: AnyRuleKind;
  /** These of its kind are asked for at each reading: kinds are put together differently, compiled rules all alike. */
  readonly scope: AnyRuleKind['scope'];
  readonly onReport: AnyRuleKind['onReport'];
  readonly base: Variant | undefined;
  /** By home; undefined: switched off there. */
  readonly overrides: ReadonlyMap<string, Variant | undefined>;
  readonly gates: Gates;
  /** It evaluates and reports, and alerts nobody. */
  readonly shadow: boolean;
}

/** A rule that left the set while alerts of it were open: it goes on for these alone. */
export interface RetiredRule {
  readonly id: string;
  readonly kind: string;
}

export interface Variant {
  readonly params: unknown;
  readonly priority: Priority;
  /** The metrics that it reads, and the events; both `IdSet.all` for `any`. */
  readonly metrics: IdSet;
  readonly events: IdSet;
}

export interface CompiledRules {
  readonly version: string;
  /** What the set says, whatever version it calls itself. */
  readonly content: string;
  /** Those that left the set while alerts of theirs were open stand at the end. */
  readonly rules: readonly CompiledRule[];
  /** Places of the rules that look at what other rules found. */
  readonly watchers: readonly number[];
  /** Places of the rules that watch each device for its silence, or each home, whether or not they remember anything of it. */
  readonly deadlines: readonly number[];
  /** Places of the rules that hear what people say of a home. */
  readonly ofHomes: readonly number[];
}

type Compiled = Result<CompiledRules, RuleProblem[]>;

/** The last whole set that was compiled: a start checks it before it runs it, and backtests begin with it thousands of times. */
let last: { readonly set: RuleSet; readonly kinds: RuleKinds; readonly compiled: Compiled } | undefined;

/** Checks kinds and parameters, and prepares the set for the engine. All problems are reported at once. */
export function compileRules(set: RuleSet, kinds: RuleKinds, retired: readonly RetiredRule[] = []): Compiled {
  if (retired.length > 0) return compileAnew(set, kinds, retired, NO_IDS);
  if (last?.set !== set || last.kinds !== kinds)
    last = { set, kinds, compiled: compileAnew(set, kinds, retired, NO_IDS) };
  return last.compiled;
}

/** @throws if the set does not compile: it was checked when it was loaded */
export function soundRules(set: RuleSet, kinds: RuleKinds, retired: readonly RetiredRule[]): CompiledRules {
  const result = compileRules(set, kinds, retired);
  assert(
    result.ok,
    result.ok ? '' : `rule set ${set.version}: ${result.error.map((p) => p.message).join('; ')}`,
  );
  return result.value;
}

/** @param unread ids of rules that stand in the set, but cannot be read */
function compileAnew(
  set: RuleSet,
  kinds: RuleKinds,
  retired: readonly RetiredRule[],
  unread: ReadonlySet<string>,
): Compiled {
  const problems: RuleProblem[] = [];
  const rules: CompiledRule[] = [];
  const seen = new Set<string>();
  const changes = changesOf(set);
  set.rules.forEach((rule, index) => {
    const kind = kinds.get(rule.kind);
    if (!kind) {
      seen.add(rule.id);
      problems.push({ path: ['rules', index, 'kind'], message: noKind(rule.kind, [...kinds.keys()]) });
      return;
    }
    if (seen.has(rule.id))
      problems.push({ path: ['rules', index, 'id'], message: `"${rule.id}" stands twice` });
    seen.add(rule.id);
    const variantOf = (params: Record<string, unknown>, priority: Priority | undefined) =>
      makeVariant(kind, params, priority ?? rule.priority ?? kind.priority);
    const fallback = variantOf(rule.params, undefined);
    if (!fallback.ok) problems.push(...fallback.error.map((each) => at(['rules', index, 'params'], each)));
    const base = fallback.ok ? fallback.value : undefined;
    const overrides = new Map<string, Variant | undefined>();
    for (const change of mergedFor(rule.id, changes)) {
      const enabled = change.enabled ?? rule.enabled;
      const params = { ...rule.params, ...change.params };
      const variant = variantOf(params, change.priority);
      // What is wrong with the rule itself is said there, and not again at each home that changes something else.
      const own = variant.ok ? [] : variant.error.filter(({ path }) => fallback.ok || isOf(change, path));
      problems.push(...own.map((each) => at([...change.path, 'params'], each)));
      overrides.set(change.home, enabled && variant.ok ? variant.value : undefined);
    }
    const { hours, arming, whileAway } = rule;
    const gates: Gates = {
      away: whileAway === undefined ? kind.inactivity === true : !whileAway,
      arming,
      hours: hours && minutesOf(hours),
    };
    const shadow = rule.mode === 'shadow';
    const { scope, onReport } = kind;
    const inForce = rule.enabled ? base : undefined;
    rules.push({ id: rule.id, kind, scope, onReport, base: inForce, overrides, gates, shadow });
  });
  const ids = new Set([...seen, ...unread]);
  problems.push(...strayNames(set, ids));
  set.rules.forEach((rule, index) => {
    const kind = kinds.get(rule.kind);
    const parsed = kind?.refersTo && kind.params.safeParse(rule.params);
    if (!kind?.refersTo || !parsed?.success) return;
    for (const id of kind.refersTo(parsed.data))
      if (!ids.has(id))
        problems.push({ path: ['rules', index, 'params'], message: `no rule "${id}" in this set` });
  });
  if (problems.length > 0) return fail(problems);
  for (const { id, kind: name } of retired) {
    const kind = kinds.get(name);
    if (!kind) continue;
    const { scope, onReport } = kind;
    rules.push({
      id,
      kind,
      scope,
      onReport,
      base: undefined,
      overrides: NOWHERE,
      gates: NO_GATES,
      shadow: false,
    });
  }
  const watchers = rules.flatMap(({ kind }, index) => (kind.onFindings ? [index] : []));
  const deadlines = rules.flatMap(({ kind }, index) => (kind.deadline || kind.homeDeadline ? [index] : []));
  const ofHomes = rules.flatMap(({ kind }, index) => (kind.onHome ? [index] : []));
  return ok({ version: set.version, content: ruleContent(set), rules, watchers, deadlines, ofHomes });
}

const NO_IDS: ReadonlySet<string> = new Set();

const NOWHERE: CompiledRule['overrides'] = new Map();

/** The parameters under which an open alert was raised, ready to run although the set in force has others. */
export function frozenVariant(kind: AnyRuleKind, params: unknown, priority: Priority): Variant {
  return { params, priority, ...readBy(kind, params) };
}

/** What each home changes of this rule, one entry a home: a later word goes before an earlier one, parameter by parameter. */
function mergedFor(rule: string, changes: readonly RuleChange[]): Iterable<RuleChange> {
  const byHome = new Map<string, RuleChange>();
  for (const change of changes) {
    if (change.rule !== rule) continue;
    const before = byHome.get(change.home);
    byHome.set(change.home, {
      ...change,
      enabled: change.enabled ?? before?.enabled,
      priority: change.priority ?? before?.priority,
      params: { ...before?.params, ...change.params },
    });
  }
  return byHome.values();
}

/** Rules and plans that overrides and plans speak of, and that are not there. */
function strayNames({ overrides, plans = {} }: RuleSet, rules: ReadonlySet<string>): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const wantRule = (rule: string, path: (string | number)[]): void => {
    if (!rules.has(rule)) problems.push({ path, message: `no rule "${rule}" in this set` });
  };
  overrides.forEach(({ rule, plan }, place) => {
    if (rule !== undefined) wantRule(rule, ['overrides', place, 'rule']);
    if (plan !== undefined && !Object.hasOwn(plans, plan))
      problems.push({ path: ['overrides', place, 'plan'], message: `no plan "${plan}" in this set` });
  });
  for (const [name, { rules: changed }] of Object.entries(plans))
    for (const rule of Object.keys(changed)) wantRule(rule, ['plans', name, 'rules', rule]);
  return problems;
}

function noKind(name: string, known: readonly string[]): string {
  const close = didYouMean(name, known);
  const others = close === undefined ? `; there are ${known.join(', ')}` : `; did you mean "${close}"?`;
  return `no rule kind "${name}"${others}`;
}

/** The problems of a rule set; none: it may be used. */
export function checkRuleSet(set: RuleSet, kinds: RuleKinds): RuleProblem[] {
  const compiled = compileRules(set, kinds);
  return compiled.ok ? [] : compiled.error;
}

/**
 * The same of a set that has not passed its schema: of those of its rules, plans and exceptions that have. The others
 * are left out; their places stay, so that what is said of a rule is said where it stands.
 */
export function checkRuleParts(value: unknown, kinds: RuleKinds): RuleProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  const { rules, overrides, plans } = value as Record<string, unknown>;
  const unread = new Set<string>();
  const sound = readable(rules, ruleSchema, (broken) => {
    const { id } = (broken ?? {}) as { id?: unknown };
    if (typeof id === 'string') unread.add(id);
  });
  const plansRead = planSchema.array().safeParse(Object.values(plans ?? {})).success;
  const set: RuleSet = {
    version: '',
    rules: sound,
    overrides: plansRead ? readable(overrides, overrideSchema) : [],
    ...(plans && plansRead ? { plans: plans as NonNullable<RuleSet['plans']> } : {}),
  };
  const compiled = compileAnew(set, kinds, [], unread);
  return compiled.ok ? [] : compiled.error;
}

/** The entries of a list that pass, each in its place; there is nothing at the places of the others. */
function readable<S extends z.ZodType>(
  list: unknown,
  schema: S,
  onBroken: (entry: unknown) => void = () => {},
): z.output<S>[] {
  const found: z.output<S>[] = [];
  if (!Array.isArray(list)) return found;
  list.forEach((entry, place) => {
    const parsed = schema.safeParse(entry);
    if (parsed.success) found[place] = parsed.data;
    else onBroken(entry);
  });
  return found;
}

function makeVariant(
  kind: AnyRuleKind,
  params: Record<string, unknown>,
  priority: Priority,
): Result<Variant, RuleProblem[]> {
  const parsed = kind.params.safeParse(params);
  if (!parsed.success) return fail(paramProblems(kind.params, parsed.error.issues, params));
  return ok({ params: parsed.data, priority, ...readBy(kind, parsed.data) });
}

const at = (place: RuleProblem['path'], { path, message }: RuleProblem): RuleProblem => ({
  path: [...place, ...path],
  message,
});

const isOf = ({ params = {} }: RuleChange, [name]: RuleProblem['path']): boolean =>
  name !== undefined && Object.hasOwn(params, name);

function readBy(kind: AnyRuleKind, params: unknown): Pick<Variant, 'metrics' | 'events'> {
  const { metrics = [], events = [], any = false } = kind.reads(params);
  return any
    ? { metrics: IdSet.all, events: IdSet.all }
    : { metrics: idsOf(metrics), events: eventIdsOf(events) };
}
