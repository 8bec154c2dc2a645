import { LAST_SIGN } from '../model/last-sign.ts';
import type { RuleContext } from './define.ts';

/**
 * For the values of a finding about a person: when the rule last saw somebody live, of what it looks at. Nothing where it never did, or
 * where people were away since: then it is not from there that they were missed.
 */
export const lastSign = <P, S>(
  { presentSince }: Pick<RuleContext<P, S>, 'presentSince'>,
  at: number,
): { readonly [LAST_SIGN]?: number } => (at > 0 && at >= presentSince ? { [LAST_SIGN]: at } : {});
