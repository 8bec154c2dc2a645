import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { NotADemoError, type StaffApi } from '../../simulators/staff/api.ts';
import type { StaffPerson } from '../../simulators/staff/people.ts';
import type { Team } from '../../simulators/staff/team.ts';
import { createUser, openSession } from '../api/accounts.ts';
import type { Clock } from '../lib/clock.ts';
import { generateSecret } from '../lib/secrets.ts';
import type { RecordStore } from '../ports/records.ts';

/** What a token of the simulated staff is called in the list of tokens. */
const LABEL = 'demo staff';
/** So often they look at what there is, by the wall: a little later than a telephone would tell them. */
const LOOKS_EVERY_MS = 800;
/** In a large community looking takes its time: the service they look at has other things to do. */
const REST = 4;

/** Gives each of them an account with the rights of what they are, and a token of today; nobody learns the passwords. */
export async function demoAccounts(
  records: RecordStore,
  people: readonly StaffPerson[],
  now: number,
): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const { id, name, nodes, permission } of people) {
    const roles = nodes.map((node) => ({ role: permission, node }));
    await createUser(records, { id, name, password: generateSecret(), roles, locale: 'zh' }, now);
    for (const { label, tokenHash } of await records.sessions(id))
      if (label === LABEL) await records.removeSession(tokenHash);
    const { token } = await openSession(records, { user: id, kind: 'token', label: LABEL, now });
    tokens.set(id, token);
  }
  return tokens;
}

/** The API of the service in this very process, with all that stands before it, but without an address: no other can be meant. */
export const staffApi =
  (api: FastifyInstance, tokens: ReadonlyMap<string, string>): StaffApi =>
  async ({ as, method, path, body, key }) => {
    const answer = await api.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        authorization: `Bearer ${tokens.get(as) ?? ''}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { payload: { ...body } }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
  };

/** They look again and again, until asked to stop. What goes wrong in one round is said, and does not end the demo. */
export async function atWork(
  team: Pick<Team, 'round'>,
  clock: Clock,
  { signal, failed }: { readonly signal: AbortSignal; readonly failed: (error: unknown) => void },
): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      await team.round(clock.now());
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
      if (error instanceof NotADemoError) return;
    }
    const restMs = Math.max(LOOKS_EVERY_MS, REST * (performance.now() - startedAt));
    await pause(restMs, undefined, { signal }).catch(() => undefined);
  }
}
