import type { z } from 'zod';
import { fail, ok, type Result } from '../lib/result.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { Refusal } from '../model/effect.ts';
import type { Opened, Sealed, Unread } from './envelope.ts';
import type { Frame } from './frame.ts';

/** The message as JSON of this form, or why not. Fields that the schema does not name are of no interest. */
export function jsonMessage<T>({ payload }: Sealed, schema: z.ZodType<T>): Result<T, Refusal> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    return fail({ reason: 'malformed-json', detail: (error as Error).message });
  }
  return inForm(json, schema);
}

/** What is JSON already, of this form. */
export function inForm<T>(json: unknown, schema: z.ZodType<T>): Result<T, Refusal> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the message';
  return fail({ reason: 'malformed-payload', detail: `${place}: ${issue?.message ?? 'not as expected'}` });
}

/** One frame, the usual case. */
export const only = (frame: Frame): Opened => ok([frame]);

/**
 * Several in one message, each opened by itself. One that cannot be read is refused by name and takes nothing of the others with it:
 * the message is acknowledged, and what a program has kept while it was without a connection does not come again.
 */
export function each(several: readonly unknown[], open: (one: unknown) => Opened): Opened {
  const frames: Frame[] = [];
  const unread: Unread[] = [];
  for (const [i, one] of several.entries()) {
    const opened = withinReach(() => open(one));
    if (opened.ok) frames.push(...opened.value);
    else unread.push({ refusal: numbered(opened.error, i, several.length), payload: bytesOf(one) });
  }
  const [first] = unread;
  if (!first) return ok(frames);
  return frames.length === 0 ? fail(first.refusal) : { ...ok(frames), unread };
}

/** JSON is read however deep it goes, and written by recursion: what is nested too deep can be written by nobody. */
function withinReach(open: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    return fail({ reason: 'malformed-payload', detail: (error as Error).message });
  }
}

function bytesOf(one: unknown): Uint8Array {
  try {
    return jsonBytes(one);
  } catch {
    return new Uint8Array();
  }
}

const numbered = (refusal: Refusal, i: number, of: number): Refusal =>
  of < 2 ? refusal : { ...refusal, detail: `${i + 1} of ${of}: ${refusal.detail}` };

/** JSON that goes on to the model as JSON. */
export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

/** `{ [key]: epoch ms }` of a time with up to nine decimals, which some clocks give; `{}` for what is none. */
export function instant<K extends string>(key: K, text: string | undefined): { readonly [P in K]?: number } {
  const at = text === undefined ? undefined : parseRfc3339(text.replace(/(\.\d{3})\d+/, '$1'));
  return (at === undefined ? {} : { [key]: at }) as { readonly [P in K]?: number };
}
