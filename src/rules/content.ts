import { contentMark } from '../lib/content-mark.ts';
import type { RuleSet } from '../model/rule-set.ts';

/**
 * What a rule set says, in short: rules, plans and exceptions, whatever version it calls itself. Whoever changes a limit
 * and leaves the version as it was, or has an exception written by the console, changes this.
 */
export const ruleContent = ({ version: _, ...said }: RuleSet): string => contentMark(said);

/** What stands on an alert: the version people gave it, and the mark of what it said. */
export const ruleSetName = (set: RuleSet): string => `${set.version} (${ruleContent(set)})`;
