import { z } from 'zod';

/** What is said of a place in a request by the schema that it did not fit. */

/** The schema of this place in what came; undefined: it says nothing of it. */
export function schemaAt(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  data: unknown,
): z.ZodType | undefined {
  let [at, found]: [z.ZodType | undefined, unknown] = [schema, data];
  for (const step of path) {
    const of: z.ZodType | undefined = at && plain(at, found);
    if (of instanceof z.ZodObject) at = of.shape[String(step)] as z.ZodType | undefined;
    else at = of instanceof z.ZodArray ? (of.element as z.ZodType) : undefined;
    found = (found as Record<PropertyKey, unknown> | undefined)?.[step];
  }
  return at;
}

/** The keys of the object that stands there; undefined: none does. */
export function keysAt(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  data: unknown,
): readonly string[] | undefined {
  const at = schemaAt(schema, path, data);
  const found = path.reduce<unknown>((of, step) => (of as Record<PropertyKey, unknown>)?.[step], data);
  const of = at && plain(at, found);
  return of instanceof z.ZodObject ? Object.keys(of.shape) : undefined;
}

/** Is an instant wanted: epoch milliseconds or a text, perhaps not at all? */
export function isInstant(schema: z.ZodType | undefined): boolean {
  if (!schema) return false;
  if (schema.meta()?.title === 'Instant') return true;
  if (schema instanceof z.ZodUnion) return schema.options.some((one) => isInstant(one as z.ZodType));
  const inner = within(schema);
  return inner !== undefined && isInstant(inner);
}

/** Without what only says that it may be absent, or what it then is; of several forms the one that what came names. */
function plain(schema: z.ZodType, found: unknown): z.ZodType {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    const named = (found as Record<string, unknown> | undefined)?.[discriminator];
    const meant = schema.options.find(
      (one) => one instanceof z.ZodObject && (one.shape[discriminator] as z.ZodType).safeParse(named).success,
    );
    return (meant as z.ZodType | undefined) ?? schema;
  }
  const inner = within(schema);
  return inner ? plain(inner, found) : schema;
}

function within(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType;
  return 'unwrap' in schema && typeof schema.unwrap === 'function' && !(schema instanceof z.ZodArray)
    ? (schema.unwrap() as z.ZodType)
    : undefined;
}
