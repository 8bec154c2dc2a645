import type { EntryFields } from '../model/entry-fields.ts';
import type { ImportWarning } from '../model/import-warning.ts';
import type {
  InventedGateway,
  Noun,
  RegistryChange,
  RegistryEntry,
  RegistryMove,
} from '../model/registry.ts';
import type { Text } from '../model/text.ts';

/** What a registry file says, and every line of it that cannot be taken. With a problem, nothing is taken. */
export interface ParsedImport {
  readonly put: readonly RegistryEntry[];
  /** Of each of these, the fields of which the file says something new, where the parser knows. */
  readonly about?: readonly EntryFields[];
  /** How many of them are new, where the parser knows; the others are changed. */
  readonly added?: number;
  /** Entries of the file that are in the registry already, as they are; where the parser knows. */
  readonly unchanged?: number;
  /** What happens to each entry, field by field, where the parser knows. */
  readonly changes?: readonly RegistryChange[];
  /** Devices and homes that change their place, where the parser knows. */
  readonly moves?: readonly RegistryMove[];
  /** Gateways that are made because devices name them, where the parser knows. */
  readonly invented?: readonly InventedGateway[];
  /** What is probably a mistake of the file, by line. */
  readonly warnings?: readonly ImportWarning[];
  /** Homes whose id is none of the file's: made of place and room, or found by these. */
  readonly made?: readonly MadeHome[];
  readonly remove: readonly { readonly noun: Noun; readonly key: string }[];
  /** Of the registry beside which the parser found this out. */
  readonly revision?: number;
  readonly problems: readonly ImportProblem[];
  /** Problems beside these, which are the first. */
  readonly more?: number;
}
export interface MadeHome {
  readonly line: number;
  readonly home: string;
  /** The node that it stands in. */
  readonly parent: string;
  readonly name: string;
  readonly known: boolean;
}
export interface ImportProblem {
  /** Counts from 1. */
  readonly line: number;
  readonly column?: number;
  readonly message: string;
  readonly text?: Text;
}

/**
 * Reads a registry file; the app gives the API its parser, since edges do not import each other. Undefined: too many files
 * wait to be read. `stop`: whoever asked has gone.
 */
export type ImportParser = (
  format: 'csv' | 'yaml',
  text: string,
  stop?: AbortSignal,
) => ParsedImport | Promise<ParsedImport | undefined>;
