import type { CommandBody } from '../model/command.ts';
import { covers } from '../model/paths.ts';
import type { NumberedCase } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import { accountOfStaff, mayTake, pairOf, peopleOf } from './people.ts';
import type { AssigneeChoice } from './replies.ts';

/** More than this nobody looks through; the nearest come first. */
const CHOICES_MAX = 200;

/**
 * Staff of the place, the nearest first, then accounts with the right to take the case, without those of the staff among
 * them: a namesake of whom nobody can tell that is listed beside the other.
 */
export async function assigneesOf(service: Service, { path }: NumberedCase): Promise<AssigneeChoice[]> {
  const staff = [...service.registry.staff()].flatMap((one) => {
    const here = one.roles.filter(({ node }) => covers(node, path));
    const nearest = Math.max(...here.map(({ node }) => node.length));
    return Number.isFinite(nearest) ? [{ one, nearest, roles: rolesIn(here) }] : [];
  });
  staff.sort((a, b) => b.nearest - a.nearest || (a.one.name < b.one.name ? -1 : 1));
  const people = await peopleOf(service);
  const listed = new Set(staff.map(({ one }) => pairOf(people, one.name)?.account.id));
  const users = people.users.filter((user) => mayTake(user, path) && !listed.has(user.id));
  const names = [...staff.map(({ one }) => one.name), ...users.map(({ name }) => name)];
  const isNamesake = (name: string): boolean => names.indexOf(name) !== names.lastIndexOf(name);
  return [
    ...staff.map(({ one: { id, name, channels }, roles }) => ({
      kind: 'staff' as const,
      id,
      name,
      roles,
      reachable: channels.length > 0,
      ...(isNamesake(name) ? { namesake: true as const } : {}),
    })),
    ...users.map(({ id, name, roles }) => ({
      kind: 'user' as const,
      id,
      name,
      roles: rolesIn(roles.filter(({ node }) => covers(node, path))),
      reachable: false,
      ...(isNamesake(name) ? { namesake: true as const } : {}),
    })),
  ].slice(0, CHOICES_MAX);
}

/** Each once, the nearest first: of two nodes above the place one may be within the other. */
const rolesIn = <R extends string>(here: readonly { readonly role: R; readonly node: string }[]): R[] => [
  ...new Set([...here].sort((a, b) => b.node.length - a.node.length).map(({ role }) => role)),
];

/** As the command wants them: with the account, if it may take a case there. */
export async function assigneeFor(
  service: Pick<Service, 'records' | 'registry'>,
  path: string,
  { kind, id }: { readonly kind: 'staff' | 'user'; readonly id: string },
): Promise<CommandBody<'case.assign'>['to'] | undefined> {
  if (kind === 'staff') {
    const account = await accountOfStaff(service, id, path);
    return { kind, id, ...(account === undefined ? {} : { account }) };
  }
  const user = await service.records.user(id);
  return user && mayTake(user, path) ? { kind, name: user.name, account: id } : undefined;
}
