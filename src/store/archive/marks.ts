import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Written into the folder of a generation when its bases are whole; without it the folder is nothing. */
export const GENERATION_FILE = 'archive.json';
/** The folder of a generation begun at this instant. */
export const folderName = (at: number): string => new Date(at).toISOString().replaceAll(':', '');
const FOLDER = /^\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}Z$/;

/** One line a round: how far each file has come. */
export const MARKS_FILE = 'marks.ndjson';

const placeSchema = z.object({
  segment: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
});
const markSchema = z.object({ at: z.number(), records: placeSchema, telemetry: placeSchema });

/** Whatever was acknowledged up to `at` (epoch milliseconds) is in the archive up to these places. */
export type Mark = z.output<typeof markSchema>;

/** A base and what was written after it, up to the next base or the end of the process. */
export interface Generation {
  readonly folder: string;
  /** In order of time; at least one. */
  readonly marks: readonly Mark[];
}

/** The generations of an archive that something can be restored from, in order of time. */
export async function generationsOf(archive: string): Promise<Generation[]> {
  const names = await readdir(archive).catch((): string[] => []);
  const found: Generation[] = [];
  for (const name of names.sort()) {
    const folder = join(archive, name);
    if ((await readText(join(folder, GENERATION_FILE))) === undefined) continue;
    const marks = marksIn((await readText(join(folder, MARKS_FILE))) ?? '');
    if (marks.length > 0) found.push({ folder, marks });
  }
  return found;
}

/** Folders in which a base was begun and is not whole: a crash, or a full disk, left them. */
export async function unfinishedIn(archive: string): Promise<string[]> {
  const names = await readdir(archive).catch((): string[] => []);
  const folders = names.filter((name) => FOLDER.test(name)).map((name) => join(archive, name));
  const isWhole = await Promise.all(folders.map((folder) => isThere(join(folder, GENERATION_FILE))));
  return folders.filter((_, i) => !isWhole[i]);
}

/** What cannot be looked at is taken to be there: a share that fails for a moment must not cost a good base. */
const isThere = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );

/** A line that a crash cut off is none. */
function marksIn(text: string): Mark[] {
  return text.split('\n').flatMap((line) => {
    try {
      const mark = markSchema.safeParse(JSON.parse(line));
      return mark.success ? [mark.data] : [];
    } catch {
      return [];
    }
  });
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
