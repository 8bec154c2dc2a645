import { z } from 'zod';
import { hashPassword, verifyPassword } from '../../lib/secrets.ts';
import { LIMITS } from '../../model/limits.ts';
import type { Service } from '../../ports/service.ts';
import type { Caller } from '../access.ts';
import { openSession, PASSWORD_LENGTH_MAX } from '../accounts.ts';
import { doerOf } from '../people.ts';
import { refuse } from '../problem.ts';
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
        const waitS = await signIns.wait(request);
        if (waitS !== undefined) {
          reply.header('retry-after', String(waitS));
          return refuse('TOO_MANY_REQUESTS', { retryAfterS: waitS });
        }
        const user = await service.records.user(body.user);
        // A name that does not exist takes as long as a wrong password: nobody learns the names from the time.
        const stored = user && !user.disabled ? user.passwordHash : await nobodysHash();
        const right = await signIns.check(() => verifyPassword(body.password, stored));
        if (right === 'busy') {
          reply.header('retry-after', '1');
          return refuse('TOO_MANY_REQUESTS', { retryAfterS: 1 });
        }
        if (!right || !user || user.disabled) {
          await signIns.failed(request);
          return refuse('WRONG_CREDENTIALS');
        }
        const label = (request.headers['user-agent'] ?? '').slice(0, 200);
        const { token } = await openSession(service.records, {
          user: user.id,
          kind: 'session',
          label,
          now: wall.now(),
        });
        reply.setCookie(SESSION_COOKIE, token, {
          path: '/',
          httpOnly: true,
          sameSite: 'lax',
          secure: secureCookies || request.protocol === 'https',
          maxAge: LIMITS.sessionAgeMsMax / 1000,
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
      handle: async ({ service, demo, caller }) => ({
        user: { ...shown(caller), ...(await staffOf(service, caller)) },
        service: {
          version: service.version,
          site: service.site,
          now: service.clock.now(),
          speed: service.clock.speed,
          demo,
        },
      }),
    }),
    route({
      method: 'DELETE',
      path: '/session',
      needs: 'signed-in',
      title: 'Sign out: the session ends at once',
      handle: async ({ service, stream, caller, reply }) => {
        if (caller.session?.kind === 'session') await service.records.removeSession(caller.session.tokenHash);
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

let nobody: Promise<string> | undefined;
const nobodysHash = (): Promise<string> => {
  nobody ??= hashPassword('nobody has this password');
  return nobody;
};
