import { localDay } from '../../lib/local-time.ts';
import { dateOf } from '../../lib/recurrence.ts';
import { LIMITS } from '../../model/limits.ts';
import type { NotifyPolicy } from '../../model/notify-policy.ts';
import type { RegistryNode } from '../../model/registry.ts';
import type { RosterDefinition, RosterFault, RosterGap } from '../../model/roster.ts';
import type { GapReason } from '../../model/roster-words.ts';
import { GAP_REASONS } from '../../model/roster-words.ts';
import { type Duty, type DutyRegistry, membersOf, type OnDuty } from './on-duty.ts';

export interface PlacesAndPeople extends DutyRegistry {
  node(path: string): RegistryNode | undefined;
}

/** Instants at which the answer to "who is on duty?" may change, the window itself included, in order. */
function turningPoints(
  duty: Duty,
  roster: RosterDefinition,
  from: number,
  until: number,
  registry: DutyRegistry,
): number[] {
  const points = new Set([from]);
  const add = (at: number): void => {
    if (at > from && at < until) points.add(at);
  };
  for (const shift of duty.rota(roster, registry).between(from, until)) {
    add(shift.from);
    add(shift.until);
  }
  // A swap may bring in somebody whom the roster does not name.
  const people = new Set([...membersOf(roster), ...duty.swapsOf(roster.id).map(({ to }) => to)]);
  for (const person of people) {
    for (const leave of duty.leaveOf(person)) {
      add(leave.from);
      add(leave.until);
    }
  }
  return [...points].sort((a, b) => a - b);
}

/** Who is on duty, piece by piece: within each piece the answer is the same. */
export function dutyBetween(
  duty: Duty,
  roster: RosterDefinition,
  { from, until }: { readonly from: number; readonly until: number },
  registry: DutyRegistry,
  configured: ReadonlySet<string> | undefined,
): { readonly from: number; readonly until: number; readonly onDuty: OnDuty }[] {
  const points = turningPoints(duty, roster, from, until, registry);
  return points.map((at, i) => ({
    from: at,
    until: points[i + 1] ?? until,
    onDuty: duty.onDuty(roster, at, registry, configured),
  }));
}

const REASONS = Object.keys(GAP_REASONS) as GapReason[];

function gapIn({ roster, posts, people }: OnDuty): Pick<RosterGap, 'reason' | 'planned'> | undefined {
  if (people.length > 0) return undefined;
  if (posts.length === 0)
    return roster.coverage === 'always' ? { reason: 'nobody-planned', planned: [] } : undefined;
  const reasons = posts.map(({ because }) => because);
  return {
    reason: REASONS.find((reason) => reasons.includes(reason)) ?? 'nobody-planned',
    planned: posts.map(({ planned }) => planned),
  };
}

/** Times in which a roster would call nobody; what follows on one another for the same reason is one gap. */
export function gapsOf(
  duty: Duty,
  roster: RosterDefinition,
  window: { readonly from: number; readonly until: number },
  registry: DutyRegistry,
  configured: ReadonlySet<string> | undefined,
): RosterGap[] {
  const gaps: RosterGap[] = [];
  for (const { from, until, onDuty } of dutyBetween(duty, roster, window, registry, configured)) {
    const found = gapIn(onDuty);
    if (!found) continue;
    const last = gaps.at(-1);
    if (last?.until === from && last.reason === found.reason) {
      const planned = [...new Set([...last.planned, ...found.planned])];
      gaps[gaps.length - 1] = { ...last, until, planned };
    } else gaps.push({ roster: roster.id, from, until, ...found });
    if (gaps.length >= LIMITS.rosterGapsShownMax) break;
  }
  return gaps;
}

/** The gaps of all rosters, the first one first. */
export const allGaps = (
  duty: Duty,
  window: { readonly from: number; readonly until: number },
  registry: DutyRegistry,
  configured: ReadonlySet<string> | undefined,
): RosterGap[] =>
  duty.all
    .flatMap((roster) => gapsOf(duty, roster, window, registry, configured))
    .sort((a, b) => a.from - b.from);

/** What is wrong with rosters and policy beside gaps: names that mean nothing, years without holidays. */
export function rosterFaults(
  duty: Duty,
  policy: Pick<NotifyPolicy, 'routes' | 'escalation'>,
  window: { readonly from: number; readonly until: number },
  registry: PlacesAndPeople,
  configured: ReadonlySet<string> | undefined,
): RosterFault[] {
  const faults: RosterFault[] = [];
  const nameOf = (id: string): string => registry.staffMember(id)?.name ?? id;
  for (const roster of duty.all) {
    if (!registry.node(roster.node))
      faults.push({ fault: 'place-unknown', where: roster.id, what: roster.node });
    const asksForDays = roster.shifts.some(({ on }) => on !== 'any');
    const zone = registry.timeZone(roster.node);
    const [first, last] = [localDay(window.from, zone), localDay(window.until, zone)];
    for (const day of [first, last])
      if (asksForDays && !duty.rosters.calendar.knows(day))
        faults.push({ fault: 'year-unknown', where: roster.id, what: dateOf(day).slice(0, 4) });
    for (const { onDuty } of dutyBetween(duty, roster, window, registry, configured))
      for (const { planned, person } of onDuty.people.length > 0 ? onDuty.posts : [])
        if (!person) faults.push({ fault: 'post-empty', where: roster.id, what: nameOf(planned) });
  }
  const lines = [
    ...policy.routes.map((line, i) => ({ line, where: `routes[${i}]`, people: line.people ?? [] })),
    ...policy.escalation.map((line, i) => ({
      line,
      where: `escalation[${i}]`,
      people: line.steps.flatMap(({ people }) => people ?? []),
    })),
  ];
  for (const { line, where, people } of lines) {
    for (const node of line.nodes ?? [])
      if (!registry.node(node)) faults.push({ fault: 'policy-place-unknown', where, what: node });
    for (const person of people)
      if (!registry.staffMember(person)) faults.push({ fault: 'policy-person-unknown', where, what: person });
  }
  const seen = new Set<string>();
  return faults.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
}
