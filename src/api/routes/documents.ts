import { z } from 'zod';
import { LIMITS } from '../../model/limits.ts';
import { isCovered } from '../access.ts';
import { type Refusal, refuse, refuseAt } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { readingSchema, rejectionReasonSchema } from '../schemas.ts';
import { visibleDevice } from '../views.ts';

const params = z.object({ id: z.string().min(1).max(200) });

export default defineRoutes({
  noun: 'documents',
  summary: 'Documents with readings, brought in for a device',
  routes: [
    route({
      method: 'POST',
      path: '/devices/:id/documents',
      needs: 'operator',
      idempotent: true,
      title:
        'Bring a document in: FHIR Observations, Open mHealth data points, or whatever the model of the device reads',
      description:
        'Goes the way of a message that the device published: the same checks, the same rules. Answered when it is on disk, with what was taken of it and what was not. What was taken before is refused as duplicate.',
      params,
      body: z.strictObject({
        document: z.unknown().meta({ description: 'JSON, as the model of the device reads it' }),
      }),
      get bodyBytesMax() {
        return LIMITS.documentBytesMax;
      },
      bodyValuesMax: LIMITS.documentValuesMax,
      reply: z.object({
        taken: z.array(readingSchema).readonly(),
        refused: z.array(z.object({ code: rejectionReasonSchema, message: z.string() })).readonly(),
      }),
      handle: async ({ service, visible, nodes, caller, body, params: { id } }) => {
        const found = visibleDevice(service.registry, visible, id);
        if (!found) return refuse('DEVICE_NOT_FOUND');
        if (!isCovered(nodes, found.path))
          return refuse('NOT_ALLOWED', { role: 'operator', node: found.path });
        const model = service.model(found.device.model);
        const topic = model?.topics[0]?.replace('{device}', id);
        // What comes in an envelope is told by its address; a document says of nobody else that it is hers.
        if (topic === undefined) return takesNone(found.device.model);
        const payload = Buffer.from(JSON.stringify(body.document));
        const receivedAt = service.clock.now();
        const outcome = await service.deliver({ receivedAt, topic, payload, client: `user:${caller.id}` });
        if (outcome === 'full') return refuse('NOT_READY');
        return {
          taken: outcome.readings,
          refused: outcome.refusals.map(({ reason, detail = '' }) => ({ code: reason, message: detail })),
        };
      },
    }),
  ],
});

const takesNone = (model: string): Refusal =>
  refuseAt(
    'params',
    { pointer: '/id', code: 'custom' },
    {
      zh: `型号 ${model} 的报文来自网关或平台，不能这样导入`,
      en: `what a device of the model ${model} says comes through a gateway or platform, and cannot be brought in like this`,
    },
  );
