import type { About } from './alert.ts';
import type { Outcome } from './case.ts';

/** Was a rule right? `unknown`: what was found says nothing of it. */
export const VERDICTS = ['true', 'false', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What each rule is there to find beside an emergency and a need: a leak is what a rule about the home looks for. */
const FOUND: Readonly<Record<About, readonly Outcome[]>> = {
  person: [],
  home: ['leak'],
  device: ['device', 'wrong-data', 'outage'],
  area: ['device', 'outage'],
};
/** Nobody learned whether the person needed help. */
const UNKNOWN: readonly Outcome[] = ['refused', 'not-reached', 'other'];

export function verdictOf(outcome: Outcome, about: About): Verdict {
  if (outcome === 'true-emergency' || outcome === 'true-need' || FOUND[about].includes(outcome))
    return 'true';
  return UNKNOWN.includes(outcome) ? 'unknown' : 'false';
}
