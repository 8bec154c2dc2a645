import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { equalSecrets, hashPassword, hashToken, verifyPassword } from '../../lib/secrets.ts';
import { LIMITS } from '../../model/limits.ts';
import type { User } from '../../ports/records.ts';
import type { Service } from '../../ports/service.ts';
import type { Caller } from '../access.ts';
import { inTurn } from '../account-turns.ts';
import { openSession, PASSWORD_LENGTH_MAX } from '../accounts.ts';
import { API_PREFIX } from '../openapi.ts';
import { doerOf } from '../people.ts';
import { refuse, tooMany } from '../problem.ts';
import { sessionSchema, sessionUserSchema } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';
import { SESSION_COOKIE } from '../session-cookie.ts';

export default defineRoutes({
  noun: 'session',
  summary: 'Signing in and out of the console',
  routes: [
    route({
      method: 'POST',
      path: '/session',
      needs: 'anyone',
      title: 'Sign in; the answer sets the session cookie',
      body: z.strictObject({
        user: z.string().trim().toLowerCase().min(1).max(64),
        password: z.string().min(1).max(PASSWORD_LENGTH_MAX),
      }),
      reply: z.object({ user: sessionUserSchema }),
      handle: async ({ service, signIns, wall, secureCookies, body, request, reply }) => {
        const user = await service.records.user(body.user);
        // A name that does not exist takes as long as a wrong password: nobody learns the names from the time.
        const stored = user && !user.disabled ? user.passwordHash : await nobodysHash();
        const attempt = { name: body.user, ip: request.ip, knownDevice: isKnownDevice(request, user) };
        const right = await signIns.attempt(attempt, async () => {
          const isPassword = await verifyPassword(body.password, stored);
          return isPassword && user !== undefined && !user.disabled;
        });
        if (typeof right === 'object') return tooMany(reply, right.waitS);
        if (!right || !user) return refuse('WRONG_CREDENTIALS');
        const label = (request.headers['user-agent'] ?? '').slice(0, 200);
        const opened = await inTurn(service.records, async () => {
          // Barred, removed or of another password while this one was checked: sessions of before have been ended.
          const account = await service.records.user(user.id);
          if (!account || account.disabled || account.passwordHash !== user.passwordHash) return undefined;
          const session = { user: user.id, kind: 'session', label, now: wall.now() } as const;
          return openSession(service.records, session);
        });
        if (!opened) return refuse('WRONG_CREDENTIALS');
        const { token } = opened;
        const kept = {
          httpOnly: true,
          sameSite: 'lax' as const,
          secure: secureCookies || request.protocol === 'https',
        };
        reply.setCookie(SESSION_COOKIE, token, {
          ...kept,
          path: '/',
          maxAge: LIMITS.sessionAgeMsMax / 1000,
        });
        reply.setCookie(deviceCookie(user), deviceMark(user), {
          ...kept,
          path: `${API_PREFIX}/session`,
          maxAge: DEVICE_COOKIE_S,
        });
        return { user };
      },
    }),
    route({
      method: 'GET',
      path: '/session',
      needs: 'signed-in',
      title: 'Who is signed in, and what time the service has',
      reply: sessionSchema,
      handle: async ({ service, demo, simulatedStaff, caller }) => ({
        user: { ...shown(caller), ...(await staffOf(service, caller)) },
        service: {
          version: service.version,
          site: service.site.name,
          now: service.clock.now(),
          speed: service.clock.speed,
          demo,
          ...(simulatedStaff ? { simulatedStaff: true as const } : {}),
        },
      }),
    }),
    route({
      method: 'DELETE',
      path: '/session',
      needs: 'signed-in',
      title: 'Sign out: the session ends at once',
      handle: async ({ service, stream, caller, reply }) => {
        if (caller.session?.kind === 'session') {
          const { tokenHash } = caller.session;
          await service.records.removeSession(tokenHash);
          // Whoever takes the phone next must not go on reading whose home calls.
          await service.webPush.dropWhere(caller.id, ({ session }) => session === tokenHash, 'signed-out');
        }
        await stream.recheck(caller.id);
        reply.clearCookie(SESSION_COOKIE, { path: '/' });
        return undefined;
      },
    }),
  ],
});

async function staffOf(service: Service, caller: Caller): Promise<{ staff?: string }> {
  const { staff } = await doerOf(service, caller);
  return staff === undefined ? {} : { staff };
}

const shown = ({ id, name, roles, locale }: Caller) => ({ id, name, roles, locale });

/** As long as browsers keep one. */
const DEVICE_COOKIE_S = 400 * 86_400;

/** A browser may be that of several people: each has a cookie of their own in it. */
const deviceCookie = ({ id }: User): string => `shouwang_known_${hashToken(id).slice(0, 16)}`;

/**
 * Shows that this device has known the password that is the account's now. It lets nobody in; but who has it need not
 * wait for what others guess (`GuessLimits`). Nothing of it is stored, and a new password ends it.
 */
const deviceMark = ({ id, passwordHash }: User): string =>
  createHmac('sha256', passwordHash).update(`known device\n${id}`).digest('base64url');

function isKnownDevice({ cookies }: FastifyRequest, user: User | undefined): boolean {
  const mark = user && cookies[deviceCookie(user)];
  return mark !== undefined && equalSecrets(mark, deviceMark(user as User));
}

let nobody: Promise<string> | undefined;
const nobodysHash = (): Promise<string> => {
  nobody ??= hashPassword('nobody has this password');
  return nobody;
};
