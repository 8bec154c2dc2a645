import type { z } from 'zod';
import { didYouMean, unknownKey } from '../lib/did-you-mean.ts';

/**
 * Reads zod schemas as documentation: what is allowed at a place, which keys exist there, what a mistake in it means.
 * Everything that a person reads about a wrong configuration comes from here, and nothing of it is written twice.
 */
export type Path = readonly (string | number)[];

/** A mistake at a place of a value. `key` says that the key itself is wrong, not what stands under it. */
export interface ValueProblem {
  readonly path: Path;
  readonly on: 'key' | 'value';
  readonly message: string;
}

interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly getter?: () => z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
  readonly items?: readonly z.ZodType[];
}
/** What the checks on a number or text add up to. */
interface Bounds {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  format?: string;
}
interface CheckDef {
  readonly check?: string;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
}

const defOf = (schema: z.ZodType): Def => schema._zod.def as unknown as Def;

function boundsOf(schema: z.ZodType): Bounds {
  const own = schema._zod.def as unknown as CheckDef & { checks?: { _zod: { def: CheckDef } }[] };
  const bounds: Bounds = {};
  for (const check of [own, ...(own.checks ?? []).map((each) => each._zod.def)]) addBound(bounds, check);
  return bounds;
}

function addBound(bounds: Bounds, { check, value, inclusive, minimum, maximum, format }: CheckDef): void {
  if (format !== undefined) bounds.format = format;
  if (check === 'min_length' && minimum !== undefined) bounds.minimum = minimum;
  if (check === 'max_length' && maximum !== undefined) bounds.maximum = maximum;
  if (check === 'greater_than' && value !== undefined)
    bounds[inclusive ? 'minimum' : 'exclusiveMinimum'] = value;
  if (check === 'less_than' && value !== undefined)
    bounds[inclusive ? 'maximum' : 'exclusiveMaximum'] = value;
}

/** The schema under optional, default, readonly and the like. */
export function inner(schema: z.ZodType): z.ZodType {
  const def = defOf(schema);
  const next =
    def.innerType ?? (def.type === 'pipe' ? def.in : def.type === 'lazy' ? def.getter?.() : undefined);
  return next ? inner(next) : schema;
}

/** What was said about the schema with `.meta()`, on it or on what it wraps. */
export function metaOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const def = defOf(schema);
  const below = def.innerType ?? (def.type === 'pipe' ? def.in : undefined);
  return { ...(below ? metaOf(below) : {}), ...(schema.meta() ?? {}) };
}

export const isSecret = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined && metaOf(schema)['secret'] === true;

/** The keys of an object schema; undefined for every other schema. */
export const shapeOf = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined =>
  defOf(inner(schema)).shape;

/** What is allowed here, in words that complete "expected …". */
export function describe(schema: z.ZodType): string {
  const core = inner(schema);
  const def = defOf(core);
  const unit = metaOf(schema)['unit'];
  const words = describeType(core, def);
  return typeof unit === 'string' ? `${words} (${unit})` : words;
}

function describeType(core: z.ZodType, def: Def): string {
  switch (def.type) {
    case 'number':
      return describeNumber(boundsOf(core));
    case 'string':
      return describeString(boundsOf(core));
    case 'boolean':
      return 'true or false';
    case 'enum':
      return oneOf(Object.values(def.entries ?? {}));
    case 'literal':
      return oneOf(def.values ?? []);
    case 'array':
      return describeList(boundsOf(core));
    case 'tuple':
      return 'a list';
    case 'object':
    case 'record':
      return 'keys with values';
    case 'union':
      return [...new Set((def.options ?? []).map(describe))].join(', or ');
    case 'unknown':
    case 'any':
      return 'a value';
    default:
      return 'another value';
  }
}

const describeList = ({ minimum = 0 }: Bounds): string =>
  minimum > 1 ? `a list of at least ${minimum}` : minimum === 1 ? 'a list that is not empty' : 'a list';

function describeNumber(bounds: Bounds): string {
  const { minimum: low, maximum: high, exclusiveMinimum: above, exclusiveMaximum: below, format } = bounds;
  const kind = format?.includes('int') ? 'a whole number' : 'a number';
  if (low !== undefined && high !== undefined) return `${kind} between ${low} and ${high}`;
  const limits = [
    low === undefined ? '' : `of at least ${low}`,
    above === undefined ? '' : `above ${above}`,
    high === undefined ? '' : `of at most ${high}`,
    below === undefined ? '' : `below ${below}`,
  ].filter(Boolean);
  return [kind, limits.join(' and ')].filter(Boolean).join(' ');
}

function describeString({ minimum, maximum, format }: Bounds): string {
  const kind = format === 'url' ? 'an address (URL)' : 'text';
  if (minimum !== undefined && minimum > 1 && maximum !== undefined)
    return `${kind} of ${minimum} to ${maximum} characters`;
  if (maximum !== undefined) return `${kind} of ${minimum === 1 ? '1 to' : 'at most'} ${maximum} characters`;
  if (minimum !== undefined && minimum > 1) return `${kind} of at least ${minimum} characters`;
  return minimum === 1 ? `${kind} that is not empty` : kind;
}

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1
    ? String(JSON.stringify(values[0]))
    : `one of ${values.map((value) => String(value)).join(', ')}`;

/** What was found, short enough for a line. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'keys with values';
  const text = withoutPassword(JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

/** An address that was refused may be so because a password stands in it, which goes into no terminal and no log. */
const withoutPassword = (text: string): string =>
  text.replace(/([^\s"/:]*):(?!\/\/)[^\s"]*@/g, '$1:…@').replace(/([?&;]password=)[^\s&;"]*/gi, '$1…');

export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** The value at a place, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

/** The schema at a place; of alternatives the one that the value at hand means. */
export function schemaAt(schema: z.ZodType, path: Path, value: unknown): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  let here = value;
  for (const part of path) {
    if (at === undefined) return undefined;
    at = stepInto(at, part, here);
    here = valueAt(here, [part]);
  }
  return at;
}

function stepInto(schema: z.ZodType, part: string | number, value: unknown): z.ZodType | undefined {
  const core = meant(inner(schema), value);
  const def = defOf(core);
  // A key such as `toString` is none of the shape's own.
  if (def.shape) return Object.hasOwn(def.shape, part) ? def.shape[part] : def.catchall;
  if (def.type === 'record') return def.valueType;
  if (def.items) return def.items[Number(part)];
  return def.element;
}

/** Of a union, the alternative that the value means: by its discriminator, or the one with the fewest problems. */
function meant(schema: z.ZodType, value: unknown): z.ZodType {
  const { options, discriminator } = defOf(schema);
  if (!options) return schema;
  const named =
    discriminator === undefined
      ? options
      : options.filter((option) => optionMatches(option, discriminator, value));
  // What no alternative goes by the name of is told as if the first were meant.
  const best = named.length === 0 ? options[0] : nearest(named, value);
  return best ? meant(inner(best), value) : schema;
}

function nearest(options: readonly z.ZodType[], value: unknown): z.ZodType | undefined {
  if (options.length === 1) return options[0];
  const ranked = options.map((option) => {
    const { success, error } = option.safeParse(value);
    return { option, rank: success ? 0 : (error?.issues.length ?? 1) };
  });
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.option;
}

function optionMatches(option: z.ZodType, discriminator: string, value: unknown): boolean {
  const own = shapeOf(option)?.[discriminator];
  return own?.safeParse(valueAt(value, [discriminator])).success ?? false;
}

/**
 * All that is wrong with a value: what the schema refuses, and keys that it does not know (whether or not it would
 * let them pass). Empty: the schema takes it.
 */
export const findProblems = (schema: z.ZodType, value: unknown): ValueProblem[] =>
  problemsOf(schema, value, schema.safeParse(value));

/** The same where the schema has read the value already. */
export function problemsOf(
  schema: z.ZodType,
  value: unknown,
  parsed: z.ZodSafeParseResult<unknown>,
): ValueProblem[] {
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((each) => explain(each, schema, value));
  const unknown = unknownKeys(schema, value, []);
  const told = new Set(problems.map(placeOf));
  return [...problems, ...unknown.filter((each) => !told.has(placeOf(each)))];
}

const placeOf = ({ on, path }: ValueProblem): string => `${on} ${formatPath(path)}`;

function unknownKeys(schema: z.ZodType, value: unknown, path: Path): ValueProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  const def = defOf(meant(inner(schema), value));
  const found: ValueProblem[] = [];
  for (const [key, item] of Object.entries(value)) {
    const part = Array.isArray(value) ? Number(key) : key;
    const below = stepInto(schema, part, value);
    if (below) found.push(...unknownKeys(below, item, [...path, part]));
    else if (def.shape && !def.catchall && !Array.isArray(value))
      found.push({ path: [...path, part], on: 'key', message: unknownKey(key, Object.keys(def.shape)) });
  }
  return found;
}

/** The keys that an object may have: those of its shape, or those that the keys of a record are. */
function keysOf(schema: z.ZodType): string[] {
  const { keyType } = defOf(schema);
  if (keyType) return Object.values(defOf(keyType).entries ?? {}).map(String);
  return Object.keys(shapeOf(schema) ?? {});
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, schema: z.ZodType, value: unknown): ValueProblem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    const here = schemaAt(schema, path, value);
    const known = here ? keysOf(meant(inner(here), valueAt(value, path))) : [];
    return issue.keys.map((key) => ({ path: [...path, key], on: 'key', message: unknownKey(key, known) }));
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    return [{ path, on: 'value', message: unknownAlternative(issue, valueAt(value, path)) }];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = closest(issue.errors);
    if (best)
      return best.flatMap((each) => explain({ ...each, path: [...path, ...each.path] }, schema, value));
  }
  return [
    { path, on: issue.code === 'invalid_key' ? 'key' : 'value', message: say(issue, path, schema, value) },
  ];
}

function unknownAlternative(issue: z.core.$ZodIssueInvalidUnion, found: unknown): string {
  const options = ((issue as { options?: readonly unknown[] }).options ?? []).map(String);
  const close = typeof found === 'string' ? didYouMean(found, options) : undefined;
  const start = found === undefined ? 'is missing' : `found ${show(found)}`;
  return `${start}, expected ${oneOf(options)}${close === undefined ? '' : `; did you mean "${close}"?`}`;
}

/** The alternative that was meant: its problems lie deepest. Undefined when none goes below the value itself. */
function closest(errors: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map((issue) => issue.path.length));
  const deep = errors.filter((issues) => issues.length > 0 && depth(issues) > 0);
  return deep.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
}

function say(issue: Issue, path: Path, schema: z.ZodType, value: unknown): string {
  if (issue.code === 'custom') return issue.message;
  const here = schemaAt(schema, path, value);
  const found = valueAt(value, path);
  const expected = expectedWords(issue, here);
  if (found === undefined && issue.code !== 'invalid_key') return `is missing, expected ${expected}`;
  const shown = isSecret(here) ? 'a secret' : show(found);
  return `found ${shown}, expected ${expected}${enumHint(here, found)}`;
}

/** A message that the schema's author wrote is better than one made of its bounds. */
function expectedWords(issue: Issue, here: z.ZodType | undefined): string {
  if (issue.code === 'invalid_format' && !issue.message.startsWith('Invalid')) return issue.message;
  return here === undefined ? lowerFirst(issue.message) : describe(here);
}

function enumHint(here: z.ZodType | undefined, found: unknown): string {
  const entries = here && defOf(inner(here)).entries;
  if (!entries || typeof found !== 'string') return '';
  const close = didYouMean(found, Object.values(entries).map(String));
  return close === undefined ? '' : `; did you mean "${close}"?`;
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);
