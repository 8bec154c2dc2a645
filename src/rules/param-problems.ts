import { z } from 'zod';
import { didYouMean, unknownKey } from '../lib/did-you-mean.ts';

/** Where in the rule set a mistake is, and what is wrong there. */
export interface RuleProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with the parameters of a rule. A key or a word that is none is told by itself, with the one that was meant.
 * @param given the parameters as they stand in the set
 */
export const paramProblems = (params: z.ZodType, issues: readonly Issue[], given: unknown): RuleProblem[] =>
  issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'invalid_value' && issue.values.length > 1) {
      const found = valueAt(given, path);
      if (typeof found === 'string') return [{ path, message: unknownWord(found, issue.values.map(String)) }];
    }
    const expected = issue.code === 'invalid_type' ? TYPES[issue.expected] : undefined;
    if (expected !== undefined) return [{ path, message: `${foundAt(given, path)}, expected ${expected}` }];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    const known = keysAt(params, path);
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known) }));
  });

/** What should stand there, as the other files' mistakes have it. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  object: 'keys with values',
  record: 'keys with values',
};

function foundAt(given: unknown, path: readonly (string | number)[]): string {
  const found = valueAt(given, path);
  if (found === undefined) return 'is missing';
  if (found === null) return 'found nothing';
  if (typeof found === 'object') return Array.isArray(found) ? 'found a list' : 'found keys with values';
  const text = typeof found === 'string' ? JSON.stringify(found) : String(found);
  return `found ${text.length > 60 ? `${text.slice(0, 57)}…"` : text}`;
}

/** As the other mistakes of the files are said. */
function unknownWord(found: string, known: readonly string[]): string {
  const close = didYouMean(found, known);
  const hint = close === undefined ? '' : `; did you mean "${close}"?`;
  return `found ${JSON.stringify(found)}, expected one of ${known.join(', ')}${hint}`;
}

const valueAt = (given: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((here, step) => (here as Record<string | number, unknown> | undefined)?.[step], given);

/** The keys that the parameters may have at a place. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let here: z.ZodType | undefined = bare(schema);
  for (const step of path) here = bare(below(here, step));
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

/** Without its default, and whether it may be left out. */
function bare(schema: z.ZodType | undefined): z.ZodType | undefined {
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly;
  return wrapped ? bare(schema.unwrap() as z.ZodType) : schema;
}

function below(schema: z.ZodType | undefined, step: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>)[step] : undefined;
}
