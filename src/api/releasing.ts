import { z } from 'zod';
import { LIMITS } from '../model/limits.ts';
import type { NumberedCase } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import type { Caller } from './access.ts';

/** Cases that were somebody's who has left. */
export const releasedSchema = z
  .array(z.object({ id: z.string(), number: z.number().int() }))
  .readonly()
  .meta({
    description: 'cases that whoever was removed had: nobody has them now, and people are called again',
  });
export type ReleasedCase = z.output<typeof releasedSchema>[number];

/**
 * Somebody is no longer staff, or has no account any more: their cases are nobody's, and are called anew. Names are how people stand
 * in cases, so `others` are who is left of the same kind: where one of them is called alike, nobody can say whose they are.
 */
export async function releaseCasesOf(
  { records, submit }: Pick<Service, 'records' | 'submit'>,
  name: string,
  others: Iterable<{ readonly name: string }>,
  caller: Pick<Caller, 'name'>,
): Promise<readonly ReleasedCase[]> {
  for (const other of others) if (other.name === name) return [];
  const had: NumberedCase[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.cases(
      { paths: [''], status: ['acknowledged'], owner: name },
      { limit: LIMITS.pageLengthMax, ...(cursor === undefined ? {} : { cursor }) },
    );
    had.push(...page.items.filter(({ acknowledgedBy }) => acknowledgedBy === name));
    cursor = page.next;
  } while (cursor !== undefined);
  const released: ReleasedCase[] = [];
  for (const { id, number } of had) {
    const answer = await submit({ type: 'case.release', case: id, name }, caller.name);
    if (answer.ok) released.push({ id, number });
  }
  return released;
}
