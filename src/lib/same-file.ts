import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Do both names mean one file, by its path or by a link to it? Not where it is none, such as /dev/null: nothing is lost there. */
export function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (a === undefined || b === undefined) return resolve(one) === resolve(other);
  return a.isFile() && a.ino === b.ino && a.dev === b.dev;
}
