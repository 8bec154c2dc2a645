import { PRIORITIES } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import { CASE_KINDS, definitionOf, policyKindOf } from '../model/case-kind.ts';
import type { CaseTargets } from '../model/case-targets.ts';
import type { CommandBody } from '../model/command.ts';
import type { Absence } from '../model/effect.ts';
import { DEFAULT_CALL_BACK_ESCALATION, DEFAULT_ESCALATION, type Escalation } from '../model/escalation.ts';
import { joinedNames } from '../model/joined-names.ts';
import { holdsAt, type NotifyPolicy } from '../model/notify-policy.ts';
import { areaPath, covers, parentPath } from '../model/paths.ts';
import { linesFor } from '../model/policy-lines.ts';
import type { Gateway, RegistryNode, Resident, Staff, Visitor } from '../model/registry.ts';
import { SERVICE_PLACE, SERVICE_SUBJECT, servicePath } from '../model/service-finding.ts';
import { holdsCalls, type Silence } from '../model/silence.ts';
import { targetsFor } from '../model/target-lines.ts';
import type { Text } from '../model/text.ts';
import { isAskedByPeople } from './asked.ts';
import type { Duty } from './duty/on-duty.ts';
import { ROSTER_GONE } from './duty/texts.ts';
import type { LadderStep, Steps } from './ladder.ts';
import {
  type DutyAnswer,
  fallbackFor,
  onceEach,
  type RecipientAddress,
  type RecipientQuestion,
  type Roster,
  recipientsFor,
  waysToStaff,
  waysToVisitor,
} from './recipients.ts';
import { silencedChannels } from './silencing.ts';
import { waysToTold } from './told-ways.ts';

/** Whom a case is about: a home; or a gateway or an area (then `home` is empty). */
export interface CaseSubject {
  readonly id: string;
  readonly home: string;
  readonly path: string;
  /** Where it is and who lives there: `3号楼2单元501 王秀英`. */
  readonly place: Text;
  /** The same without who lives there, for a home. */
  readonly spot?: Text;
  /** The name of the community that it lies in. */
  readonly community?: string;
  /** The names of the nodes above it. */
  readonly area?: Text;
  /** IANA zone of the place. */
  readonly timeZone?: string;
  /** Names in `place` of which a group sees the surname only. */
  readonly residents?: readonly string[];
  /** Whom to call, by id, in calling order. */
  readonly contacts?: readonly { readonly id: string; readonly name: string; readonly relation?: string }[];
}

/** What of a case decides who is told of it, what follows, and what is owed. */
export type CaseSort = Pick<Case, 'priority' | 'kind' | 'category' | 'rules'>;

/** What a step of a case may know of the world outside its book. */
export interface CaseContext {
  /** When the input was received, in epoch milliseconds. */
  readonly now: number;
  readonly subject: CaseSubject;
  /** Who would be told, first or at a step. Asked only when somebody is to be told. `at`: when it is delivered, if not now. */
  readonly recipients: (of: CaseSort, step?: LadderStep, at?: number) => readonly RecipientAddress[];
  /** What happens while nobody takes such a case; undefined: nothing does. */
  readonly escalation: (of: CaseSort) => Steps | undefined;
  /** What happens while nobody makes its call-back: something always does. */
  readonly callBackEscalation: (of: CaseSort) => Steps;
  /** What is owed to such a case, and within which time. */
  readonly targets: (of: CaseSort) => CaseTargets;
  /** IANA name of the zone whose clocks count for it. */
  readonly timeZone: string;
  /** Somebody who may be asked to take the case, and the ways to them; undefined: nobody here, or at `path`, is called so. */
  readonly assignee: (to: CommandBody<'case.assign'>['to'], path?: string) => Assignee | undefined;
  /** The ways to a member of staff, wherever they hold a role; absent: there are none. */
  readonly waysToStaff?: (id: string) => readonly RecipientAddress[];
  /** The ways to those who were told of a case (its `toldTo`), as they are now. */
  readonly waysToTold?: (told: readonly string[]) => readonly RecipientAddress[];
  /** The ways to somebody of the home who acted over a personal link; absent: there are none. */
  readonly waysToVisitor?: (visitor: Visitor) => readonly RecipientAddress[];
  /** Who is told when none of them was reached. */
  readonly fallback: (of: CaseSort) => readonly RecipientAddress[];
  /** Whether a channel is configured; absent: all count as such. */
  readonly isConfigured?: (channel: string) => boolean;
  /** What people wish not to hear of; absent: there is nothing. */
  readonly silences?: readonly Silence[];
  /** The same with those silences alone that hold back calls for help; absent: there are none. */
  readonly whereCalled?: CaseContext | undefined;
  /** The ways to the testers of a site on trial, by their ids. */
  readonly testers?: (ids: readonly string[]) => readonly RecipientAddress[];
  /** A silence held messages back: counted, and of no consequence here. */
  readonly held?: (silence: string, messages: number) => void;
  /** When the service was last away; absent: it never was. */
  readonly absence?: Absence | undefined;
}

export interface Assignee {
  readonly name: string;
  readonly ways: readonly RecipientAddress[];
}

/** What a context is made from: the registry in the core. */
export interface CaseRegistry extends Roster {
  homePath(id: string): string | undefined;
  place(home: string): Text;
  spot(home: string): Text;
  /** From the top down to this path. */
  lineage(path: string): readonly RegistryNode[];
  timeZone(path: string): string;
  residents(home: string): readonly Resident[];
  gateway(id: string): Gateway | undefined;
  node(path: string): RegistryNode | undefined;
  nodes(): Iterable<RegistryNode>;
  staff(): Iterable<Staff>;
}

/**
 * The context of one step for a home or gateway. `configured` are the names of the channels in config/channels.yaml.
 * A subject that left the registry keeps its id as its place: what is open about it must still be handled.
 */
export function caseContext(
  registry: CaseRegistry,
  policy: NotifyPolicy,
  configured: ReadonlySet<string>,
  id: string,
  now: number,
  { duty, silence = NO_SILENCES, absence }: CaseSurroundings = {},
): CaseContext {
  const subject = placed(registry, subjectOf(registry, id));
  const { home, path } = subject;
  const roster = id === SERVICE_SUBJECT ? everywhere(registry) : registry;
  // What is wrong with the watching itself no place and no rule keeps still.
  const silences = id === SERVICE_SUBJECT ? silence.all.filter(isOfChannel) : silence.all;
  const question = (of: CaseSort, at = now): RecipientQuestion => {
    const shut = silencedChannels(silences, { home, path }, of.priority, now);
    const usable =
      shut.length > 0 ? new Set([...configured].filter((one) => !shut.includes(one))) : configured;
    const onDuty = (id: string): DutyAnswer | undefined =>
      duty && dutyAnswer(duty, id, at, registry, configured);
    return { ...asInPolicy(of), asked: isAskedByPeople(of), home, path, configured: usable, onDuty };
  };
  const escalation = (of: CaseSort) =>
    stepsOf(policy.escalation, asInPolicy(of), path) ??
    // What people ask for must not wait in silence because the file has no line for it, or none for its priority.
    (definitionOf(of.kind).asked ? stepsOf(DEFAULT_ESCALATION, asInPolicy(of), path) : undefined);
  return {
    now,
    subject,
    recipients(of, step, at) {
      const first = (): RecipientAddress[] =>
        recipientsFor(policy, roster, { ...question(of, at), next: escalation(of)?.steps ?? [] });
      if (!step) return first();
      const told = recipientsFor(atStep(policy, step), roster, question(of, at));
      const isGone = duty && step.rosters?.some((one) => duty.roster(one) === undefined);
      // A ladder keeps the steps that it began with, also those of a roster that the file has no more: it would call nobody for ever.
      if (!isGone || told.some(({ screen }) => !screen)) return told;
      const others = first().some(({ screen }) => !screen)
        ? first()
        : fallbackFor(policy, roster, question(of, at));
      return onceEach([...others.map((way) => ({ ...way, instead: way.instead ?? ROSTER_GONE })), ...told]);
    },
    escalation,
    callBackEscalation: (of) =>
      stepsOf(policy.callBackEscalation, asInPolicy(of), path) ??
      (stepsOf(DEFAULT_CALL_BACK_ESCALATION, asInPolicy(of), path) as Steps),
    targets: (of) => targetsFor(policy.targets, asInPolicy(of)),
    get timeZone() {
      return registry.timeZone(path);
    },
    assignee: (to, at = path) => assigneeOf(registry, { id, path: at }, to),
    waysToStaff: (id) => waysToMember(registry, id),
    waysToTold: (told) => waysToTold(registry, home, told),
    waysToVisitor: (visitor) => waysToVisitor(registry, home, visitor),
    isConfigured: (channel) => configured.has(channel),
    fallback: (of) => fallbackFor(policy, roster, question(of)),
    silences,
    testers: (ids) => ids.flatMap((one) => waysToMember(registry, one)),
    held: silence.held,
    absence,
    get whereCalled() {
      const all = silence.all.filter(holdsCalls);
      if (all.length === silence.all.length) return undefined;
      const surroundings = { ...(duty ? { duty } : {}), silence: { ...silence, all }, absence };
      return caseContext(registry, policy, configured, id, now, surroundings);
    },
  };
}

/** What else a context is made from, where there is it. */
export interface CaseSurroundings {
  readonly duty?: Duty;
  readonly silence?: SilenceBook;
  readonly absence?: Absence | undefined;
}

/** What people wish not to hear of, and where it is counted what was held back. */
export interface SilenceBook {
  readonly all: readonly Silence[];
  readonly held: (silence: string, messages: number) => void;
}
const NO_SILENCES: SilenceBook = { all: [], held: () => undefined };

/** Who is on duty by a roster at this instant. */
function dutyAnswer(
  duty: Duty,
  id: string,
  now: number,
  registry: CaseRegistry,
  configured: ReadonlySet<string>,
): DutyAnswer | undefined {
  const roster = duty.roster(id);
  if (!roster) return undefined;
  return {
    name: roster.name,
    node: roster.node,
    people: duty.onDuty(roster, now, registry, configured).people,
    substitutes: duty.substitutes(roster, now, registry, configured),
    otherwise: roster.otherwise,
  };
}

const isOfChannel = ({ channel, rule }: Silence): boolean => channel !== undefined && rule === undefined;

/** With what only a notice asks for, looked up when it does. */
function placed(registry: CaseRegistry, subject: CaseSubject): CaseSubject {
  const { id, home, path } = subject;
  return {
    ...subject,
    get spot() {
      return home === '' ? subject.place : registry.spot(id);
    },
    get community() {
      return registry.lineage(path).find(({ level }) => level === 'community')?.name ?? '';
    },
    get area() {
      const names = registry.lineage(parentPath(path)).map(({ name }) => name);
      return { zh: joinedNames(names), en: names.join(', ') };
    },
    get timeZone() {
      return registry.timeZone(path);
    },
  };
}

/** The policy as it is at one step of an escalation: those of the step are told, whatever the case. */
const atStep = (policy: NotifyPolicy, { afterMs: _, inTurnMs: __, ...told }: LadderStep): NotifyPolicy => ({
  ...policy,
  routes: [{ kinds: [...CASE_KINDS], priorities: [...PRIORITIES], ...told }],
});

/** As config/notify.yaml treats it. */
const asInPolicy = ({ priority, kind, category }: CaseSort): Omit<CaseSort, 'rules'> => ({
  priority,
  kind: policyKindOf(kind),
  ...(category === undefined ? {} : { category }),
});

function stepsOf(
  escalation: readonly Escalation[],
  of: Omit<CaseSort, 'rules'>,
  path: string,
): Steps | undefined {
  const [fits] = linesFor(escalation, of, (line) => holdsAt(line, path));
  return (
    fits && {
      steps: fits.steps.map(({ after, inTurn, ...told }) => ({
        ...told,
        afterMs: after,
        ...(inTurn === undefined ? {} : { inTurnMs: inTurn }),
      })),
      repeatEveryMs: fits.repeatEvery,
    }
  );
}

/** Staff whose place this is; or whoever can sign in, with the ways to the member of staff of the same name. */
function assigneeOf(
  registry: CaseRegistry,
  { id, path }: Pick<CaseSubject, 'id' | 'path'>,
  to: CommandBody<'case.assign'>['to'],
): Assignee | undefined {
  const isHere = ({ roles }: Staff): boolean =>
    id === SERVICE_SUBJECT || roles.some(({ node }) => covers(node, path));
  const [staff, ...namesakes] = [...registry.staff()].filter((one) =>
    to.kind === 'staff' ? one.id === to.id && isHere(one) : one.name === to.name && isHere(one),
  );
  if (!staff) return to.kind === 'user' ? { name: to.name, ways: [] } : undefined;
  // Who of two of one name is meant nobody can tell: better both hear of it than the wrong one alone.
  return { name: staff.name, ways: onceEach([staff, ...namesakes].flatMap(waysToStaff)) };
}

function waysToMember(registry: Pick<CaseRegistry, 'staffMember'>, id: string): readonly RecipientAddress[] {
  const person = registry.staffMember(id);
  return person ? waysToStaff(person) : [];
}

/** What concerns the service concerns all homes: whoever holds a role anywhere is asked. */
const everywhere = (registry: CaseRegistry): Roster => ({
  staffFor: (role) => [...registry.staff()].filter(({ roles }) => roles.some((held) => held.role === role)),
  contacts: () => [],
  residents: () => [],
  staffMember: (id) => registry.staffMember(id),
});

function subjectOf(registry: CaseRegistry, id: string): CaseSubject {
  if (id === SERVICE_SUBJECT)
    return { id, home: '', path: servicePath(registry.nodes()), place: SERVICE_PLACE };
  const path = registry.homePath(id);
  if (path !== undefined) {
    const residents = registry.residents(id).map((resident) => resident.name);
    const contacts = registry.contacts(id).map(({ id, name, relation }) => ({ id, name, relation }));
    return { id, home: id, path, place: registry.place(id), residents, contacts };
  }
  const area = areaPath(id);
  if (area !== undefined) {
    const name = registry.node(area)?.name ?? area;
    return { id, home: '', path: area, place: { zh: name, en: name } };
  }
  const gateway = registry.gateway(id);
  if (!gateway) return { id, home: id, path: '', place: { zh: id, en: id } };
  const name = gateway.name ?? gateway.id;
  return {
    id,
    home: '',
    path: `${gateway.parent}/${gateway.id}`,
    place: { zh: `网关 ${name}`, en: `Gateway ${name}` },
  };
}

/** The place as a group may see it: the surname, no given name. */
export function discreetPlace({ place, residents = [] }: Pick<CaseSubject, 'place' | 'residents'>): Text {
  let { zh, en } = place;
  for (const name of residents) {
    const discreet = discreetName(name);
    zh = zh.replaceAll(name, discreet.zh);
    en = en.replaceAll(name, discreet.en);
  }
  return { zh, en };
}

/** Surnames of two characters that are still common. */
const LONG_SURNAMES = new Set([
  '欧阳',
  '司马',
  '上官',
  '诸葛',
  '司徒',
  '东方',
  '南宫',
  '夏侯',
  '皇甫',
  '尉迟',
  '公孙',
  '慕容',
  '令狐',
  '宇文',
  '长孙',
  '端木',
]);

/** 王秀英 → 王老人; 阿依古丽, which begins with no surname → 老人; names in other scripts → their initials. */
export function discreetName(name: string): Text {
  if (/^\p{Script=Han}/u.test(name)) {
    const points = [...name];
    const long = points.length > 2 && LONG_SURNAMES.has(points.slice(0, 2).join(''));
    if (!long && (points.length > 3 || name.includes('·'))) return { zh: '老人', en: `${points[0]}.` };
    const surname = points.slice(0, long ? 2 : 1).join('');
    return { zh: `${surname}老人`, en: surname };
  }
  const initials = name
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => `${[...word][0]}.`)
    .join(' ');
  return { zh: initials, en: initials };
}
