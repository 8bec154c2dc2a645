import type { Take } from './take.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The payload as a JSON object; anything else is refused by name. */
export function jsonObject(payload: Uint8Array, take: Take): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    take.refuse('malformed-json', (error as Error).message);
  }
  return isObject(json) ? json : take.refuse('malformed-payload', 'the message is not a JSON object');
}

/**
 * The first of these fields that holds a number. Absent and null are no value; anything else that is no finite number
 * is refused by name: text is never taken for a measured value.
 */
export function numberIn(fields: JsonObject, names: readonly string[], take: Take): number | undefined {
  for (const name of names) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    take.reject('not-a-number', `${name}: ${JSON.stringify(value)?.slice(0, 60)}`);
    return undefined;
  }
  return undefined;
}

/** The text in a field; undefined for anything else. */
export function textIn(fields: JsonObject, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
