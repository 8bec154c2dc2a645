import { z } from 'zod';
import { refuse } from '../problem.ts';
import { channelInfoSchema, NOTICE_FAILURE_NAMES } from '../replies.ts';
import { defineRoutes, route } from '../route.ts';

export default defineRoutes({
  noun: 'channels',
  summary: 'The configured ways of telling people',
  routes: [
    route({
      method: 'GET',
      path: '/channels',
      needs: 'operator',
      title: 'Channels',
      reply: z.object({
        items: z.array(channelInfoSchema).readonly(),
      }),
      handle: async ({ service }) => ({ items: service.channels() }),
    }),
    route({
      method: 'POST',
      path: '/channels/:id/test',
      needs: 'operator',
      everywhere: true,
      idempotent: true,
      title: 'Send a test notice, and wait for what the provider says',
      params: z.object({ id: z.string().min(1).max(64) }),
      body: z.strictObject({ address: z.string().max(200).default('') }),
      reply: z.object({
        ok: z.boolean(),
        detail: z.string().meta({ description: "the provider's code and words" }),
        failure: z.enum(NOTICE_FAILURE_NAMES).exactOptional().meta({ description: 'why it was not taken' }),
        ms: z.number().meta({ description: 'until the provider answered' }),
        notice: z
          .string()
          .exactOptional()
          .meta({ description: 'its record: GET /notices/{id} shows what comes back' }),
      }),
      handle: async ({ service, params: { id }, body }) => {
        if (!service.channels().some((channel) => channel.id === id))
          return refuse('CHANNEL_NOT_FOUND', { channel: id });
        return service.testChannel(id, body.address);
      },
    }),
    route({
      method: 'POST',
      path: '/channels/drill',
      needs: 'operator',
      everywhere: true,
      idempotent: true,
      title: 'Send the drill of today over the channels, as far as it was not sent yet',
      reply: z.object({
        queued: z.number().int(),
        left: z.number().int().meta({ description: 'beyond the limit, and not queued' }),
        channels: z.array(z.string()).readonly(),
      }),
      handle: ({ service }) => service.drill(),
    }),
  ],
});
