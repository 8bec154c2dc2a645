import { z } from 'zod';
import type { RecordStore, Session } from '../../ports/records.ts';
import { mayManage } from '../access.ts';
import { inTurn } from '../account-turns.ts';
import { openSession } from '../accounts.ts';
import { refuse } from '../problem.ts';
import { moment } from '../query.ts';
import { defineRoutes, route } from '../route.ts';
import { tokenSchema } from '../schemas.ts';

export default defineRoutes({
  noun: 'tokens',
  summary: 'Bearer tokens of programs: each acts for an account, with its rights',
  routes: [
    route({
      method: 'GET',
      path: '/tokens',
      needs: 'administrator',
      title: 'Tokens, without the tokens themselves',
      reply: z.object({ items: z.array(tokenSchema) }),
      handle: async ({ service, nodes }) => ({ items: await tokens(service.records, nodes) }),
    }),
    route({
      method: 'POST',
      path: '/tokens',
      needs: 'administrator',
      idempotent: true,
      secretAnswer: true,
      status: 201,
      title: 'Make a token; it is shown once',
      body: z.strictObject({
        label: z.string().trim().min(1).max(100),
        user: z.string().max(64).exactOptional().meta({ description: 'the caller if absent' }),
        expiresAt: moment.exactOptional(),
      }),
      reply: tokenSchema.extend({ token: z.string() }),
      handle: async ({ service, nodes, caller, wall, body: { label, expiresAt, ...body } }) => {
        const { records } = service;
        const made = await inTurn(records, async () => {
          const user = await records.user(body.user ?? caller.id);
          if (!user || !mayManage(nodes, user.roles)) return undefined;
          const expiry = expiresAt === undefined ? {} : { expiresAt };
          return openSession(records, { user: user.id, kind: 'token', label, now: wall.now(), ...expiry });
        });
        return made ? { token: made.token, ...shown(made.session) } : refuse('NOT_FOUND');
      },
    }),
    route({
      method: 'DELETE',
      path: '/tokens/:hash',
      needs: 'administrator',
      title: 'Revoke a token: it ends at once',
      params: z.object({ hash: z.string().min(1).max(100) }),
      handle: async ({ service, stream, nodes, params: { hash } }) => {
        const session = await service.records.session(hash);
        const user = session?.kind === 'token' ? await service.records.user(session.user) : undefined;
        if (!user || !mayManage(nodes, user.roles)) return refuse('NOT_FOUND');
        await service.records.removeSession(hash);
        await stream.recheck(user.id);
        return undefined;
      },
    }),
  ],
});

async function tokens(records: RecordStore, nodes: readonly string[]) {
  const users = (await records.users()).filter((user) => mayManage(nodes, user.roles));
  const sessions = await Promise.all(users.map(({ id }) => records.sessions(id)));
  return sessions
    .flat()
    .filter(({ kind }) => kind === 'token')
    .map(shown);
}

const shown = ({ tokenHash, user, label, createdAt, expiresAt, lastUsedAt }: Session) => ({
  hash: tokenHash,
  user,
  label,
  createdAt,
  ...(expiresAt === undefined ? {} : { expiresAt }),
  lastUsedAt,
});
