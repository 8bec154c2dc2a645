import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place where a store keeps its data, as an adapter gives it to a contract suite. */
export interface StoreBed<S> {
  /** A store on this data, not opened yet. Two may not be open at the same time. */
  store(): S;
  /** What would be left if the machine stopped at this instant: a bed of its own. */
  afterCrash(): StoreBed<S>;
  /** Where a backup goes, and a bed on what was written there. */
  readonly backupFile: string;
  restored(): StoreBed<S>;
  dispose(): void;
}

/** A new folder, in memory where the machine has such a place: see vitest.config.ts. */
export const tempFolder = (name: string): string => mkdtempSync(join(tmpdir(), `shouwang-${name}-`));

/** A bed for stores that keep one file and what stands beside it. */
export function fileBed<S>(make: (file: string) => S): StoreBed<S> {
  const root = tempFolder('store');
  let count = 0;
  const bed = (dir: string): StoreBed<S> => {
    mkdirSync(join(dir, 'backup'), { recursive: true });
    return {
      store: () => make(join(dir, 'store.db')),
      afterCrash() {
        const copy = join(root, `${++count}`);
        cpSync(dir, copy, { recursive: true });
        return bed(copy);
      },
      backupFile: join(dir, 'backup', 'store.db'),
      restored: () => bed(join(dir, 'backup')),
      dispose: () => rmSync(root, { recursive: true, force: true }),
    };
  };
  return bed(join(root, '0'));
}
