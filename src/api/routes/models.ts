import { z } from 'zod';
import { isTimeZone } from '../../lib/local-time.ts';
import { LIMITS } from '../../model/limits.ts';
import { deviceSchema } from '../../model/registry.ts';
import { refuse, refuseAt } from '../problem.ts';
import { defineRoutes, route } from '../route.ts';
import { deviceEventSchema, modelInfoSchema, readingSchema, rejectionReasonSchema } from '../schemas.ts';

const nothing = { code: rejectionReasonSchema, message: z.string() };

export default defineRoutes({
  noun: 'models',
  summary: 'Device models, and what they make of a payload',
  routes: [
    route({
      method: 'GET',
      path: '/models',
      needs: 'viewer',
      title: 'Device models',
      reply: z.object({ items: z.array(modelInfoSchema).readonly() }),
      handle: async ({ service }) => ({ items: service.models() }),
    }),
    route({
      method: 'POST',
      path: '/decode',
      needs: 'viewer',
      title: 'Try a payload: what would be taken of it, and what not; nothing is stored',
      bodyValuesMax: LIMITS.documentValuesMax,
      body: z.strictObject({
        model: z.string().min(1).max(64),
        topic: z.string().min(1).max(400).exactOptional(),
        payload: z
          .unknown()
          .exactOptional()
          .meta({ description: 'JSON, or a string with the text as the device sends it' }),
        payloadBase64: z.base64().exactOptional(),
        payloadHex: z
          .string()
          .regex(/^(?:[0-9a-fA-F]{2}[\s:-]?)+$/, 'bytes in hex')
          .exactOptional(),
        fPort: z.number().int().min(0).max(255).exactOptional().meta({ description: 'LoRaWAN port' }),
        settings: deviceSchema.shape.settings.unwrap().exactOptional(),
        timeZone: z.string().max(60).exactOptional().meta({ description: 'IANA zone of local times' }),
      }),
      reply: z.discriminatedUnion('ok', [
        z.object({
          ok: z.literal(true),
          readings: z.array(readingSchema).readonly(),
          events: z.array(deviceEventSchema).readonly(),
          rejections: z.array(z.object(nothing)).readonly(),
        }),
        z.object({ ok: z.literal(false), ...nothing }),
      ]),
      handle: async ({ service, body }) => {
        const model = service.model(body.model);
        if (!model) return refuse('MODEL_UNKNOWN');
        const topic = body.topic ?? (model.topics[0] ?? '').replace('{device}', 'example');
        const { fPort, settings, timeZone } = body;
        if (timeZone !== undefined && !isTimeZone(timeZone))
          return refuseAt(
            'body',
            { pointer: '/timeZone', code: 'custom' },
            {
              zh: `没有时区 "${timeZone}"，应为 IANA 名称，如 Asia/Shanghai`,
              en: `there is no time zone "${timeZone}"; it is an IANA name, as Asia/Shanghai`,
            },
          );
        return service.decode(
          body.model,
          { receivedAt: service.clock.now(), topic, payload: bytesOf(body) },
          {
            ...(fPort === undefined ? {} : { fPort }),
            ...(settings ? { settings } : {}),
            ...(timeZone === undefined ? {} : { timeZone }),
          },
        );
      },
    }),
  ],
});

interface Body {
  readonly payload?: unknown;
  readonly payloadBase64?: string;
  readonly payloadHex?: string;
}

function bytesOf({ payload, payloadBase64, payloadHex }: Body): Uint8Array {
  if (payloadHex !== undefined) return Buffer.from(payloadHex.replace(/[^0-9a-fA-F]/g, ''), 'hex');
  if (payloadBase64 !== undefined) return Buffer.from(payloadBase64, 'base64');
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? null));
}
