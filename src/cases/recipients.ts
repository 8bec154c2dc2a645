import type { Priority } from '../model/alert.ts';
import type { CaseKind } from '../model/case-kind.ts';
import type { ToldRole } from '../model/escalation.ts';
import { LIMITS } from '../model/limits.ts';
import type { Recipient } from '../model/notice.ts';
import type { NotifyPolicy, NotifyRoute } from '../model/notify-policy.ts';
import { type Contact, STAFF_ROLES, type Staff, type StaffRole } from '../model/registry.ts';

/** One way to one person, or to a group. */
export interface RecipientAddress {
  readonly recipient: Recipient;
  /** The name of a channel in config/channels.yaml. */
  readonly channel: string;
  readonly address: string;
  /** Told only because nobody on the roster could be. */
  readonly fallback: boolean;
  /** A screen or program that is told of everything: nobody counts as told by it. */
  readonly screen?: true;
}

/** What is asked of the registry: who comes to this place. */
export interface Roster {
  /** Staff who hold the role on a node that covers the path, whose node is nearest first. */
  staffFor(role: StaffRole, path: string): readonly Staff[];
  /** In calling order. */
  contacts(home: string): readonly Contact[];
}

export interface RecipientQuestion {
  /** Empty for a gateway: nobody's contacts are called for it. */
  readonly home: string;
  readonly path: string;
  readonly priority: Priority;
  readonly kind: CaseKind;
  /** Channels that are configured. A person with none of them counts as not reachable; absent: all count. */
  readonly configured?: ReadonlySet<string>;
}

/** P1 and P2 must never reach nobody. */
export const isGrave = (priority: Priority): boolean => priority === 'P1' || priority === 'P2';

/**
 * Who is told of a case, in the order in which it matters: people by the roles of the policy, groups, then the screens
 * and programs that are always told. One entry for each channel and address, so that ten people behind one robot do
 * not get ten messages. If a P1 or P2 would reach no person and no group, everybody with any role above the place and
 * the fallback channels are told instead, and marked so.
 */
export function recipientsFor(
  policy: NotifyPolicy,
  roster: Roster,
  question: RecipientQuestion,
): RecipientAddress[] {
  const routes = policy.routes.filter(
    (route) => route.kinds.includes(question.kind) && route.priorities.includes(question.priority),
  );
  const told = [
    ...rolesOf(routes).flatMap((role) => inRole(roster, role, question, false)),
    ...routes.flatMap((route) => route.channels.map((channel) => group(channel, false))),
  ];
  const usable = ({ channel }: RecipientAddress): boolean => question.configured?.has(channel) ?? true;
  if (isGrave(question.priority) && !told.some(usable)) told.push(...everybody(policy, roster, question));
  told.push(...policy.always.map((channel) => ({ ...group(channel, false), screen: true as const })));
  return once(told);
}

/** Who is told when none of those above was reached: everybody with any role above the place, and the fallback channels. */
export const fallbackFor = (
  policy: NotifyPolicy,
  roster: Roster,
  question: RecipientQuestion,
): RecipientAddress[] => once(everybody(policy, roster, question));

/** Splits what one step may send from what is over the limit: the nearest people are kept, and every group and screen. */
export function withinLimit(told: readonly RecipientAddress[]): {
  readonly kept: readonly RecipientAddress[];
  readonly left: number;
} {
  let people = 0;
  const kept = told.filter(
    ({ recipient }) => recipient.kind === 'channel' || ++people <= LIMITS.recipientsPerStepMax,
  );
  return { kept, left: told.length - kept.length };
}

const rolesOf = (routes: readonly NotifyRoute[]): ToldRole[] => [
  ...new Set(routes.flatMap((route) => route.roles)),
];

function inRole(
  roster: Roster,
  role: ToldRole,
  { home, path }: RecipientQuestion,
  fallback: boolean,
): RecipientAddress[] {
  if (role === 'contact') {
    return home === '' ? [] : roster.contacts(home).flatMap((one) => waysTo('contact', one, role, fallback));
  }
  return roster.staffFor(role, path).flatMap((one) => waysTo('staff', one, role, fallback));
}

const waysTo = (
  kind: 'staff' | 'contact',
  person: Staff | Contact,
  role: ToldRole,
  fallback: boolean,
): RecipientAddress[] =>
  person.channels.map(({ channel, address }) => ({
    recipient: { kind, id: person.id, name: person.name, role },
    channel,
    address,
    fallback,
  }));

/** All ways to one member of staff, whatever the roles. */
export const waysToStaff = (one: Staff): RecipientAddress[] =>
  waysTo('staff', one, one.roles[0]?.role ?? 'grid-worker', false);

const group = (channel: string, fallback: boolean): RecipientAddress => ({
  recipient: { kind: 'channel', id: channel, name: channel, role: '' },
  channel,
  address: '',
  fallback,
});

function everybody(policy: NotifyPolicy, roster: Roster, question: RecipientQuestion): RecipientAddress[] {
  return [
    ...STAFF_ROLES.flatMap((role) => inRole(roster, role, question, true)),
    ...policy.fallback.channels.map((channel) => group(channel, true)),
  ];
}

function once(told: readonly RecipientAddress[]): RecipientAddress[] {
  const byWay = new Map<string, RecipientAddress>();
  for (const one of told) {
    const way = `${one.channel}\n${one.address}`;
    if (!byWay.has(way)) byWay.set(way, one);
  }
  return [...byWay.values()];
}
