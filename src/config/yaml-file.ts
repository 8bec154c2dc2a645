import { readFile } from 'node:fs/promises';
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { z } from 'zod';
import { fail, ok, type Result } from '../lib/result.ts';
import { listText } from '../model/list-text.ts';
import type { Locale } from '../model/text.ts';
import { messageIn, pathIn } from './problem-words.ts';
import { formatPath, type Path, problemsOf, shapeOf, valueAt } from './schema-words.ts';

/** A mistake in a configuration file, with the place where it stands (both counted from 1). */
export interface ConfigProblem {
  readonly file: string;
  /** Absent when the file as a whole is meant. */
  readonly line?: number;
  readonly column?: number;
  /** `rules[3].params.hours`; empty when the file as a whole is meant. */
  readonly path: string;
  /** What was found and what is allowed. */
  readonly message: string;
}

/** `config/rules.yaml:42:7 rules[3].params.hours: found "abc", expected a number between 1 and 72` */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place =
    line === undefined ? file : column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
  return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`;
}

/** The same for a person at a terminal, in the language of it. */
export const problemIn =
  (language: Locale) =>
  (problem: ConfigProblem): string =>
    formatProblem({
      ...problem,
      path: pathIn(language, problem.path),
      message: messageIn(language, problem.message),
    });

/** A mistake that the schema cannot see, at a place of the value. */
export interface FurtherProblem {
  readonly path: Path;
  readonly message: string;
}

/**
 * Reads a YAML text against a schema; every mistake in it is reported, each with its place. `further` looks at a value
 * that the schema has passed, `parts` at one that it has not: as far as it can be read, so that all is told in one round.
 */
export function loadYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  further: (value: z.output<S>) => readonly FurtherProblem[] = () => [],
  parts: (value: unknown) => readonly FurtherProblem[] = () => [],
): Result<z.output<S>, ConfigProblem[]> {
  const read = YamlText.read(text, file);
  if (!read.ok) return read;
  const checked = read.value.check(schema);
  const found = checked.ok ? further(checked.value) : parts(read.value.value());
  const problems = found.map(({ path, message }) => read.value.problem(path, message));
  if (!checked.ok) problems.push(...checked.error);
  return problems.length > 0 ? fail(problems.sort(inFileOrder)) : checked;
}

/** The same for a file. A file that cannot be read is a problem like any other. */
export async function loadYamlFile<S extends z.ZodType>(
  file: string,
  schema: S,
  further?: (value: z.output<S>) => readonly FurtherProblem[],
  parts?: (value: unknown) => readonly FurtherProblem[],
): Promise<Result<z.output<S>, ConfigProblem[]>> {
  const text = await readText(file);
  return text.ok ? loadYaml(text.value, file, schema, further, parts) : text;
}

/** What stands in a file that may have mistakes, as far as it is well formed; undefined where it is not. */
export async function plainYaml(file: string): Promise<unknown> {
  const text = await readText(file);
  const read = text.ok ? YamlText.read(text.value, file) : text;
  return read.ok ? read.value.value() : undefined;
}

/** The text of a configuration file, in whichever encoding an editor saves it. */
export async function readText(file: string): Promise<Result<string, ConfigProblem[]>> {
  try {
    const bytes = await readFile(file);
    const read = listText(bytes);
    // Of two encodings in one file one may stand in a comment alone: no reason not to start.
    return ok(read.ok ? read.text : bytes.toString('utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`;
    return fail([{ file, path: '', message }]);
  }
}

/** Long texts that were read, by what stands in them; none in a service, which reads each of its files once. */
let kept: Map<string, readonly [Document.Parsed, LineCounter]> | undefined;
const KEPT_LENGTH_MIN = 1_000;
const KEPT_MAX = 50;

/** Tests read the files that come with the service some hundred times: with this, each worker parses them once. */
export function keepDocuments(): void {
  kept = new Map();
}

function parsed(text: string): readonly [Document.Parsed, LineCounter] {
  const known = kept?.get(text);
  if (known) return known;
  const lines = new LineCounter();
  const read = [
    parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true }),
    lines,
  ] as const;
  if (kept && kept.size < KEPT_MAX && text.length >= KEPT_LENGTH_MIN) kept.set(text, read);
  return read;
}

function forget(document: Document.Parsed): void {
  for (const [text, [known]] of kept ?? []) if (known === document) kept?.delete(text);
}

/** Nobody opens so many brackets one within the other; the library takes seconds to find that it cannot. */
const NESTED_TOO_DEEP = /(?:[[{]\s*|[?-][ \t]+){200}/;

/** Aliases of aliases make a few lines into more than a memory holds; the library counts, and throws. */
function isBomb(document: Document.Parsed, text: string): boolean {
  if (!text.includes('*')) return false;
  try {
    document.toJS();
    return false;
  } catch (error) {
    if (error instanceof ReferenceError) return true;
    throw error;
  }
}

/** Mistakes that are none of the syntax: the library says them in words of its own. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'this key stands here twice',
  NON_STRING_KEY: 'a key must be text: what stands before the colon is a list, or keys with values',
};

/** A YAML text that is well formed, and where in it everything stands. */
export class YamlText {
  readonly file: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  /** Keys that stand twice: with one of these no file passes. */
  readonly doubled: readonly ConfigProblem[];

  private constructor(
    file: string,
    document: Document.Parsed,
    lines: LineCounter,
    doubled: readonly ConfigProblem[] = [],
  ) {
    this.doubled = doubled;
    this.file = file;
    this.#document = document;
    this.#lines = lines;
  }

  static read(text: string, file: string): Result<YamlText, ConfigProblem[]> {
    if (NESTED_TOO_DEEP.test(text))
      return fail([{ file, line: 1, path: '', message: 'is nested too deeply to be read' }]);
    const [document, lines] = parsed(text);
    const wrong = [...document.errors, ...document.warnings];
    const problems = wrong.map(({ pos, code, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      const words = WORDS[code] ?? `not valid YAML: ${message}`;
      return { file, line, column: col, path: '', message: words };
    });
    if (wrong.some(({ code }) => code !== 'DUPLICATE_KEY')) return fail(problems);
    if (isBomb(document, text)) {
      const message = 'repeats itself by aliases (*name) more than a file needs: write out what is meant';
      return fail([{ file, line: 1, path: '', message }]);
    }
    // Everything else in it can be read, and is looked at: nobody shall be sent back once for each mistake.
    return ok(new YamlText(file, document, lines, problems));
  }

  /** The content as plain values; a file of comments alone is empty. */
  value(): unknown {
    return this.#document.toJS() ?? undefined;
  }

  check<S extends z.ZodType>(schema: S): Result<z.output<S>, ConfigProblem[]> {
    const [value, parsed] = this.#parsed(schema);
    const problems = [
      ...this.doubled,
      ...problemsOf(schema, value, parsed).map(({ path, on, message }) => this.problem(path, message, on)),
    ];
    if (problems.length > 0) return fail(problems.sort(inFileOrder));
    if (!parsed.success) throw parsed.error;
    return ok(parsed.data);
  }

  /** The value as the schema reads it: once, unless a numeral is meant as text. A town's registry is long. */
  #parsed<S extends z.ZodType>(schema: S): [value: unknown, z.ZodSafeParseResult<z.output<S>>] {
    const value = this.value() ?? (shapeOf(schema) ? {} : undefined);
    const parsed = schema.safeParse(value);
    if (parsed.success || !this.#keepNumerals(parsed.error)) return [value, parsed];
    const again = this.value();
    return [again, schema.safeParse(again)];
  }

  /**
   * A room 0501 or a telephone number is text, though YAML reads a number in it: where the schema wants text, what was
   * written stands.
   */
  keepNumeralsAsText(schema: z.ZodType): void {
    const parsed = schema.safeParse(this.value());
    if (!parsed.success) this.#keepNumerals(parsed.error);
  }

  /** Was there any? */
  #keepNumerals({ issues }: z.ZodError): boolean {
    let found = false;
    for (const issue of issues) {
      if (issue.code !== 'invalid_type' || issue.expected !== 'string') continue;
      const node = this.#nodeAt(issue.path as Path);
      if (!isScalar(node) || typeof node.value !== 'number' || node.source === undefined) continue;
      node.value = node.source;
      found = true;
    }
    // Changed for this schema: whoever reads the same text for another gets a document of its own.
    if (found) forget(this.#document);
    return found;
  }

  /** A problem at this place of the file; where the place does not exist, at the nearest that does. */
  problem(path: Path, message: string, on: 'key' | 'value' = 'value'): ConfigProblem {
    return { file: this.file, ...this.position(path, on), path: formatPath(path), message };
  }

  /** Line and column of a value or its key, counted from 1. */
  position(path: Path, on: 'key' | 'value' = 'value'): { line: number; column: number } {
    for (let length = path.length; length >= 0; length--) {
      const part = path.slice(0, length);
      // What is missing is reported at the key of what it is missing from.
      const wanted = length < path.length ? 'key' : on;
      const node = (wanted === 'key' && this.#keyAt(part)) || this.#nodeAt(part) || this.#keyAt(part);
      const start = node?.range?.[0];
      if (start === undefined) continue;
      const { line, col } = this.#lines.linePos(start);
      return { line, column: col };
    }
    return { line: 1, column: 1 };
  }

  /** Does anything stand at this place? */
  has(path: Path): boolean {
    return valueAt(this.value(), path) !== undefined;
  }

  #nodeAt(path: Path): Node | undefined {
    let node: unknown = this.#document.contents;
    for (const part of path) {
      const here = this.#resolved(node);
      if (isSeq(here)) node = here.items[Number(part)];
      else if (isMap(here)) node = pairOf(here.items, part)?.value;
      else return undefined;
    }
    return (node ?? undefined) as Node | undefined;
  }

  #keyAt(path: Path): Node | undefined {
    const above = this.#resolved(this.#nodeAt(path.slice(0, -1)));
    const last = path.at(-1);
    if (last === undefined || !isMap(above)) return undefined;
    return pairOf(above.items, last)?.key as Node | undefined;
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}

/** Line by line, as a person goes through a file. */
export const inFileOrder = (a: ConfigProblem, b: ConfigProblem): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

const pairOf = (pairs: readonly Pair[], key: string | number): Pair | undefined =>
  pairs.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
