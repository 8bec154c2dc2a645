import { z } from 'zod';

/** What of a JSON schema a table shows. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** One setting, with the names of those around it: `confirm.count`, `limits[].metric`. */
export interface Setting {
  readonly path: string;
  readonly meaning: string;
  readonly values: string;
  readonly preset: string;
}

/** More names than this are left to the page that lists them. */
const NAMES_MAX = 5;

/** All settings of a zod schema, depth first, in the order in which they were written. */
export function settingsOf(schema: z.ZodType): Setting[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return below('', json as Schema);
}

function below(prefix: string, schema: Schema): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const path = prefix + name;
    const needed = schema.required?.includes(name) && each.default === undefined;
    const own = each.properties && !each.title ? [] : [settingOf(path, each, needed ?? false)];
    return [...own, ...below(`${path}.`, each), ...below(`${path}[].`, each.items ?? {})];
  });
}

function settingOf(path: string, schema: Schema, needed: boolean): Setting {
  const { title, description, unit } = schema;
  const meaning = [title, description].filter(Boolean).join('; ');
  const preset =
    schema.default === undefined ? (needed ? 'required' : '') : `\`${JSON.stringify(schema.default)}\``;
  return { path, meaning: unit ? `${meaning} (${unit})` : meaning, values: valuesOf(schema), preset };
}

function valuesOf(schema: Schema): string {
  if (typeof schema.type === 'object') return schema.type.map((type) => valuesOf({ type })).join(' or ');
  if (schema.anyOf) return schema.anyOf.map(valuesOf).join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return namesOf(schema.enum);
  if (schema.items) return `list of ${valuesOf(schema.items)}`;
  if (schema.type === 'number' || schema.type === 'integer') return rangeOf(schema);
  return { boolean: 'true or false', string: 'text', object: 'object' }[schema.type ?? ''] ?? '';
}

const namesOf = (names: readonly unknown[]): string =>
  names.length > NAMES_MAX ? 'name' : names.map((name) => `\`${String(name)}\``).join(', ');

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const least = minimum ?? exclusiveMinimum;
  const known = (bound: number | undefined): bound is number =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (known(least) && known(maximum)) return `${least} to ${maximum}`;
  return known(least) ? `from ${least}` : 'number';
}
