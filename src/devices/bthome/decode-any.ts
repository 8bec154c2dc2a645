import { z } from 'zod';
import type { Decode } from '../define.ts';
import { decoderOf } from '../take.ts';
import { takeServiceData } from './decode.ts';
import { takeTheengs } from './theengs.ts';

/** `{`: as service data it would be of version 3. */
const JSON_BEGINS = 0x7b;

/** Service data as the device sends it, or what a gateway has made of it. */
export const decodeBthome: Decode = decoderOf((payload, take) => {
  if (payload[0] === JSON_BEGINS) takeTheengs(payload, take);
  else takeServiceData(payload, take);
});

const key = z
  .string()
  .regex(/^[0-9a-f]{32}$/i)
  .optional()
  .meta({ title: 'Key', description: 'bind key of an encrypted device, 32 hex digits' });

/** For sensors without a button that matters. */
export const bthomeKey = z.object({ key });

export const bthomeSettings = z.object({
  key,
  button: z
    .enum(['sos', 'ignore'])
    .default('sos')
    .meta({ title: 'Button', description: 'what a press means: a call for help, or nothing' }),
});
