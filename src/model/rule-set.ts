import { z } from 'zod';
import { PRIORITIES, type Priority } from './alert.ts';

/** `shadow`: evaluated and reported like any other, but nobody is alerted and no case is opened. */
export const RULE_MODES = ['active', 'shadow'] as const;
export type RuleMode = (typeof RULE_MODES)[number];

const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30')
  .meta({ title: 'Local time of day', example: '07:30' });

/** Hours of the day, by the home's own clock, in which a rule may raise. May reach over midnight. */
export const hoursSchema = z
  .strictObject({ from: clock, to: clock })
  .refine(({ from, to }) => from !== to, { message: 'from and to are the same: leave hours out instead' });

/** When a rule begins to trust what it sees of a home. */
export const armingSchema = z.strictObject({
  days: z
    .number()
    .min(0)
    .max(90)
    .default(14)
    .meta({ title: 'Days since the device was enrolled', unit: 'd', description: 'before that it learns' }),
  coarsestLitres: z.number().positive().optional().meta({
    title: 'Coarsest step of the meter',
    unit: 'L',
    description: 'a meter that counts in larger steps cannot tell little water from none',
  }),
  useDays: z.number().int().min(1).max(60).optional().meta({
    title: 'Days with use',
    unit: 'd',
    description:
      'so many of the last 70 days must have shown at least 10 L of water: in a home that hardly uses any, little water says nothing',
  }),
});

/** A configured rule: the kind that evaluates it, and its parameters, which the kind's own schema checks. */
export const ruleSchema = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,40}$/, 'up to 40 letters, digits and hyphens')
    .meta({ title: 'Id', example: 'W1' }),
  kind: z.string().min(1).meta({ title: 'Rule kind', example: 'low-consumption' }),
  enabled: z.boolean().default(true).meta({ title: 'Enabled' }),
  priority: z
    .enum(PRIORITIES)
    .optional()
    .meta({ title: 'Priority', description: "the kind's own if absent" }),
  mode: z
    .enum(RULE_MODES)
    .optional()
    .meta({ title: 'Mode', description: 'shadow: evaluates and reports, alerts nobody; active if absent' }),
  hours: hoursSchema
    .optional()
    .meta({ title: 'Local hours in which it may raise', description: 'always if absent' }),
  arming: armingSchema.optional().meta({ title: 'Arming', description: 'from the first reading if absent' }),
  whileAway: z.boolean().optional().meta({
    title: 'Also while the home is away',
    description: "the kind's own if absent: rules about missing activity keep still",
  }),
  params: z.record(z.string(), z.unknown()).default({}).meta({ title: 'Parameters of the kind' }),
});

const changeSchema = z.object({
  enabled: z.boolean().optional(),
  priority: z.enum(PRIORITIES).optional(),
  params: z.record(z.string(), z.unknown()).default({}),
});

/** Other limits for people of one kind (COPD, beta-blockers): by rule, given to homes by the name of the plan. */
export const planSchema = z.object({
  title: z.string().min(1).max(120).meta({ title: 'What it is for', example: '慢阻肺' }),
  rules: z.record(z.string(), changeSchema),
});

/** A home where a rule runs with other parameters, or not at all, or where a plan holds; with who decided so, and why. */
export const overrideSchema = changeSchema
  .extend({
    home: z.string().min(1),
    rule: z.string().min(1).optional(),
    plan: z.string().min(1).optional(),
    author: z.string().min(1).meta({ title: 'Who decided so' }),
    reason: z.string().min(1).meta({ title: 'Why' }),
  })
  .refine(({ rule, plan }) => (rule === undefined) !== (plan === undefined), {
    message: 'give either a rule or a plan',
  })
  .refine(
    ({ plan, enabled, priority, params }) =>
      plan === undefined ||
      (enabled === undefined && priority === undefined && Object.keys(params).length === 0),
    { message: 'what a plan changes stands in the plan; give a second entry for a rule of its own' },
  );

/** A versioned set of rules. */
export const ruleSetSchema = z.object({
  version: z.string().min(1).max(60).meta({ title: 'Version', example: '2026-11-01' }),
  rules: z.array(ruleSchema),
  plans: z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), planSchema).optional(),
  overrides: z.array(overrideSchema).default([]),
});

export type Hours = z.output<typeof hoursSchema>;
export type Arming = z.output<typeof armingSchema>;
export type RuleSet = z.output<typeof ruleSetSchema>;

/** What one home has of its own for one rule. */
export interface RuleChange {
  readonly home: string;
  readonly rule: string;
  readonly enabled: boolean | undefined;
  readonly priority: Priority | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** Where in the set it stands. */
  readonly path: readonly (string | number)[];
}

/** Who decided that a rule is another in a home, or none, and why. */
export interface RuleDecision {
  readonly author: string;
  readonly reason: string;
  /** What the plan that brings it is for. */
  readonly plan?: string;
}

export function decisionsOn({ plans = {}, overrides }: RuleSet, home: string, rule: string): RuleDecision[] {
  return overrides.flatMap((each) => {
    if (each.home !== home) return [];
    const { author, reason } = each;
    if (each.rule === rule) return [{ author, reason }];
    const plan = each.plan === undefined ? undefined : plans[each.plan];
    return plan && Object.hasOwn(plan.rules, rule) ? [{ author, reason, plan: plan.title }] : [];
  });
}

/**
 * The overrides of a set with its plans written out, plans first: a word about a single rule goes before a plan. Entries
 * that name a plan which is not there give none.
 */
export function changesOf({ plans = {}, overrides }: RuleSet): RuleChange[] {
  const fromPlans: RuleChange[] = [];
  const single: RuleChange[] = [];
  overrides.forEach(({ home, rule, plan, enabled, priority, params }, place) => {
    if (rule !== undefined)
      single.push({ home, rule, enabled, priority, params, path: ['overrides', place] });
    if (plan === undefined || !Object.hasOwn(plans, plan)) return;
    for (const [id, change] of Object.entries((plans[plan] as z.output<typeof planSchema>).rules)) {
      const { enabled: on, priority: grade, params: other } = change;
      fromPlans.push({
        home,
        rule: id,
        enabled: on,
        priority: grade,
        params: other,
        path: ['plans', plan, 'rules', id],
      });
    }
  });
  return [...fromPlans, ...single];
}
