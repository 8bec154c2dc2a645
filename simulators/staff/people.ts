import { type Random, seededRandom } from '../../src/lib/random.ts';
import { covers } from '../../src/model/paths.ts';
import type { Staff, StaffRole } from '../../src/model/registry.ts';
import type { Community } from '../community.ts';

/** How somebody works: most do what is due when it is due, some take their time, some forget. */
export type Pace = 'diligent' | 'slow' | 'forgetful';

/** One of the staff who works: with an account of their own, and the rights that go with what they are. */
export interface StaffPerson {
  /** Of the account, and in the registry. */
  readonly id: string;
  readonly name: string;
  readonly role: StaffRole;
  readonly nodes: readonly string[];
  readonly permission: 'responder' | 'operator';
  readonly pace: Pace;
}

/** Whoever else is on the roster is told of things, and does nothing in the books. */
const AT_WORK: readonly StaffRole[] = ['grid-worker', 'committee', 'technician', 'sub-district-duty'];
/** One after the other, so that each community has some of each. */
const PACES: readonly Pace[] = ['diligent', 'slow', 'diligent', 'forgetful', 'diligent'];

/** Who of the community's staff works, and how: from the seed. */
export function workforce({ entries }: Pick<Community, 'entries'>, seed: number | string): StaffPerson[] {
  const staff = entries.filter((entry): entry is Staff => entry.noun === 'staff');
  const at = staff.filter(({ roles: [first] }) => first !== undefined && AT_WORK.includes(first.role));
  const offset = seededRandom(`${seed}/staff`).integer(0, PACES.length - 1);
  return at.map(({ id, name, roles }, i) => {
    const role = roles[0]?.role ?? 'grid-worker';
    return {
      id,
      name,
      role,
      nodes: roles.map(({ node }) => node),
      permission: role === 'committee' || role === 'sub-district-duty' ? 'operator' : 'responder',
      pace: PACES[(i + offset) % PACES.length] ?? 'diligent',
    };
  });
}

/** How much of the time that there is for something this person lets go by: above 1 they are late. */
export function shareOfTime(pace: Pace, random: Random): number {
  if (pace === 'diligent') return random.between(0.1, 0.7);
  if (pace === 'slow') return random.between(0.4, 1.4);
  return random.chance(0.3) ? random.between(1.3, 2.5) : random.between(0.15, 0.8);
}

/** Is the place within what this person looks after? */
export const looksAfter = ({ nodes }: Pick<StaffPerson, 'nodes'>, path: string): boolean =>
  nodes.some((node) => covers(node, path));
