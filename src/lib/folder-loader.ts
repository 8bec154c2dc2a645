import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What was loaded, by file. `import()` gives the same module each time, but looks for it anew: some 300 files for each
 * service or configuration that a process has to do with.
 */
const definitions = new Map<string, unknown>();

/**
 * The folder is the registry: every `<name>.ts` in it is loaded in name order and its default export returned.
 * Files that begin with `_` are templates, and tests are not definitions.
 * `only` names the one file that is wanted.
 */
export async function loadFolder(
  folder: string,
  only?: string,
): Promise<{ file: string; definition: unknown }[]> {
  const names = (await readdir(folder))
    .filter((name) => /\.(ts|js)$/.test(name) && !name.startsWith('_') && !/\.(test|d)\.ts$/.test(name))
    .filter((name) => only === undefined || name === `${only}.ts` || name === `${only}.js`)
    .sort();
  const found: { file: string; definition: unknown }[] = [];
  for (const name of names) {
    const file = join(folder, name);
    found.push({ file, definition: await definitionIn(file) });
  }
  return found;
}

async function definitionIn(file: string): Promise<unknown> {
  if (!definitions.has(file)) {
    const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
    definitions.set(file, loaded.default);
  }
  return definitions.get(file);
}
