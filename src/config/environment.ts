import type { z } from 'zod';
import { didYouMean } from '../lib/did-you-mean.ts';
import { readSecretFile } from '../lib/secret-file.ts';
import { formatPath, inner, isSecret, type Path, shapeOf } from './schema-words.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A place of the configuration that an environment variable may set. */
export interface Leaf {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  /** Undefined for a list of objects: it stands in the file alone. */
  readonly variable: string | undefined;
}

/** A value that came from the environment, and from which variable. */
export interface Override {
  readonly path: Path;
  readonly variable: string;
  readonly value: unknown;
}

export interface EnvironmentProblem {
  readonly variable: string;
  readonly message: string;
}

const PREFIX = 'SHOUWANG_';
/** Read elsewhere: they are no keys of service.yaml. */
const OTHERS = ['ADMIN_PASSWORD', 'ADMIN_PASSWORD_FILE', 'CONFIG', 'DATA', 'DEBUG', 'TOKEN', 'URL'].map(
  (name) => PREFIX + name,
);
const FREE = /^SHOUWANG_(TEST|BENCH)_/;
/** What Kubernetes tells every container of a Service that is called shouwang, or shouwang-mqtt: nobody has set it. */
const LINKED = /^SHOUWANG_(?:\w+_)?(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)$/;
const isLinked = (variable: string, text: string): boolean =>
  LINKED.test(variable) || (/_PORT$/.test(variable) && /^(?:tcp|udp|sctp):\/\//.test(text));

/** `['http', 'publicUrl']` → `SHOUWANG_HTTP_PUBLIC_URL` */
export function variableOf(path: readonly string[]): string {
  const words = path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return PREFIX + words.join('_');
}

/** Every single value of a schema: numbers, texts, switches, and lists. */
export function leavesOf(schema: z.ZodType, path: readonly string[] = []): Leaf[] {
  const shape = shapeOf(schema);
  if (shape) return Object.entries(shape).flatMap(([key, below]) => leavesOf(below, [...path, key]));
  const element = elementOf(schema);
  return [{ path, schema, variable: element && shapeOf(element) ? undefined : variableOf(path) }];
}

const elementOf = (schema: z.ZodType): z.ZodType | undefined =>
  (inner(schema)._zod.def as unknown as { element?: z.ZodType }).element;

/**
 * What the environment says. An empty variable says nothing. A secret may also stand in a file whose name is in the
 * variable with `_FILE` at its end. A variable that begins with our name and means nothing is a mistake: it would
 * otherwise be the setting that somebody believes to have made.
 */
export function readEnvironment(
  schema: z.ZodType,
  env: Environment,
): { overrides: Override[]; problems: EnvironmentProblem[] } {
  const leaves = leavesOf(schema);
  const byVariable = new Map(
    leaves.flatMap((leaf) => (leaf.variable === undefined ? [] : [[leaf.variable, leaf] as const])),
  );
  const overrides: Override[] = [];
  const problems: EnvironmentProblem[] = [];
  for (const variable of Object.keys(env).sort()) {
    const text = env[variable];
    if (!variable.startsWith(PREFIX) || text === undefined || text === '') continue;
    if (isLinked(variable, text)) continue;
    const leaf = byVariable.get(variable);
    if (leaf) overrides.push({ path: leaf.path, variable, value: parseLeaf(leaf.schema, text) });
    else if (secretLeaf(variable, byVariable))
      readSecretLeaf(variable, text, byVariable, overrides, problems);
    else if (!OTHERS.includes(variable) && !FREE.test(variable))
      problems.push({ variable, message: unknownVariable(variable, [...byVariable.keys(), ...OTHERS]) });
  }
  return { overrides, problems };
}

function unknownVariable(variable: string, known: readonly string[]): string {
  const close = didYouMean(variable, known);
  return close === undefined
    ? 'no setting has this name; `shouwang check --explain` lists them'
    : `no setting has this name; did you mean ${close}?`;
}

function secretLeaf(variable: string, leaves: ReadonlyMap<string, Leaf>): Leaf | undefined {
  const leaf = variable.endsWith('_FILE') ? leaves.get(variable.slice(0, -'_FILE'.length)) : undefined;
  return leaf && isSecret(leaf.schema) ? leaf : undefined;
}

function readSecretLeaf(
  variable: string,
  file: string,
  leaves: ReadonlyMap<string, Leaf>,
  overrides: Override[],
  problems: EnvironmentProblem[],
): void {
  const leaf = secretLeaf(variable, leaves) as Leaf;
  const secret = readSecretFile(file);
  if (secret === undefined) problems.push({ variable, message: `${file} cannot be read` });
  else overrides.push({ path: leaf.path, variable, value: secret });
}

/** The text of a variable as the value that it stands for; what cannot be one stays text, for the schema to refuse. */
function parseLeaf(schema: z.ZodType, text: string): unknown {
  if (elementOf(schema))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  const candidates: unknown[] = [text];
  if (/^-?\d+(\.\d+)?$/.test(text.trim())) candidates.push(Number(text));
  if (/^(true|false)$/i.test(text.trim())) candidates.push(text.trim().toLowerCase() === 'true');
  return candidates.find((value) => schema.safeParse(value).success) ?? candidates.at(-1);
}

/** The place in words, as the explanation shows it. */
export const leafName = (leaf: Leaf): string => formatPath(leaf.path);
