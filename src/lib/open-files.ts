import { readFileSync } from 'node:fs';

/** What most systems give where they are not asked for more. */
const USUAL = 1024;

/** How many files and connections this process may have open (`ulimit -n`); where the system does not say, what is usual. */
export function openFilesMax(): number {
  try {
    const [, soft] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(soft ?? USUAL);
  } catch {
    return USUAL;
  }
}
