import { z } from 'zod';
import { verifyPassword } from '../../lib/secrets.ts';
import type { RecordStore, User } from '../../ports/records.ts';
import { mayManage, nodesWith } from '../access.ts';
import { inTurn } from '../account-turns.ts';
import {
  changePassword,
  createUser,
  deleteUser,
  isAdministrator,
  otherAdministrators,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  USER_ID,
} from '../accounts.ts';
import { Refusal, refuse, tooMany } from '../problem.ts';
import { mayAct, releaseCasesOf, releasedSchema } from '../releasing.ts';
import { defineRoutes, route } from '../route.ts';
import { publicUserSchema, rolesSchema } from '../schemas.ts';

const params = z.object({ id: z.string().min(1).max(64) });
const password = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX);
const profile = {
  name: z.string().trim().min(1).max(100),
  roles: rolesSchema,
  locale: z.enum(['zh', 'en']).default('zh'),
};

export default defineRoutes({
  noun: 'users',
  summary: 'Accounts, and what each may do where',
  routes: [
    route({
      method: 'GET',
      path: '/users',
      needs: 'administrator',
      title: 'Accounts whose rights lie within those of the caller',
      reply: z.object({ items: z.array(publicUserSchema) }),
      handle: async ({ service, nodes }) => ({
        items: (await service.records.users()).filter((user) => mayManage(nodes, user.roles)),
      }),
    }),
    route({
      method: 'POST',
      path: '/users',
      needs: 'administrator',
      idempotent: true,
      secretBody: true,
      status: 201,
      title: 'Add an account',
      body: z.strictObject({
        id: z.string().regex(USER_ID, 'up to 64 lower-case letters, digits, dots, hyphens and underscores'),
        password,
        ...profile,
      }),
      reply: publicUserSchema,
      handle: async ({ service, nodes, wall, body }) => {
        if (!mayManage(nodes, body.roles)) return refuse('NOT_ALLOWED', { role: 'administrator' });
        const unknown = body.roles.find(({ node }) => node !== '' && !service.registry.node(node));
        if (unknown) return refuse('REGISTRY_PARENT_MISSING', { node: unknown.node });
        const user = await createUser(service.records, body, wall.now());
        if (user === 'exists') return refuse('USER_EXISTS', { id: body.id });
        // What an account of this name had that was removed while nothing ran is another person's.
        await service.webPush.dropWhere(user.id, () => true, 'account-gone');
        return user;
      },
    }),
    route({
      method: 'PUT',
      path: '/users/:id',
      needs: 'administrator',
      title: 'Change name, rights or language of an account, or bar it',
      params,
      body: z.strictObject({ ...profile, disabled: z.boolean().default(false) }),
      description:
        'An account that is barred, or loses the right to act on cases anywhere, leaves the cases that it had: `released`.',
      reply: publicUserSchema.extend({ released: releasedSchema.exactOptional() }),
      handle: async ({ service, stream, caller, nodes, params: { id }, body }) => {
        const { records } = service;
        const outcome = await inTurn(records, async () => {
          const user = await managed(records, nodes, id);
          if (user instanceof Refusal) return user;
          if (!mayManage(nodes, body.roles)) return refuse('NOT_ALLOWED', { role: 'administrator' });
          const unknown = body.roles.find(({ node }) => node !== '' && !service.registry.node(node));
          if (unknown) return refuse('REGISTRY_PARENT_MISSING', { node: unknown.node });
          const changed: User = { ...user, ...body };
          if (isAdministrator(user) && !isAdministrator(changed) && (await isLast(records, id)))
            return LAST_ADMINISTRATOR;
          await records.saveUser(changed);
          return { user, changed };
        });
        if (outcome instanceof Refusal) return outcome;
        const { user, changed } = outcome;
        await stream.recheck(id);
        if (mayAct(changed)) return changed;
        const others = (await service.records.users()).filter((other) => other.id !== id);
        const leaver = { name: user.name, account: id, barred: true };
        const released = await releaseCasesOf(service, leaver, others, caller);
        return released.length === 0 ? changed : { ...changed, released };
      },
    }),
    route({
      method: 'DELETE',
      path: '/users/:id',
      needs: 'administrator',
      title: 'Remove an account with its sessions and tokens',
      description:
        '204; 200 with `released` where it had cases: they are nobody’s now, and people are called again.',
      params,
      reply: z.object({ released: releasedSchema }),
      mayBeEmpty: true,
      handle: async ({ service, stream, caller, nodes, params: { id } }) => {
        const { records } = service;
        const user = await inTurn(records, async () => {
          const found = await managed(records, nodes, id);
          if (found instanceof Refusal) return found;
          if (isAdministrator(found) && (await isLast(records, id))) return LAST_ADMINISTRATOR;
          await deleteUser(records, id);
          return found;
        });
        if (user instanceof Refusal) return user;
        await service.webPush.dropWhere(id, () => true, 'account-gone');
        await stream.recheck(id);
        const released = await releaseCasesOf(
          service,
          { name: user.name, account: id },
          await service.records.users(),
          caller,
        );
        return released.length === 0 ? undefined : { released };
      },
    }),
    route({
      method: 'POST',
      path: '/users/:id/password',
      needs: 'signed-in',
      idempotent: true,
      secretBody: true,
      title: 'Give an account a new password; its other sessions end',
      description: 'Everybody may change his own and gives the current one; administrators need none.',
      params,
      body: z.strictObject({ password, current: z.string().max(PASSWORD_LENGTH_MAX).exactOptional() }),
      handle: async ({ service, stream, caller, signIns, request, reply, params: { id }, body }) => {
        const own = id === caller.id && caller.by !== 'control';
        const { records } = service;
        const managing = nodesWith(caller.roles, 'administrator');
        const user = own ? await records.user(id) : await managed(records, managing, id);
        if (!user) return refuse('NOT_FOUND');
        if (user instanceof Refusal) return user;
        if (own) {
          // Of this session, which may be somebody else's by now; and nobody's guesses elsewhere count.
          const name = `session ${caller.session?.tokenHash.slice(0, 16)}`;
          const right = await signIns.attempt({ name, ip: request.ip, knownDevice: true }, () =>
            verifyPassword(body.current ?? '', user.passwordHash),
          );
          if (typeof right === 'object') return tooMany(reply, right.waitS);
          if (!right) return WRONG_PASSWORD;
        }
        const refusal = (now: User | undefined): Refusal | undefined =>
          own ? notOwn(now, user) : mayNotManage(managing, now);
        const kept = caller.session?.tokenHash;
        const keep = kept === undefined ? {} : { keep: kept };
        const refused = await changePassword(records, id, body.password, { refusal, ...keep });
        if (refused) return refused;
        await service.webPush.dropWhere(
          id,
          ({ session }) => session === undefined || session !== kept,
          'signed-out',
        );
        await stream.recheck(id);
        return undefined;
      },
    }),
  ],
});

const LAST_ADMINISTRATOR = refuse('LAST_ADMINISTRATOR');

const isLast = async (records: RecordStore, id: string): Promise<boolean> =>
  (await otherAdministrators(records, id)) === 0;

async function managed(records: RecordStore, nodes: readonly string[], id: string): Promise<User | Refusal> {
  const user = await records.user(id);
  return mayNotManage(nodes, user) ?? (user as User);
}

const WRONG_PASSWORD = refuse('NOT_ALLOWED', { current: 'wrong' });

/** Whoever asked knew the password of then; the account may be barred, removed, or of another password by now. */
function notOwn(now: User | undefined, then: User): Refusal | undefined {
  if (!now || now.disabled) return refuse('NOT_SIGNED_IN');
  return now.passwordHash === then.passwordHash ? undefined : WRONG_PASSWORD;
}

const mayNotManage = (nodes: readonly string[], user: User | undefined): Refusal | undefined =>
  user && mayManage(nodes, user.roles) ? undefined : refuse('NOT_FOUND');
