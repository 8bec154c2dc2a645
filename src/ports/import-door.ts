import type { CommandReply } from '../model/command.ts';
import type { EntryFields } from '../model/entry-fields.ts';
import type { Failure } from '../model/errors.ts';
import type { Noun, RegistryEntry } from '../model/registry.ts';

/** What an import changes, and beside which revision of the registry that was found out. */
export interface RegistryImport {
  readonly put: readonly RegistryEntry[];
  /** Of each of these, what the import is about; absent: all in which it is something else than what stands there. */
  readonly about?: readonly EntryFields[] | undefined;
  readonly remove: readonly { readonly noun: Noun; readonly key: string }[];
  readonly revision?: number | undefined;
}

/** Entries that are taken over, of how many. */
export interface ImportProgress {
  readonly done: number;
  readonly of: number;
}

/** A large import of which only a part is there; known until another list is taken over. */
export interface StoppedImport extends ImportProgress {
  readonly at: number;
  readonly by: string;
  /** What stood in its way. */
  readonly reason: Failure;
}

/** The way in for registry files. */
export interface ImportDoor {
  /** All of it or nothing; what is large goes in pieces, with readings in between. Resolves when all is on disk. */
  importRegistry(what: RegistryImport, by: string): Promise<CommandReply>;
  /** How far a large import is that is under way; nobody else changes the registry meanwhile. */
  importing(): ImportProgress | undefined;
  /** The last one, if it stopped half way. */
  importStopped(): StoppedImport | undefined;
}
