import type { About } from './alert.ts';
import type { Outcome } from './case.ts';

/** Was a rule right? `unknown`: what was found says nothing of it. */
export const VERDICTS = ['true', 'false', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What each rule is there to find beside an emergency and a need: a leak is what a rule about the home looks for. */
const FOUND: Readonly<Record<About, readonly Outcome[]>> = {
  person: [],
  home: ['leak'],
  device: ['device', 'wrong-data', 'outage', 'recovered', 'repaired'],
  area: ['device', 'outage', 'recovered', 'repaired'],
};
/** Nobody learned whether the person needed help. */
const UNKNOWN: readonly Outcome[] = ['refused', 'not-reached', 'recovered', 'repaired', 'done', 'other'];

/**
 * @param calls somebody called for help: who was taken to hospital after that did need it, and who was there all the while
 *   that no water flowed was away
 */
export function verdictOf(outcome: Outcome, about: About, calls = false): Verdict {
  if (calls && outcome === 'hospital') return 'true';
  if (outcome === 'true-emergency' || outcome === 'true-need' || FOUND[about].includes(outcome))
    return 'true';
  return UNKNOWN.includes(outcome) ? 'unknown' : 'false';
}
