import { chmod, copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PRIVATE_FILE } from './private-file.ts';

/**
 * Makes a folder, and those above it, if they are not there. Node's own way tries for ever where a file system takes no
 * folder and says that there is no such place (`/proc/x`), with a thread at work.
 *
 * @param mode of what is made
 * @throws what the system says
 */
export async function makeFolder(dir: string, mode: number): Promise<void> {
  try {
    await mkdir(dir, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isFolder(dir))) return;
    const above = dirname(dir);
    if (code !== 'ENOENT' || above === dir || (await isFolder(above))) throw error;
    await makeFolder(above, mode);
    await makeFolder(dir, mode);
  }
}

/** A copy has the mode of what is copied; this one others cannot read, whatever that was. */
export async function copyPrivately(from: string, to: string, flags = 0): Promise<void> {
  await copyFile(from, to, flags);
  await chmod(to, PRIVATE_FILE);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
