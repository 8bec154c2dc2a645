import type { ImportWork } from './import-beside.ts';
import type { Place, RegistryFile, Said } from './registry-draft.ts';
import { parseToImport } from './registry-import.ts';
import type { ConfigProblem } from './yaml-file.ts';

/** What a file says of an entry, and where. */
export interface SaidAt extends Said {
  readonly place: Place | undefined;
}

/** The first problems of a file, and how many there are beside them. */
export interface ShortProblems {
  readonly problems: readonly ConfigProblem[];
  readonly more: number;
}
export const NO_PROBLEMS: ShortProblems = { problems: [], more: 0 };

/** Problems of a file that are told at once; whoever has a hundred has one. */
export const PROBLEMS_TOLD_MAX = 100;

export const shortened = (problems: readonly ConfigProblem[]): ShortProblems => ({
  problems: problems.slice(0, PROBLEMS_TOLD_MAX),
  more: Math.max(0, problems.length - PROBLEMS_TOLD_MAX),
});

/** Reads a registry file and hands over what it says, entry by entry; with a problem nothing is handed over. */
export type ImportReader = (
  work: ImportWork,
  take: (entry: SaidAt) => void,
  stop?: AbortSignal,
) => Promise<ShortProblems>;

/** The entries of a file with their places. Written out, for it goes to another thread. */
export function* placed(file: RegistryFile): Generator<SaidAt, undefined> {
  for (const { noun, key, fields, unsaid } of file.said())
    yield { noun, key, fields, unsaid, place: file.placeOf(noun, key) };
  return undefined;
}

/** Where nobody waits meanwhile. */
export const readHere: ImportReader = async ({ format, text, options }, take) => {
  const parsed = parseToImport(format, text, '', options);
  if (!parsed.ok) return shortened(parsed.error);
  for (const entry of placed(parsed.value)) take(entry);
  return NO_PROBLEMS;
};
