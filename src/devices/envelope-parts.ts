import type { z } from 'zod';
import { fail, ok, type Result } from '../lib/result.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { Refusal } from '../model/effect.ts';
import type { Opened, Sealed } from './envelope.ts';
import type { Frame } from './frame.ts';

/** The message as JSON of this form, or why not. Fields that the schema does not name are of no interest. */
export function jsonMessage<T>({ payload }: Sealed, schema: z.ZodType<T>): Result<T, Refusal> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    return fail({ reason: 'malformed-json', detail: (error as Error).message });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the message';
  return fail({ reason: 'malformed-payload', detail: `${place}: ${issue?.message ?? 'not as expected'}` });
}

/** One frame, the usual case. */
export const only = (frame: Frame): Opened => ok([frame]);

/** JSON that goes on to the model as JSON. */
export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

/** `{ [key]: epoch ms }` of a time with up to nine decimals, which some clocks give; `{}` for what is none. */
export function instant<K extends string>(key: K, text: string | undefined): { readonly [P in K]?: number } {
  const at = text === undefined ? undefined : parseRfc3339(text.replace(/(\.\d{3})\d+/, '$1'));
  return (at === undefined ? {} : { [key]: at }) as { readonly [P in K]?: number };
}
