import type { Alert } from './alert.ts';

const HOUR = 3_600_000;

/** Under this name a rule writes into its evidence when it last saw somebody live, to within a reading. */
export const LAST_SIGN = 'lastSignAt';

/** What earlier versions wrote instead: the figure of the evidence that says how long before `since` somebody was last seen to live, in hours. */
const HOURS_BEFORE: Readonly<Record<string, string>> = {
  'no-draw': 'gapHours',
  'personal-routine': 'limitHours',
  'no-movement': 'hours',
  'not-gone-out': 'hours',
};

/**
 * When somebody was last seen to live before this was raised, to within a reading. Undefined: this kind of rule does not write it down,
 * or it was not measured.
 */
export function lastSignBefore({ ruleKind, since, evidence }: Alert): number | undefined {
  const at = evidence.values[LAST_SIGN];
  if (typeof at === 'number') return at;
  const hours = evidence.values[HOURS_BEFORE[ruleKind] ?? ''];
  if (typeof hours !== 'number') return undefined;
  // Where nothing was measured before the gap it is as long as its limit, and may be longer.
  if (ruleKind === 'no-draw' && !evidence.readings.some(({ at }) => at < since)) return undefined;
  return since - hours * HOUR;
}
