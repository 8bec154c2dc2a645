import { z } from 'zod';
import { CONNECTION_REFUSAL_NAMES, type RefusedName } from '../model/connection-refusal.ts';
import type { GatewayStatus } from '../ports/service.ts';
import { mirrors } from './mirrors.ts';
import { instantSchema } from './reading-schemas.ts';

export const refusedSchema = z.object({
  at: instantSchema,
  since: instantSchema.meta({ description: 'the first time since it was last connected' }),
  count: z.number(),
  why: z.enum(CONNECTION_REFUSAL_NAMES),
  from: z.string().meta({ description: 'the address' }),
  known: z.boolean().meta({
    description: 'its secret is or was right from there; false: whoever it was may only know its name',
  }),
});
export const gatewayStatusSchema = mirrors<GatewayStatus>()(
  z.object({
    gateway: z.string(),
    heardAt: instantSchema.exactOptional().meta({ description: 'when anything came through it last' }),
    connected: z.boolean().exactOptional(),
    refused: refusedSchema
      .exactOptional()
      .meta({ description: 'it was refused since it was last connected; why, the last time' }),
    silent: z.boolean().meta({ description: 'people were told that nothing comes through it' }),
    devices: z.number().int().meta({ description: 'how many are behind it' }),
  }),
).meta({ id: 'GatewayStatus' });
export const refusedNameSchema = mirrors<RefusedName>()(
  z.object({
    name: z.string().meta({ description: 'the user name; the client id, where there is none' }),
    clientId: z.string(),
    firstAt: instantSchema,
    lastAt: instantSchema,
    count: z.number().int(),
    why: z.enum(CONNECTION_REFUSAL_NAMES).meta({ description: 'the last time' }),
    from: z.string().meta({ description: 'the address' }),
    account: z.literal(true).exactOptional().meta({ description: 'a service account has this name' }),
  }),
).meta({ id: 'RefusedName' });
