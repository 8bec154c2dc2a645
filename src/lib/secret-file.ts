import { readFileSync } from 'node:fs';

/** The first line of a file that holds a secret; undefined if it cannot be read. */
export function readSecretFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/, 1)[0];
  } catch {
    return undefined;
  }
}
