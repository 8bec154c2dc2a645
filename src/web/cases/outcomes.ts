import type { Alert } from '../../model/alert.ts';
import { CALLS } from '../../model/call-for-help.ts';
import { type Case, OUTCOME_NAMES, type Outcome } from '../../model/case.ts';

/** What becomes of devices, gateways and supplies. That a thing came back is said only where nothing is open any more. */
const OF_THINGS: readonly Outcome[] = ['recovered', 'repaired', 'device', 'outage', 'wrong-data', 'other'];
/** What somebody finds who goes to a home for a device. */
const AT_A_HOME: readonly Outcome[] = ['away', 'hospital', 'refused', 'not-reached', 'true-need'];
/**
 * What becomes of what somebody asked for. No sensor found it, and no emergency, leak or outage is closed with it: that is help, of
 * which people are told at once.
 */
const OF_REQUESTS: readonly Outcome[] = [
  'done',
  'repaired',
  'true-need',
  'away',
  'hospital',
  'refused',
  'not-reached',
  'other',
];
const ONLY_OF_THINGS: readonly Outcome[] = ['recovered', 'repaired'];

/**
 * The outcomes that a form offers; the API takes all of them. Whom nobody has reached is not helped yet: a grave case
 * stays open. Where nobody called, nothing was pressed.
 */
export function outcomesFor(
  { kind, home }: Pick<Case, 'kind' | 'home'>,
  grave: boolean,
  alerts: readonly Pick<Alert, 'evidence' | 'clearedAt'>[],
): readonly Outcome[] {
  const calls = alerts.some(isOfCall);
  const isStill = alerts.some(({ clearedAt }) => clearedAt === undefined);
  const offered = OUTCOME_NAMES.filter((name) => {
    if (name === 'not-reached' && grave) return false;
    if (name === 'pressed-by-mistake') return calls;
    if (name === 'done') return kind === 'request';
    if (kind === 'request') return OF_REQUESTS.includes(name);
    if (kind !== 'technical') return !ONLY_OF_THINGS.includes(name);
    if (name === 'recovered') return !isStill;
    return OF_THINGS.includes(name) || (home !== '' && AT_A_HOME.includes(name));
  });
  // What most requests come to need not be looked for below emergencies.
  return kind === 'request' ? [...new Set<Outcome>(['done', ...offered])] : offered;
}

const isOfCall = ({ evidence }: Pick<Alert, 'evidence'>): boolean =>
  CALLS.some((call) => call === evidence.values['event']);
