import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type NotifyPolicy, notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { type RuleSet, ruleSetSchema } from '../../src/model/rule-set.ts';
import { productRules } from './story.ts';

/** The product's rules with some left out, under its own policy: what becomes of those whom these would have found. */
export const notify = parse(
  readFileSync(new URL('../../config/notify.yaml', import.meta.url), 'utf8'),
) as object;
export const policy = notifyPolicySchema.parse(notify) as NotifyPolicy;
export const without = (...ids: string[]): unknown[] => productRules.filter(({ id }) => !ids.includes(id));
export const switchedOff = (...ids: string[]): unknown[] =>
  productRules.map((rule) => (ids.includes(rule.id) ? { ...rule, enabled: false } : rule));
export const setOf = (rules: readonly unknown[], more: object = {}): RuleSet =>
  ruleSetSchema.parse({ version: 'v', rules, ...more });
