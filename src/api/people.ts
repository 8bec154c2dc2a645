import type { Doer } from '../model/case.ts';
import type { Staff } from '../model/registry.ts';
import type { User } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import { type Caller, isCovered, nodesWith } from './access.ts';

/**
 * Accounts and staff are two lists of people, and nothing in them says who of the one is who of the other but the name. Where
 * one account and one member of staff bear it, they are taken for the same person; where more do, for nobody: then each is
 * known in cases by what they acted with.
 */
export interface People {
  readonly users: readonly User[];
  readonly staff: readonly Pick<Staff, 'id' | 'name'>[];
}

type Source = {
  readonly records: Pick<Service['records'], 'users'>;
  readonly registry: Pick<Service['registry'], 'staff'>;
};

export async function peopleOf({ records, registry }: Source): Promise<People> {
  return { users: await records.users(), staff: [...registry.staff()] };
}

/** The one account and the one member of staff of this name; undefined: there are not one of each. */
export function pairOf(
  { users, staff }: People,
  name: string,
): { readonly account: User; readonly staff: string } | undefined {
  const [account, ...others] = users.filter((user) => user.name === name && !user.disabled);
  const [member, ...namesakes] = staff.filter((one) => one.name === name);
  if (!account || !member || others.length > 0 || namesakes.length > 0) return undefined;
  return { account, staff: member.id };
}

/** Whoever asks, as cases know people. The command line has no account. */
export async function doerOf(
  source: Source,
  { id, name, by }: Pick<Caller, 'id' | 'name' | 'by'>,
): Promise<Doer> {
  if (by === 'control') return { name };
  const staff = pairOf(await peopleOf(source), name)?.staff;
  return { name, account: id, ...(staff === undefined ? {} : { staff }) };
}

/**
 * The account of a member of staff, if it may take a case here: nobody comes to more by a name than they had, but what was
 * theirs stays so when its home moves.
 */
export async function accountOfStaff(source: Source, id: string, path: string): Promise<string | undefined> {
  const people = await peopleOf(source);
  const member = people.staff.find((one) => one.id === id);
  const account = member && pairOf(people, member.name)?.account;
  return account && mayTake(account, path) ? account.id : undefined;
}

export const mayTake = ({ disabled, roles }: User, path: string): boolean =>
  !disabled && isCovered(nodesWith(roles, 'responder'), path);
