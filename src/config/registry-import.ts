import type { Result } from '../lib/result.ts';
import type { Noun, RegistryEntry } from '../model/registry.ts';
import { parseRegistryCsv } from './registry-csv.ts';
import type { Lookup, RegistryFile, RegistryFileOptions } from './registry-draft.ts';
import { parseRegistryYaml } from './registry-yaml.ts';
import type { ConfigProblem } from './yaml-file.ts';

export type { Lookup, RegistryFile, RegistryFileOptions } from './registry-draft.ts';
export const IMPORT_FORMATS = ['csv', 'yaml'] as const;
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

/** What the API takes: the change over what the service has, or every line that stands against it. */
export interface ImportAnswer {
  readonly put: readonly RegistryEntry[];
  readonly remove: readonly { readonly noun: Noun; readonly key: string }[];
  readonly problems: readonly { readonly line: number; readonly column?: number; readonly message: string }[];
}

/**
 * The parser for an import into a running service. `existing` knows what is there: what the file does not speak of
 * stays, what would not change is left out, and nothing is ever removed.
 */
export function importParser(
  existing: Lookup,
  options: RegistryFileOptions = {},
): (format: ImportFormat, text: string) => ImportAnswer {
  return (format, text) => {
    const parsed = parseImport(format, text, '', options);
    if (parsed.ok) return { put: parsed.value.over(existing), remove: [], problems: [] };
    const problems = parsed.error.map(({ line = 1, column, path, message }) => ({
      line,
      ...(column === undefined ? {} : { column }),
      message: path === '' ? message : `${path}: ${message}`,
    }));
    return { put: [], remove: [], problems };
  };
}

/** The text of a registry file. Spreadsheets in Chinese write GB18030 where they do not write UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
