import type { Case } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import { HELP_ASKED_RULE } from '../model/help-asked.ts';

/**
 * Somebody asked for it, and waits: a request, or help by word of mouth. No device says it again, so that it reaches somebody matters
 * however little it is.
 */
export const isAskedByPeople = ({ kind, rules = [] }: Pick<Case, 'kind' | 'rules'>): boolean =>
  definitionOf(kind).asked === true || rules.includes(HELP_ASKED_RULE);
