import { z } from 'zod';

const hexDigits = (count: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${count}}$`, 'i'));

const key = hexDigits(32)
  .optional()
  .meta({ title: '密钥', description: 'AES key of a meter that encrypts (Kamstrup: DEK), 32 hex digits' });

/** For meters that tell their address in each frame. */
export const WITH_KEY = z.object({ key });

/** For those whose short header leaves it out. */
export const WITH_KEY_AND_ADDRESS = z.object({
  key,
  meter_address: hexDigits(16)
    .optional()
    .meta({ title: '表地址', description: 'The 8 bytes after 72 in the installation frame, 16 hex digits' }),
});
