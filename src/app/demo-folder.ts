import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../lib/make-folder.ts';

const MARK = 'demo.txt';
const WORDS = '演示数据，人物均为虚构。Data of a demo: nobody in it is real.\n';

/**
 * Is the folder a demo's own, or empty, so that it may become one? In the data of a service real people would be watched on a
 * clock that runs fast, and simulated staff be let in among them.
 */
export async function isForDemo(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.length === 0 || names.includes(MARK);
}

/** Says so in the folder itself, before anything else stands there. */
export async function markForDemo(dir: string): Promise<void> {
  await makeFolder(dir, 0o700);
  await writeFile(join(dir, MARK), WORDS);
}
