import { z } from 'zod';

/** Definitions do not change while the service runs, and to make some 240 schemas takes the main thread milliseconds. */
const made = new WeakMap<z.ZodType, z.core.JSONSchema.BaseSchema>();

/** What may be given for this, as a JSON Schema: made once. */
export function inputSchemaOf(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  let known = made.get(schema);
  if (!known) {
    known = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    made.set(schema, known);
  }
  return known;
}
