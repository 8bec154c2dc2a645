import { z } from 'zod';
import { readableBytes } from '../../lib/readable-bytes.ts';
import { isEverywhere } from '../access.ts';
import { refusedNameSchema } from '../connection-schemas.ts';
import { Refusal, refuse } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { announcedSchema, capturedMessageSchema, instantSchema, knockSchema } from '../schemas.ts';
import { visibleDevice } from '../views.ts';

const params = z.object({ id: z.string().min(1).max(200) });
const messages = z.object({
  until: instantSchema.nullable().meta({ description: 'until when they are kept; null: nobody looks' }),
  items: z.array(capturedMessageSchema),
});

export default defineRoutes({
  noun: 'onboarding',
  summary: 'Devices that nobody enrolled yet, and the first messages of those that were',
  routes: [
    route({
      method: 'GET',
      path: '/knocking',
      needs: 'operator',
      title:
        'Devices that speak and are not in the registry, each with what it sent: those that call for help first, then the last one',
      description:
        'Enrol one by putting a device with this address into the registry. `models` are those that make something of the payload, the likeliest first: a hint. Only who sees the whole service sees it: a stranger belongs to no place yet.',
      reply: z.object({
        items: z.array(knockSchema),
        announced: z.array(announcedSchema).meta({ description: 'devices that a bridge says it has' }),
        refused: z.array(refusedNameSchema).meta({
          description:
            'whose logins are refused under names that are no device and no gateway, the last one first; of devices and gateways: GET /devices, GET /gateways',
        }),
      }),
      handle: async ({ service, nodes }) => {
        if (!isEverywhere(nodes)) return { items: [], announced: [], refused: [] };
        const items = service.knocking().map((knock) => ({
          ...knock,
          ...readableBytes(knock.payload, knock.payloadBytes),
          models: [...service.modelsFor(knock)],
        }));
        const refused = [...service.refusedLogins().names];
        return { items, announced: [...service.announced()], refused };
      },
    }),
    route({
      method: 'POST',
      path: '/knocking/dismiss',
      needs: 'operator',
      idempotent: 'by-itself',
      title: 'Say that a device which nobody enrolled, and which calls for help, is nobody of ours',
      description:
        'Ends its alert, and its calls are not told for thirty days, or until it is enrolled. It stays in the list, with the reason.',
      body: z.strictObject({
        address: z.string().min(1).max(200),
        reason: z.string().trim().min(1).max(300),
      }),
      reply: z.object({ dismissed: z.literal(true) }),
      handle: async ({ service, nodes, caller, body: { address, reason } }) => {
        const knock = service.knocking().find((one) => one.address === address);
        if (!isEverywhere(nodes) || !knock) return refuse('NOT_FOUND');
        const { from: gateway } = knock;
        const answer = await service.submit(
          { type: 'stranger.dismiss', address, gateway, reason },
          caller.name,
        );
        return answer.ok ? { dismissed: true as const } : new Refusal(answer.failure);
      },
    }),
    route({
      method: 'GET',
      path: '/devices/:id/messages',
      needs: 'operator',
      title: 'The last messages of a device as they came, and what was made of them',
      description:
        'Kept for half an hour after the device was enrolled, or after somebody asked with POST; in memory only.',
      params,
      reply: messages,
      handle: async ({ service, nodes, params: { id } }) => {
        if (!visibleDevice(service.registry, nodes, id)) return refuse('DEVICE_NOT_FOUND');
        const captured = service.captured(id);
        const items = (captured?.messages ?? []).map((message) => ({
          ...message,
          ...readableBytes(message.payload, message.payloadBytes),
        }));
        return { until: captured?.until ?? null, items };
      },
    }),
    route({
      method: 'POST',
      path: '/devices/:id/messages',
      needs: 'operator',
      idempotent: 'by-itself',
      title: 'Keep the messages of a device as they come for the next half hour',
      params,
      reply: z.object({ until: instantSchema }),
      handle: async ({ service, nodes, params: { id } }) => {
        if (!visibleDevice(service.registry, nodes, id)) return refuse('DEVICE_NOT_FOUND');
        if (!service.capture(id)) return refuse('TOO_MANY_REQUESTS');
        return { until: service.captured(id)?.until ?? service.clock.now() };
      },
    }),
  ],
});
