import { z } from 'zod';

/** What a wearable may be asked to measure at once. */
export const MEASURABLE = ['blood_pressure', 'pulse', 'spo2', 'temperature', 'position'] as const;

const phone = z
  .string()
  .regex(/^\+?\d{3,20}$/, 'a telephone number: 3 to 20 digits')
  .or(z.literal(''));

/** What is asked of a device over `shouwang/<device>/command`, as far as the service itself puts it into another protocol. */
export const deviceCommandSchema = z.union([
  z.strictObject({ measure: z.enum(MEASURABLE) }),
  /** How often it reports. */
  z.strictObject({ intervalSeconds: z.number().int().min(10).max(86_400) }),
  /** Whom it calls when its button is pressed; an empty one is nobody. */
  z.strictObject({ sosNumbers: z.array(phone).min(1).max(3) }),
  /** It rings, so that it is found under the cushion. */
  z.strictObject({ find: z.literal(true) }),
]);
export type DeviceCommand = z.output<typeof deviceCommandSchema>;
