import { didYouMean } from '../lib/did-you-mean.ts';
import { fail, type Result } from '../lib/result.ts';
import { ERRORS, type ErrorCode, type Failure } from '../model/errors.ts';
import {
  entryKey,
  type InventedGateway,
  type Noun,
  type RegistryChange,
  type RegistryEntry,
  type RegistryMove,
} from '../model/registry.ts';
import { inventedGateways } from './invented-gateways.ts';
import { changesOf } from './registry-changes.ts';
import { parseRegistryCsv } from './registry-csv.ts';
import type { Lookup, RegistryFile, RegistryFileOptions } from './registry-draft.ts';
import { parseRegistryYaml } from './registry-yaml.ts';
import type { ConfigProblem } from './yaml-file.ts';

export type { Lookup, RegistryFile, RegistryFileOptions } from './registry-draft.ts';

const IMPORT_FORMATS = ['csv', 'yaml'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** The format that a file's name stands for; undefined for a name that stands for none. */
export function importFormat(file: string): ImportFormat | undefined {
  if (/\.(csv|tsv)$/i.test(file)) return 'csv';
  return /\.ya?ml$/i.test(file) ? 'yaml' : undefined;
}

/** Reads a registry file in either format. */
export function parseImport(
  format: ImportFormat,
  text: string,
  file: string,
  options: RegistryFileOptions = {},
): Result<RegistryFile, ConfigProblem[]> {
  return format === 'csv' ? parseRegistryCsv(text, file, options) : parseRegistryYaml(text, file, options);
}

/**
 * The same of what is to be taken over. A file with nothing in it is an export that went wrong, not an import that has
 * nothing to do: whoever is told that nothing changes would think that all of them are enrolled.
 */
export function parseToImport(
  format: ImportFormat,
  text: string,
  file: string,
  options: RegistryFileOptions = {},
): Result<RegistryFile, ConfigProblem[]> {
  const parsed = parseImport(format, text, file, options);
  if (!parsed.ok || parsed.value.put.length > 0) return parsed;
  const message = format === 'csv' ? 'no row stands below the first line' : 'nothing stands in the file';
  return fail([{ file, line: 1, path: '', message }]);
}

/** What the API takes: the change over what the service has, or every line that stands against it. */
export interface ImportAnswer {
  readonly put: readonly RegistryEntry[];
  /** How many of them are new; the others are changed. */
  readonly added: number;
  /** Entries of the file that stand in the registry already, as they are. */
  readonly unchanged: number;
  /** What happens to each of those that are put. */
  readonly changes: readonly RegistryChange[];
  /** Devices that would hang in another home, and homes that would stand elsewhere. */
  readonly moves: readonly RegistryMove[];
  /** Gateways that CSV makes because devices name them. */
  readonly invented: readonly InventedGateway[];
  readonly remove: readonly { readonly noun: Noun; readonly key: string }[];
  readonly problems: readonly { readonly line: number; readonly column?: number; readonly message: string }[];
}

/** What an import needs to know of the registry that it goes into. */
export interface ImportTarget {
  readonly existing: Lookup;
  /** Names of the gateways that are there. */
  readonly gateways?: () => Iterable<string>;
  /** What stands against a change: `Registry.problems`. */
  readonly problems: (put: readonly RegistryEntry[]) => Iterable<Failure>;
}

/**
 * The parser for an import into a running service. What the file does not speak of stays, what would not change is left
 * out, and nothing is ever removed.
 */
export function importParser(
  { existing, problems, gateways = () => [] }: ImportTarget,
  options: RegistryFileOptions = {},
): (format: ImportFormat, text: string) => ImportAnswer {
  return (format, text) => {
    const parsed = parseToImport(format, text, '', options);
    if (!parsed.ok) return refused(parsed.error);
    const put = parsed.value.over(existing);
    const against = failureProblems(parsed.value, '', problems(put), [...gateways()]);
    if (against.length > 0) return refused(against);
    const added = put.filter((entry) => existing(entry.noun, entryKey(entry)) === undefined).length;
    const moves = put.flatMap((entry) => moveOf(existing(entry.noun, entryKey(entry)), entry));
    const unchanged = parsed.value.put.length - put.length;
    const isNew = (id: string): boolean => existing('gateway', id) === undefined;
    const invented = format === 'csv' ? inventedGateways(put, isNew, [...gateways()]) : [];
    const changes = changesOf(existing, put);
    return { put, added, unchanged, changes, moves, invented, remove: [], problems: [] };
  };
}

function moveOf(before: RegistryEntry | undefined, after: RegistryEntry): RegistryMove[] {
  const place = (entry: RegistryEntry | undefined): string | undefined => {
    if (entry?.noun === 'home') return entry.parent;
    return entry?.noun === 'device' ? entry.home : undefined;
  };
  const [from, to] = [place(before), place(after)];
  if (from === undefined || to === undefined || from === to) return [];
  return [{ noun: after.noun as RegistryMove['noun'], key: entryKey(after), from, to }];
}

function refused(problems: readonly ConfigProblem[]): ImportAnswer {
  const told = problems.map(({ line = 1, column, path, message }) => ({
    line,
    ...(column === undefined ? {} : { column }),
    message: path === '' ? message : `${path}: ${message}`,
  }));
  const nothing = { put: [], added: 0, unchanged: 0, changes: [], moves: [], invented: [], remove: [] };
  return { ...nothing, problems: told };
}

/** What the registry has against the entries of a file, each at the line of its entry. */
export function failureProblems(
  { placeOf, put }: RegistryFile,
  file: string,
  failures: Iterable<Failure>,
  gateways: readonly string[] = [],
): ConfigProblem[] {
  const named = () => [...gateways, ...put.flatMap((one) => (one.noun === 'gateway' ? [one.id] : []))];
  return [...failures].map(({ code, details = {} }) => {
    const { noun, key } = details as { noun: Noun; key: string };
    const message = failureWords(code, details, named);
    return { file, ...placeOf(noun, key), path: `${noun} "${key}"`, message };
  });
}

function failureWords(
  code: ErrorCode,
  details: Readonly<Record<string, unknown>>,
  gateways: () => readonly string[],
): string {
  const other = (details['parent'] ?? details['by']) as { noun: Noun; key: string } | undefined;
  if (code === 'REGISTRY_PARENT_MISSING' && other) {
    const meant = other.noun === 'gateway' ? didYouMean(other.key, gateways()) : undefined;
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
    return `there is no ${other.noun} "${other.key}"${hint}`;
  }
  if (code === 'REGISTRY_IN_USE' && other) return `${other.noun} "${other.key}" still belongs to it`;
  if (code === 'MODEL_UNKNOWN') return `there is no device model ${JSON.stringify(details['model'])}`;
  if (code === 'REGISTRY_INVALID') return String(details['problem']);
  return ERRORS[code].en;
}

/** The text of a registry file. Spreadsheets in Chinese write GB18030 where they do not write UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
