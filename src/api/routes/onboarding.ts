import { z } from 'zod';
import { readableBytes } from '../../lib/readable-bytes.ts';
import { isEverywhere } from '../access.ts';
import { refuse } from '../problem.ts';
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
      title: 'Devices that speak and are not in the registry, the last one first, each with what it sent',
      description:
        'Enrol one by putting a device with this address into the registry. `models` are those that make something of the payload: a hint. Only who sees the whole service sees it: a stranger belongs to no place yet.',
      reply: z.object({
        items: z.array(knockSchema),
        announced: z.array(announcedSchema).meta({ description: 'devices that a bridge says it has' }),
      }),
      handle: async ({ service, nodes }) => {
        if (!isEverywhere(nodes)) return { items: [], announced: [] };
        const items = service.knocking().map((knock) => ({
          ...knock,
          ...readableBytes(knock.payload, knock.payloadBytes),
          models: [...service.modelsFor(knock)],
        }));
        return { items, announced: [...service.announced()] };
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
