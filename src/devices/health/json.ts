import type { Take } from '../take.ts';

export interface Document {
  readonly json: unknown;
  /** Name of its schema, such as `omh:heart-rate:2.0`, where somebody says it. */
  readonly schema?: string;
}

/** The payload as a JSON document; a line of a test bench holds it under `json`, beside the name of its schema. */
export function documentOf(payload: Uint8Array, take: Take): Document {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    return take.refuse('malformed-json', (error as Error).message);
  }
  if (typeof json !== 'object' || json === null || !('json' in json)) return { json };
  const schema = 'schema' in json && typeof json.schema === 'string' ? json.schema : undefined;
  return { json: json.json, ...(schema === undefined ? {} : { schema }) };
}
