import { z } from 'zod';
import type { Answer } from './define.ts';

/** What of a JSON schema tells where a secret stands. */
interface Schema {
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** A shorter one is a word that stands anywhere: to blank it would take the sense from an answer. */
const SECRET_CHARS_MIN = 6;
const BLANK = '•••';

/** The secrets in a channel's configuration: what its schema marks with `.meta({ secret: true })`. The longest first. */
export function secretsOf(schema: z.ZodType, config: unknown): readonly string[] {
  const found = within(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema, config);
  const written = found.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return [...new Set(written)]
    .filter(({ length }) => length >= SECRET_CHARS_MIN)
    .sort((one, other) => other.length - one.length);
}

function within(schema: Schema, value: unknown): string[] {
  if (schema.secret) return textsOf(value);
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {}, additionalProperties: others, items, anyOf = [] } = schema;
  const below = anyOf.flatMap((each) => within(each, value));
  if (Array.isArray(value)) return [...below, ...value.flatMap((each) => (items ? within(items, each) : []))];
  const named = Object.entries(value).flatMap(([name, each]) => {
    const own = properties[name] ?? (typeof others === 'object' ? others : undefined);
    return own ? within(own, each) : [];
  });
  return [...below, ...named];
}

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
};

/** What a provider said goes to log, records and screens: a key that it repeats goes no further. */
export function withoutSecrets(answer: Answer, secrets: readonly string[]): Answer {
  const detail = secrets.reduce((text, secret) => text.replaceAll(secret, BLANK), answer.detail);
  return detail === answer.detail ? answer : { ...answer, detail };
}
