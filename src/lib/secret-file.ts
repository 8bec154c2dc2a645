import { readFileSync } from 'node:fs';

/**
 * The first line of a file that holds a secret; undefined if it cannot be read. Editors of Windows put a mark before it, and
 * its shell writes UTF-16: with these it would be another secret, and look like the right one.
 */
export function readSecretFile(file: string): string | undefined {
  try {
    const bytes = readFileSync(file);
    const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
    return new TextDecoder(encoding).decode(bytes).split(/\r?\n/, 1)[0];
  } catch {
    return undefined;
  }
}
