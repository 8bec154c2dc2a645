import { createHash } from 'node:crypto';
import { z } from 'zod';
import { accountsWith } from '../model/case.ts';
import type { Command } from '../model/command.ts';
import type { Failure } from '../model/errors.ts';
import type { NumberedCase, RecordStore } from '../ports/records.ts';
import { isCovered } from './access.ts';
import { numberedCaseSchema } from './case-schemas.ts';
import { doerOf } from './people.ts';
import { Refusal, refuse } from './problem.ts';
import type { RouteContext } from './route.ts';

/** How a command on a case goes in and what comes back, for every route that has one. */

export const caseParams = z.object({ id: z.string().min(1).max(200) });
export const caseReply = z.object({ case: numberedCaseSchema });
type Context = RouteContext<{ id: string }, undefined, unknown>;

type Asking = Pick<Context, 'visible' | 'caller'>;

export async function visibleCase(
  records: RecordStore,
  { visible, caller }: Asking,
  id: string,
): Promise<NumberedCase | undefined> {
  const found = await records.case(id);
  return found && (isCovered(visible, found.path) || hasIt(found, caller)) ? found : undefined;
}

/**
 * Whoever has a case has it wherever its home moves to, until they have resolved it or somebody else takes it: they may stand
 * at the door. So has whom they asked to take it. Known by the account alone, for a right goes by no name.
 */
export const hasIt = (of: NumberedCase, { id }: Context['caller']): boolean => accountsWith(of).includes(id);

/** The case, if the caller may change it with the role that the route needs. */
export async function changeableCase(
  { service, visible, nodes, caller }: Pick<Context, 'service' | 'nodes'> & Asking,
  id: string,
): Promise<NumberedCase | Refusal> {
  const found = await visibleCase(service.records, { visible, caller }, id);
  if (!found) return refuse('CASE_NOT_FOUND');
  return isCovered(nodes, found.path) || hasIt(found, caller)
    ? found
    : refuse('NOT_ALLOWED', { node: found.path });
}

/** Where somebody was, as it is asked for: what is not a place on this earth is refused by a name of its own. */
export const positionBody = {
  latitude: z.number().optional().meta({ description: '-90 to 90; with a longitude' }),
  longitude: z.number().optional().meta({ description: '-180 to 180; with a latitude' }),
};

/** Half a position is none: the time line would lose it without a word. */
export function positionRefusal(said: {
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
}): Refusal | undefined {
  const { latitude, longitude } = said;
  if (latitude === undefined && longitude === undefined) return undefined;
  const isPlace =
    latitude !== undefined &&
    longitude !== undefined &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180;
  return isPlace ? undefined : refuse('POSITION_INVALID', { latitude, longitude });
}

/** Every command on a case by somebody who asks over HTTP. */
export type CaseCommand = Extract<Command, { type: `case.${string}` }>;

/** Done once for each Idempotency-Key, also where the answer to it was lost with the process. */
export async function changeCase(
  context: Context,
  command: CaseCommand,
): Promise<{ case: NumberedCase } | Refusal> {
  const { service, caller, params } = context;
  const before = await changeableCase(context, params.id);
  if (before instanceof Refusal) return before;
  const asked = { ...command, ...(await asDoer(context, command)), key: commandKey(context) };
  const answer = await service.submit(asked, caller.name);
  const after = (await service.records.case(params.id)) ?? before;
  return answer.ok ? { case: after } : new Refusal(withWinner(answer.failure, after));
}

/** Where it counts whose the case is, or is to be: who they are among the staff is said as well. */
const BY_WHOM: readonly CaseCommand['type'][] = [
  'case.acknowledge',
  'case.assign',
  'case.step',
  'case.withdraw-step',
  'case.give-back',
];

async function asDoer({ service, caller }: Context, { type }: CaseCommand) {
  if (!BY_WHOM.includes(type)) return { account: caller.id };
  const { name: _, ...who } = await doerOf(service, caller);
  return who;
}

/** The key as the core remembers it: two accounts may well choose the same. */
export const commandKey = ({ caller, request }: Pick<Context, 'caller' | 'request'>): string =>
  createHash('sha256')
    .update(`${caller.id} ${String(request.headers['idempotency-key'])}`)
    .digest('base64url');

/** Two people reached for the same case: the second learns who was first. */
function withWinner(failure: Failure, now: NumberedCase): Failure {
  if (!failure.code.startsWith('CASE_') || failure.code === 'CASE_NOT_FOUND') return failure;
  const { status, version, acknowledgedBy, acknowledgedByAccount, acknowledgedByStaff } = now;
  const { acknowledgedAt, resolvedBy, resolvedAt } = now;
  const known = {
    status,
    version,
    acknowledgedBy,
    acknowledgedByAccount,
    acknowledgedByStaff,
    acknowledgedAt,
    resolvedBy,
    resolvedAt,
  };
  return { code: failure.code, details: { ...known, ...failure.details } };
}
