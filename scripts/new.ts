/**
 * `npm run new device|rule|channel|incident <name>`: makes the file of a new definition from the template of its
 * folder. The folder is the registry, so nothing else needs to be changed; its example fails until it is filled in.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Kind {
  readonly folder: string;
  /** The test that plays the examples of this folder. */
  readonly test: string;
  /** What remains to be done when the example passes. */
  readonly after: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  device: {
    folder: 'devices',
    test: 'test/definitions.test.ts',
    after:
      'enrol one with `model: <name>` in the registry, and try a payload: npx shouwang decode --model <name>',
  },
  rule: {
    folder: 'src/rules/kinds',
    test: 'test/definitions.test.ts',
    after: 'switch it on with `kind: <name>` in config/rules.yaml, after a backtest over a recording',
  },
  channel: {
    folder: 'src/notify/channels',
    test: 'test/edges/notify-channels.test.ts',
    after: 'configure one with `channel: <name>` in config/channels.yaml',
  },
  incident: {
    folder: 'simulators/incidents',
    test: 'simulators/incidents.test.ts',
    after:
      'let it happen: npx shouwang simulate --incidents <name>=50 --days 30 --record out.ndjson --truth truth.ndjson',
  },
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const USAGE = `usage: npm run new ${Object.keys(KINDS).join('|')} <name>     name: lower case, words joined by hyphens`;

/** The introduction of a template is about the template. */
const INTRODUCTION = /\/\*\* `npm run new[^*]*\*\/\n/;

/** Makes the file below this folder, and says what comes next. The exit code: 0, 1 if the file is there, 2 for another wish. */
export async function makeFile([what, name]: readonly (string | undefined)[], root = ROOT): Promise<number> {
  const kind = KINDS[what ?? ''];
  if (!kind || !name || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    console.error(USAGE);
    return 2;
  }
  const template = await readFile(join(root, kind.folder, '_template.ts'), 'utf8');
  const file = join(kind.folder, `${name}.ts`);
  const text = template.replace(INTRODUCTION, '').replaceAll('__name__', name);
  try {
    await writeFile(join(root, file), text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    console.error(`${file} exists already`);
    return 1;
  }
  console.log(
    [
      `made ${file}`,
      `1. Write down in its examples what it has to do: npx vitest run ${kind.test} -t ${basename(file, '.ts')}`,
      '   fails until the file does it. Fill in the texts in both languages.',
      '2. npm run docs && npm test',
      `3. Then ${kind.after.replaceAll('<name>', name)}`,
    ].join('\n'),
  );
  return 0;
}

if (import.meta.main) process.exitCode = await makeFile(process.argv.slice(2));
