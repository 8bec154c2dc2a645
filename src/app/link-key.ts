import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { generateSecret } from '../lib/secrets.ts';
import type { RecordStore } from '../ports/records.ts';
import { linkKeyFile } from '../store/data-files.ts';

/** Where versions of before kept it: in the records, and so in each backup. */
const FORMER = 'notice-links.secret';

/**
 * What links without an account are signed with, made where there is none. It is a file that only the service's own account may
 * read, beside the records and not in them: whoever reads these, or a backup, signs nothing. To change it is to remove the file.
 */
export async function linkKey(
  dataDir: string,
  records: Pick<RecordStore, 'meta' | 'removeMeta'>,
  logger: { error(fields: object, message: string): void },
): Promise<string> {
  // It stands in backups for ever: nothing that it signed is good any more.
  if ((await records.meta(FORMER)) !== undefined) await records.removeMeta(FORMER);
  const file = linkKeyFile(dataDir);
  const made = generateSecret();
  try {
    const known = await keptIn(file);
    if (known !== undefined) return known;
    await writeFile(`${file}.new`, made, { mode: 0o600 });
    // The mode above is only for a new file; one that a crash left behind keeps its own.
    await chmod(`${file}.new`, 0o600);
    await rename(`${file}.new`, file);
  } catch (error) {
    // Nobody is left unwatched for it: links are good until this process ends.
    logger.error(
      { err: error, file },
      'the key of links could not be read or kept; links end with this process',
    );
  }
  return made;
}

/** Undefined where there is none, or what is there is none of ours. */
async function keptIn(file: string): Promise<string | undefined> {
  try {
    const known = await readFile(file, 'utf8');
    if (known.length !== generateSecret().length) return undefined;
    await chmod(file, 0o600);
    return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
