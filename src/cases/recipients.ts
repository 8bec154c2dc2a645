import type { Priority } from '../model/alert.ts';
import { type CaseKind, definitionOf } from '../model/case-kind.ts';
import type { ToldRole } from '../model/escalation.ts';
import { LIMITS } from '../model/limits.ts';
import type { Recipient } from '../model/notice.ts';
import type { NotifyPolicy, NotifyRoute } from '../model/notify-policy.ts';
import { holdsAt } from '../model/notify-policy.ts';
import { linesFor } from '../model/policy-lines.ts';
import {
  type Contact,
  type Resident,
  STAFF_ROLES,
  type Staff,
  type StaffRole,
  type Visitor,
} from '../model/registry.ts';
import type { RequestCategory } from '../model/request-category.ts';
import type { Text } from '../model/text.ts';
import { NEXT_STEP_NOW, OTHERS_INSTEAD, ROSTER_EMPTY } from './duty/texts.ts';

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
  /** Told in the place of others, and why: what the time line says of it. */
  readonly instead?: Text;
}

/** Who is told by a line of the policy or a step of an escalation. */
export type Told = Pick<NotifyRoute, 'roles' | 'channels' | 'rosters' | 'people' | 'by'>;

/** What a roster answers at the instant of a step. */
export interface DutyAnswer {
  readonly name: string;
  readonly node: string;
  /** Who is called now, those who stand in included. */
  readonly people: readonly Staff[];
  /** Who is called where there is nobody. */
  readonly substitutes: readonly Staff[];
  readonly otherwise: readonly StaffRole[];
}

/** What is asked of the registry: who comes to this place. */
export interface Roster {
  /** Staff who hold the role on a node that covers the path, whose node is nearest first. */
  staffFor(role: StaffRole, path: string): readonly Staff[];
  /** In calling order. */
  contacts(home: string): readonly Contact[];
  residents(home: string): readonly Resident[];
  staffMember(id: string): Staff | undefined;
}

export interface RecipientQuestion {
  /** Empty for a gateway: nobody's contacts are called for it. */
  readonly home: string;
  readonly path: string;
  readonly priority: Priority;
  readonly kind: CaseKind;
  readonly category?: RequestCategory;
  /** Somebody asked for it: like what is grave it must not reach nobody. */
  readonly asked?: boolean;
  /** Channels that are configured. A person with none of them counts as not reachable; absent: all count. */
  readonly configured?: ReadonlySet<string>;
  /** Who is on duty by a roster at this instant; undefined: there is no such roster. */
  readonly onDuty?: (roster: string) => DutyAnswer | undefined;
  /** What would follow if nobody took it: who is asked first may be nobody who comes. */
  readonly next?: readonly Told[];
}

/** P1 and P2 must never reach nobody. */
export const isGrave = (priority: Priority): boolean => priority === 'P1' || priority === 'P2';

/**
 * Who is told of a case, in the order in which it matters: people by the lines of the policy, groups, then the screens
 * and programs that are always told. One entry for each channel and address, so that ten people behind one robot do
 * not get ten messages. If a P1 or P2 would reach no person and no group, everybody with any role above the place and
 * the fallback channels are told instead, and marked so. Likewise where somebody asks for something.
 */
export function recipientsFor(
  policy: NotifyPolicy,
  roster: Roster,
  question: RecipientQuestion,
): RecipientAddress[] {
  const lines = linesFor(policy.routes, question, (line) => holdsAt(line, question.path));
  const told = toldBy(lines.length > 0 ? lines : ownLines(question.kind), roster, question);
  if ((isGrave(question.priority) || question.asked) && !reachesSomebody(told, question))
    told.push(...instead(policy, lines, roster, question, told));
  told.push(...policy.always.map((channel) => ({ ...group(channel, false), screen: true as const })));
  return onceEach(told);
}

/** A kind that no line of the policy speaks of may say itself who is told. */
const ownLines = (kind: CaseKind): readonly Told[] => {
  const { told } = definitionOf(kind);
  return told ? [{ roles: [...told], channels: [] }] : [];
};

function toldBy(lines: readonly Told[], roster: Roster, question: RecipientQuestion): RecipientAddress[] {
  return [
    ...lines.flatMap((line) => inLine(line, roster, question)),
    ...lines.flatMap((line) => line.channels.map((channel) => group(channel, false))),
  ];
}

const usable = ({ channel }: RecipientAddress, { configured }: RecipientQuestion): boolean =>
  configured?.has(channel) ?? true;

/** Somebody who may come, or a group. The residents are whom it is about. */
const reachesSomebody = (told: readonly RecipientAddress[], question: RecipientQuestion): boolean =>
  told.some((way) => way.recipient.kind !== 'resident' && usable(way, question));

/**
 * Nobody who may come is told. Where only the residents or the family were to be first, the next step of the escalation
 * is due: when it comes if the residents are being asked, at once if not. Otherwise everybody.
 */
function instead(
  policy: NotifyPolicy,
  lines: readonly Told[],
  roster: Roster,
  question: RecipientQuestion,
  told: readonly RecipientAddress[],
): RecipientAddress[] {
  const { next = [] } = question;
  if (lines.length > 0 && lines.every(isOfTheHome)) {
    const residentsAsked = told.some((way) => usable(way, question));
    if (residentsAsked && next.length > 0) return [];
    for (const step of next) {
      const now = toldBy([step], roster, question);
      if (reachesSomebody(now, question)) return now.map((way) => ({ ...way, instead: NEXT_STEP_NOW }));
    }
  }
  const all = everybody(policy, roster, question);
  const isTold = all.some((way) => way.recipient.kind !== 'channel' && usable(way, question));
  return isTold ? all.map((way) => ({ ...way, instead: OTHERS_INSTEAD })) : all;
}

const isOfTheHome = ({ roles, channels, rosters, people }: Told): boolean =>
  channels.length === 0 &&
  (rosters ?? []).length === 0 &&
  (people ?? []).length === 0 &&
  roles.every((role) => role === 'contact' || role === 'resident');

/** Who is told when none of those above was reached: everybody with any role above the place, and the fallback channels. */
export const fallbackFor = (
  policy: NotifyPolicy,
  roster: Roster,
  question: RecipientQuestion,
): RecipientAddress[] => onceEach(everybody(policy, roster, question));

/**
 * Whom one call tells who would be told by several: each way once. Where people are among them who are told by right, the
 * fallback stands beside them, and nobody may read that none of them could be told.
 */
export function together(
  now: readonly RecipientAddress[],
  others: readonly RecipientAddress[],
): readonly RecipientAddress[] {
  if (others.length === 0) return onceEach(now);
  const all = [...now, ...others];
  const byRight = all.filter(({ fallback, screen }) => !fallback && !screen);
  if (byRight.length === 0) return onceEach(all);
  const last = all.filter(({ fallback }) => fallback).map((way) => ({ ...way, instead: OTHERS_INSTEAD }));
  return onceEach([...byRight, ...last, ...all.filter(({ screen }) => screen)]);
}

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

/** The people of a line: those on duty, those named, then the roles in their order. */
function inLine(line: Told, roster: Roster, question: RecipientQuestion): RecipientAddress[] {
  const people = [
    ...(line.rosters ?? []).flatMap((id) => inRoster(id, roster, question)),
    ...(line.people ?? []).flatMap((id) => {
      const person = roster.staffMember(id);
      return person ? waysTo('staff', person, NAMED, false) : [];
    }),
    ...line.roles.flatMap((role) => inRole(roster, role, question, false)),
  ];
  return line.by === undefined ? people : byChannels(people, line.by, question);
}

/** Of the ways to a person those that are wanted; where none of these can be used, all. */
function byChannels(
  ways: readonly RecipientAddress[],
  wanted: readonly string[],
  question: RecipientQuestion,
): RecipientAddress[] {
  const isWanted = (way: RecipientAddress): boolean => wanted.includes(way.channel);
  const served = new Set(
    ways.filter((way) => isWanted(way) && usable(way, question)).map((way) => personKey(way)),
  );
  return ways.filter((way) => isWanted(way) || !served.has(personKey(way)));
}

/** Names a person, or a group, among those who are told. */
export const personKey = ({ recipient }: Pick<RecipientAddress, 'recipient'>): string =>
  `${recipient.kind}:${recipient.id}`;

/** Role of who is told by a roster, and of who is told by name. */
const ON_DUTY = 'on-duty';
const NAMED = 'named';

/** Who is on duty. Where nobody can be called: the substitutes; where there are none: the roles that the roster names. */
function inRoster(id: string, roster: Roster, question: RecipientQuestion): RecipientAddress[] {
  const duty = question.onDuty?.(id);
  if (!duty) return [];
  const ways = (people: readonly Staff[]): RecipientAddress[] =>
    people.flatMap((person) => waysTo('staff', person, ON_DUTY, false));
  if (duty.people.length > 0) return ways(duty.people);
  const because = ROSTER_EMPTY(duty.name);
  const standIn = ways(duty.substitutes);
  const others =
    standIn.length > 0
      ? standIn
      : duty.otherwise.flatMap((role) =>
          roster.staffFor(role, duty.node).flatMap((person) => waysTo('staff', person, role, false)),
        );
  return others.map((way) => ({ ...way, instead: because }));
}

function inRole(
  roster: Roster,
  role: ToldRole,
  { home, path }: RecipientQuestion,
  fallback: boolean,
): RecipientAddress[] {
  if (role === 'contact')
    return home === '' ? [] : roster.contacts(home).flatMap((one) => waysTo('contact', one, role, fallback));
  if (role === 'resident')
    return home === ''
      ? []
      : roster.residents(home).flatMap((one) => waysTo('resident', one, role, fallback));
  return roster.staffFor(role, path).flatMap((one) => waysTo('staff', one, role, fallback));
}

const waysTo = (
  kind: 'staff' | 'contact' | 'resident',
  person: Staff | Contact | Resident,
  role: string,
  fallback: boolean,
): RecipientAddress[] =>
  (person.channels ?? []).map(({ channel, address }) => ({
    recipient: { kind, id: person.id, name: person.name, role },
    channel,
    address,
    fallback,
  }));

/** All ways to one member of staff, whatever the roles. */
export const waysToStaff = (one: Staff): RecipientAddress[] =>
  waysTo('staff', one, one.roles[0]?.role ?? 'grid-worker', false);

/** All ways to somebody of the home. */
export function waysToVisitor(roster: Roster, home: string, { kind, id }: Visitor): RecipientAddress[] {
  const people = kind === 'contact' ? roster.contacts(home) : roster.residents(home);
  return people.filter((one) => one.id === id).flatMap((one) => waysTo(kind, one, kind, false));
}

const group = (channel: string, fallback: boolean): RecipientAddress => ({
  recipient: { kind: 'channel', id: channel, name: channel, role: '' },
  channel,
  address: '',
  fallback,
});

/** A group or program on its own. */
export const groupWay = (channel: string): RecipientAddress => group(channel, false);

function everybody(policy: NotifyPolicy, roster: Roster, question: RecipientQuestion): RecipientAddress[] {
  return [
    ...STAFF_ROLES.flatMap((role) => inRole(roster, role, question, true)),
    ...policy.fallback.channels.map((channel) => group(channel, true)),
  ];
}

/** Two notices over one way reach the same place. */
export const wayOf = ({ channel, address }: RecipientAddress): string => `${channel}\n${address}`;

/** Each way once, the first that names it. */
export function onceEach(told: readonly RecipientAddress[]): RecipientAddress[] {
  const byWay = new Map<string, RecipientAddress>();
  for (const one of told) if (!byWay.has(wayOf(one))) byWay.set(wayOf(one), one);
  return [...byWay.values()];
}
