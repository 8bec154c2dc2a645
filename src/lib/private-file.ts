import { closeSync, openSync } from 'node:fs';

/** What others on the machine must not read, whoever starts the process and with whatever umask. No more than the user's own. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/**
 * Makes a file with this mode if there is none, for somebody who would make it with the usual one: SQLite gives what lies
 * beside a database the mode of that. One that is there keeps its own, which may be meant; `doctor` says it.
 */
export function makePrivateFile(file: string): void {
  try {
    // Never one that is there: to close it would let go of the locks that SQLite has on it in this process.
    closeSync(openSync(file, 'wx', PRIVATE_FILE));
  } catch {
    // It is there, or cannot be made: whoever opens it says why.
  }
}
