import type { Priority } from '../model/alert.ts';
import { holdsAt, type NotifyPolicy } from '../model/notify-policy.ts';
import { parentPath } from '../model/paths.ts';
import type { Contact, Staff, StaffRole } from '../model/registry.ts';
import type { RosterDefinition } from '../model/roster.ts';
import { membersOf } from './duty/on-duty.ts';
import type { Told } from './recipients.ts';

/** By what it is found out whether somebody could be told. */
export interface ReachSources {
  readonly policy: Pick<NotifyPolicy, 'routes' | 'escalation'>;
  readonly staff: Iterable<Staff>;
  readonly roster: (id: string) => RosterDefinition | undefined;
  /** Channels over which somebody is reached at present. */
  readonly channels: ReadonlySet<string>;
}

/** A line of the policy, or a step, with what it comes to before a home is looked at. */
interface PlacedLine {
  readonly nodes: readonly string[] | undefined;
  /** It tells somebody wherever the home is: a group, a person by name, somebody on a roster. */
  readonly tellsAnywhere: boolean;
  readonly tellsContacts: boolean;
}
interface PriorityLines {
  readonly routes: readonly PlacedLine[];
  /** Of those that hold at a place the first counts. */
  readonly escalation: readonly PlacedLine[];
}

const GRAVE: readonly Priority[] = ['P1', 'P2'];

/**
 * Whether anybody could be told that somebody is in need, without anybody being in need: what `recipientsFor` would find at
 * some step, of people at whatever hour. Whoever is on leave, and gaps in rosters, are looked for by the rosters. The residents
 * do not count, since it is about them, nor do screens, programs and the fallback.
 */
export class Reach {
  readonly #channels: ReadonlySet<string>;
  /** Roles that somebody who can be told holds on exactly this node. */
  readonly #held = new Map<string, Set<StaffRole>>();
  /** Nodes on or below which somebody stands who can be told. */
  readonly #inhabited = new Set<string>();
  readonly #byPriority: readonly PriorityLines[];

  constructor({ policy, staff, roster, channels }: ReachSources) {
    this.#channels = channels;
    const known = new Set<string>();
    for (const one of staff) if (this.#isReachable(one)) known.add(this.#place(one));
    const onRoster = (id: string): boolean => {
      const found = roster(id);
      if (!found) return false;
      return (
        membersOf(found).some((one) => known.has(one)) ||
        found.otherwise.some((role) => this.#isHeldAbove(role, found.node))
      );
    };
    const tellsAnywhere = (line: Told): boolean =>
      line.channels.some((one) => channels.has(one)) ||
      (line.people ?? []).some((one) => known.has(one)) ||
      (line.rosters ?? []).some(onRoster);
    this.#byPriority = GRAVE.map((priority) => linesOf(policy, priority, tellsAnywhere));
  }

  /** Is there a P1 or P2 of which nobody would be told? Everybody with any role above is told where no line tells anybody. */
  isUntold(path: string, contacts: () => readonly Contact[]): boolean {
    for (let at = parentPath(path); at !== ''; at = parentPath(at)) if (this.#held.has(at)) return false;
    let hasFamily: boolean | undefined;
    const tells = (line: PlacedLine): boolean => {
      if (line.tellsAnywhere) return true;
      if (!line.tellsContacts) return false;
      hasFamily ??= contacts().some((one) => this.#isReachable(one));
      return hasFamily;
    };
    return this.#byPriority.some(({ routes, escalation }) => {
      const steps = escalation.find((line) => holdsAt(line, path));
      return !routes.some((line) => holdsAt(line, path) && tells(line)) && !(steps && tells(steps));
    });
  }

  /** The highest node above a home of which nobody can be told where nobody stands: the name of the gap. */
  gapAbove(path: string): string {
    let gap = parentPath(path);
    for (let at = parentPath(gap); at !== '' && !this.#inhabited.has(at); at = parentPath(at)) gap = at;
    return gap;
  }

  #isReachable({ channels }: Pick<Staff | Contact, 'channels'>): boolean {
    return channels.some(({ channel }) => this.#channels.has(channel));
  }

  #place({ id, roles }: Staff): string {
    for (const { role, node } of roles) {
      const held = this.#held.get(node) ?? new Set();
      this.#held.set(node, held.add(role));
      for (let at = node; at !== '' && !this.#inhabited.has(at); at = parentPath(at)) this.#inhabited.add(at);
    }
    return id;
  }

  #isHeldAbove(role: StaffRole, path: string): boolean {
    for (let at = path; at !== ''; at = parentPath(at)) if (this.#held.get(at)?.has(role)) return true;
    return false;
  }
}

function linesOf(
  { routes, escalation }: ReachSources['policy'],
  priority: Priority,
  tellsAnywhere: (line: Told) => boolean,
): PriorityLines {
  const isOf = (line: { readonly kinds: readonly string[]; readonly priorities: readonly Priority[] }) =>
    line.kinds.includes('safety') && line.priorities.includes(priority);
  const placed = (nodes: readonly string[] | undefined, told: readonly Told[]): PlacedLine => ({
    nodes,
    tellsAnywhere: told.some(tellsAnywhere),
    tellsContacts: told.some(({ roles }) => roles.includes('contact')),
  });
  return {
    routes: routes.filter(isOf).map((line) => placed(line.nodes, [line])),
    escalation: escalation.filter(isOf).map((line) => placed(line.nodes, line.steps)),
  };
}
