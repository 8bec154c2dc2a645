import { z } from 'zod';
import { PRIORITIES } from './alert.ts';

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
  params: z.record(z.string(), z.unknown()).default({}).meta({ title: 'Parameters of the kind' }),
});

/** A home where a rule runs with other parameters, or not at all; with who decided so, and why. */
export const overrideSchema = z.object({
  home: z.string().min(1),
  rule: z.string().min(1),
  enabled: z.boolean().optional(),
  priority: z.enum(PRIORITIES).optional(),
  params: z.record(z.string(), z.unknown()).default({}),
  author: z.string().min(1).meta({ title: 'Who decided so' }),
  reason: z.string().min(1).meta({ title: 'Why' }),
});

/** A versioned set of rules. */
export const ruleSetSchema = z.object({
  version: z.string().min(1).max(60).meta({ title: 'Version', example: '2026-11-01' }),
  rules: z.array(ruleSchema),
  overrides: z.array(overrideSchema).default([]),
});

export type RuleSet = z.output<typeof ruleSetSchema>;
