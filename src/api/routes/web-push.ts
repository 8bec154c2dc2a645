import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { defineRoutes, route } from '../route.ts';
import { instantSchema } from '../schemas.ts';

const endpoint = z
  .url({ protocol: /^https?$/ })
  .max(LIMITS.pushEndpointCharsMax)
  .meta({ description: 'where the push service takes what is for this browser' });
const key = z
  .string()
  .regex(/^[\w-]+={0,2}$/)
  .max(200);

export default defineRoutes({
  noun: 'web-push',
  summary: 'Browsers that notices are pushed to',
  routes: [
    route({
      method: 'GET',
      path: '/web-push',
      needs: 'signed-in',
      title: 'Our key, and the browsers of the caller',
      reply: z.object({
        publicKey: z.string().meta({ description: 'P-256, base64url: the applicationServerKey' }),
        /** Without such a channel nothing is ever pushed. */
        available: z.boolean().meta({ description: 'a channel of this kind is configured' }),
        items: z.array(z.object({ endpoint: z.string(), label: z.string(), at: instantSchema })).readonly(),
      }),
      handle: async ({ service, caller }) => {
        const items = (await service.webPush.of(caller.id)).map(({ endpoint: where, label, at }) => ({
          endpoint: where,
          label,
          at,
        }));
        const { publicKey } = await service.webPush.keys();
        const available = service.channels().some(({ channel }) => channel === 'web-push');
        return { publicKey, available, items };
      },
    }),
    route({
      method: 'PUT',
      path: '/web-push',
      needs: 'signed-in',
      title: 'Push to this browser; told again at each start, for push services forget without saying so',
      body: z.strictObject({
        endpoint,
        keys: z.strictObject({ p256dh: key, auth: key }),
        label: z.string().trim().max(100).default(''),
      }),
      handle: async ({ service, caller, wall, body }) => {
        const session = caller.session ? { session: caller.session.tokenHash } : {};
        await service.webPush.add(caller.id, { ...body, at: wall.now(), ...session });
        return undefined;
      },
    }),
    route({
      method: 'POST',
      path: '/web-push/stop',
      needs: 'signed-in',
      idempotent: 'by-itself',
      title: 'Push to this browser no more',
      body: z.strictObject({ endpoint }),
      handle: async ({ service, caller, body }) => {
        await service.webPush.drop(caller.id, body.endpoint, 'switched-off');
        return undefined;
      },
    }),
  ],
});
