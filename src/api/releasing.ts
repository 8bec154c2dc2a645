import { z } from 'zod';
import { type Doer, isLeftBy, ownerOf } from '../model/case.ts';
import { LIMITS } from '../model/limits.ts';
import type { NumberedCase, User } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import { type Caller, nodesWith } from './access.ts';

/** Cases that were somebody's who has left. */
export const releasedSchema = z
  .array(z.object({ id: z.string(), number: z.number().int() }))
  .readonly()
  .meta({
    description:
      'cases that whoever was removed or barred had: nobody has them now, and people are called again',
  });
export type ReleasedCase = z.output<typeof releasedSchema>[number];

type Releasing = Pick<Service, 'records' | 'submit'>;

/** Somebody who leaves: an account or a member of staff. */
export interface Leaver extends Doer {
  readonly name: string;
  /** Their account is there still, and may do nothing. */
  readonly barred?: boolean;
}

/** May this account do something with a case, wherever that is? */
export const mayAct = ({ disabled, roles }: Pick<User, 'disabled' | 'roles'>): boolean =>
  !disabled && nodesWith(roles, 'responder').length > 0;

/**
 * Somebody is no longer staff, or their account is gone or may do nothing any more: their cases are nobody's, and are called
 * anew. `others` are who is left of the same kind: where a case knows of a name alone and one of them bears it, nobody can
 * say whose it is.
 */
export async function releaseCasesOf(
  service: Releasing,
  leaver: Leaver,
  others: Iterable<{ readonly name: string }>,
  caller: Pick<Caller, 'name'>,
): Promise<readonly ReleasedCase[]> {
  const isUnclear = [...others].some(({ name }) => name === leaver.name);
  const had: NumberedCase[] = [];
  for await (const one of takenCases(service, leaver))
    if (isLeftBy(one, leaver) && (!isUnclear || isKnownById(one, leaver))) had.push(one);
  return released(service, had, leaver, caller.name);
}

const isKnownById = (of: NumberedCase, { account, staff }: Leaver): boolean => {
  const owner = ownerOf(of);
  return account === undefined ? owner.staff === staff : owner.account === account;
};

/**
 * At a start: cases whose holder left while nobody could release them. The service was killed between the two, or the account
 * was removed from records of a service that did not run.
 */
export async function releaseLeftCases(
  service: Releasing & Pick<Service, 'registry'>,
): Promise<readonly ReleasedCase[]> {
  const users = new Map((await service.records.users()).map((user) => [user.id, user]));
  const staff = new Set([...service.registry.staff()].map(({ id }) => id));
  const all: ReleasedCase[] = [];
  for await (const one of takenCases(service)) {
    const owner = ownerOf(one);
    const user = users.get(owner.account ?? '');
    const isGone =
      owner.account === undefined ? owner.staff && !staff.has(owner.staff) : !user || !mayAct(user);
    if (!isGone) continue;
    const { account, staff: member } = owner;
    const leaver = { name: owner.name ?? '', ...(account === undefined ? { staff: member } : { account }) };
    all.push(...(await released(service, [one], { ...leaver, barred: user !== undefined }, 'system')));
  }
  return all;
}

async function* takenCases({ records }: Releasing, theirs?: Doer): AsyncIterable<NumberedCase> {
  let cursor: string | undefined;
  do {
    const page = await records.cases(
      { paths: [''], status: ['acknowledged'], ...(theirs ? { theirs } : {}) },
      { limit: LIMITS.pageLengthMax, ...(cursor === undefined ? {} : { cursor }) },
    );
    yield* page.items;
    cursor = page.next;
  } while (cursor !== undefined);
}

async function released(
  { submit }: Releasing,
  cases: readonly NumberedCase[],
  { account, staff, barred }: Leaver,
  by: string,
): Promise<readonly ReleasedCase[]> {
  const given: ReleasedCase[] = [];
  for (const { id, number, acknowledgedBy = '' } of cases) {
    const who = { name: acknowledgedBy, account, staff };
    const answer = await submit(
      { type: 'case.release', case: id, ...who, ...(barred ? { barred } : {}) },
      by,
    );
    if (answer.ok) given.push({ id, number });
  }
  return given;
}
