/**
 * `npm run new device|rule|channel|incident <name>`: makes the file of a new definition from the template of its
 * folder. The folder is the registry, so nothing else needs to be changed; its example fails until it is filled in.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Kind {
  readonly folder: string;
  /** What says in the file what it has to do. */
  readonly says: string;
  /** The test that plays that. */
  readonly test: string;
  /** What else is tried, for definitions that strangers feed. */
  readonly broken?: string;
  /** What remains to be done when the example passes. */
  readonly after: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  device: {
    folder: 'devices',
    says: 'examples',
    test: 'test/definitions.test.ts',
    broken: 'broken payloads: npx vitest run --config test/fuzz/vitest.config.ts -t <name>',
    after:
      'enrol one with `model: <name>` in the registry, and try a payload: npx shouwang decode --model <name>',
  },
  rule: {
    folder: 'src/rules/kinds',
    says: 'examples',
    test: 'test/definitions.test.ts',
    after: 'switch it on with `kind: <name>` in config/rules.yaml, after a backtest over a recording',
  },
  channel: {
    folder: 'src/notify/channels',
    says: 'examples',
    test: 'test/edges/notify-channels.test.ts',
    after: 'configure one with `channel: <name>` in config/channels.yaml',
  },
  incident: {
    folder: 'simulators/incidents',
    says: 'shows',
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
      `1. Write down in its \`${kind.says}\` what it has to do: npx vitest run ${kind.test} -t ${name}`,
      '   fails until the file does it, and while a text is left to fill in, in both languages.',
      '2. npm run docs && npm test',
      ...(kind.broken ? [`   and ${kind.broken.replaceAll('<name>', name)}`] : []),
      `3. Then ${kind.after.replaceAll('<name>', name)}`,
    ].join('\n'),
  );
  return 0;
}

if (import.meta.main) process.exitCode = await makeFile(process.argv.slice(2));
