import { beforeAll, describe, expect, test } from 'vitest';
import { ERRORS } from '../src/model/errors.ts';
import { LIMITS } from '../src/model/limits.ts';
import { NOTICE_FAILURES } from '../src/model/notice.ts';
import { REJECTION_REASONS } from '../src/model/rejection.ts';
import { readSources, type SourceFile } from './sources.ts';

/**
 * Who may import whom. A folder that is not in the table has no place yet: give it one here, and say so in
 * CONTRIBUTING.md. `packages` are what a part may take from npm and from Node; `*` is anything.
 */
const LAYERS: Readonly<Record<string, { readonly parts: string; readonly packages: string }>> = {
  // 0: not a word of the domain.
  'src/lib': { parts: '', packages: 'node:* @msgpack/msgpack cborg rrule-temporal' },
  // 1: the nouns; and the interfaces between the core's surroundings.
  'src/model': { parts: 'src/lib', packages: 'zod' },
  'src/ports': { parts: 'src/lib src/model', packages: 'prom-client' },
  // 2: the core. Pure, and no part knows another.
  'src/devices': { parts: 'src/lib src/model', packages: 'zod ajv node:crypto' },
  'src/ingest': { parts: 'src/lib src/model', packages: '' },
  'src/rules': { parts: 'src/lib src/model', packages: 'zod' },
  'src/cases': { parts: 'src/lib src/model', packages: '' },
  'src/registry': { parts: 'src/lib src/model', packages: '' },
  devices: { parts: 'src/devices src/lib src/model', packages: 'zod' },
  // 3: the edges. They touch the world, each its own piece of it.
  'src/broker': { parts: 'src/lib src/model src/ports', packages: 'node:* aedes mqtt ws pino' },
  'src/gateways': { parts: 'src/lib src/model src/ports', packages: 'node:* pino' },
  'src/store': {
    parts: 'src/lib src/model src/ports',
    packages: 'node:* influx @influxdata/influxdb-client hyparquet-writer kysely node-cron pg pino zod',
  },
  'src/notify': {
    parts: 'src/lib src/model src/ports',
    packages:
      'node:* @alicloud/openapi-util @wecom/aibot-node-sdk nodemailer standardwebhooks tencentcloud-sdk-nodejs-common web-push ws zod',
  },
  'src/config': { parts: 'src/lib src/model src/ports', packages: 'node:* yaml csv-parse node-cron zod' },
  'src/api': {
    parts: 'src/lib src/model src/ports',
    packages:
      'node:* fastify @fastify/cookie @fastify/helmet @fastify/rate-limit @fastify/static @fastify/swagger fastify-type-provider-zod prom-client zod',
  },
  // 4: knows everybody, and wires.
  'src/app': { parts: '*', packages: 'node:* fastify node-cron pino prom-client zod' },
  'src/backtest': { parts: '*', packages: 'node:* zod' },
  // 5: flags and exit codes.
  'src/commands': { parts: '*', packages: 'node:* commander pino' },
  'src/cli.ts': { parts: 'src/lib src/model src/cli-words.ts', packages: 'node:* commander' },
  'src/cli-words.ts': { parts: 'src/model', packages: 'commander' },
  'src/main.ts': { parts: 'src/cli.ts', packages: 'node:*' },
  // The browser: words and limits of the model; of everything else only types (see below).
  'src/web': { parts: 'src/model', packages: 'preact preact-iso @preact/signals uplot' },
  // Outside: truth must not be computed by the accused.
  simulators: { parts: 'src/lib src/model devices', packages: 'node:* mqtt yaml' },
  scripts: { parts: '*', packages: '*' },
  test: { parts: '*', packages: '*' },
};

/** Only these have parts above them that import nothing of them but types. */
const TYPES_ONLY: Readonly<Record<string, string>> = { 'src/web': 'src/api src/ports src/lib' };

/** What must not stand in pure code, and what stands there instead. */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/g, 'take the instant from the input (receivedAt, context.now)'],
  [/\bnew Date\(\s*\)/g, 'take the instant from the input (receivedAt, context.now)'],
  [/\bperformance\.now\b/g, 'measure in the shell, around the step'],
  [/\bset(?:Timeout|Interval|Immediate)\b/g, 'return a due-date (context.wakeAt): the loop fires it'],
  [/\bMath\.random\b/g, 'derive it from the input, or take src/lib/random.ts with a seed'],
  [/\bawait\b/g, 'return an effect: the shell performs it after the commit'],
  [/\bprocess\./g, 'take it as a parameter: only the shell knows its surroundings'],
];
const PURE =
  /^(src\/(model|devices|ingest|rules|cases|registry)\/|devices\/|src\/app\/(pipeline|core|subject)\.ts$)/;

/** The folder is the registry, so each file has a default export; it has none anywhere else. */
const SCANNED =
  /^(devices|src\/devices\/envelopes|src\/rules\/kinds|src\/notify\/channels|src\/api\/routes|src\/commands(\/zh)?|simulators\/(incidents|faults))\/[^/]+$/;
/** Tools that want one. */
const TOOLS = /(\.config\.ts|^test\/browser\/build-console\.ts)$/;

/** One language of a text: `zh: '漏水'`, `en: \`${litres} L leak\``. */
const TEXT = /\b(?<language>zh|en):\s*(?<quoted>'[^'\n]*'|"[^"\n]*"|`[^`]*`)/g;

/** Tests are lists of short stories, so they may be longer. */
const LINES_MAX = 400;
const TEST_LINES_MAX = 600;
/** Longer files that are known. They may shrink; who makes one grow says why, or splits it. */
const LONG_FILES: Readonly<Record<string, { readonly max: number; readonly why: string }>> = {
  'src/broker/embedded.ts': { max: 420, why: 'the one place where the hooks of aedes meet' },
  'src/model/limits.ts': {
    max: 430,
    why: 'each limit stands in one list, so that whoever looks for one finds it',
  },
  'src/registry/registry.ts': { max: 530, why: 'one index a noun, each with its queries' },
};

const sources = readSources();
const tests = (file: SourceFile): boolean => /\.test\.tsx?$/.test(file.path) || file.path.startsWith('test/');
const product = sources.filter((file) => !tests(file) && !file.path.startsWith('scripts/'));

describe('the layers', () => {
  test('every folder has its place in the table', () => {
    expect(sources.map(({ path }) => partOf(path)).filter((part) => !(part in LAYERS))).toEqual([]);
  });

  test('a part imports only what the table allows', () => {
    expect(product.flatMap(forbiddenParts)).toEqual([]);
  });

  test('a part takes only its own packages: one speaks MQTT, one HTTP, one SQL', () => {
    expect(product.flatMap(forbiddenPackages)).toEqual([]);
  });
});

/** Large, and wanted by few: loaded by `await import` where it is needed, so that a start takes no longer for others. */
const LOADED_WHEN_NEEDED = ['@wecom/aibot-node-sdk', '@larksuiteoapi/node-sdk', 'dingtalk-stream'];

test('large libraries of single vendors are not loaded at every start', () => {
  const found = product.flatMap(({ path, code }) =>
    [...code.matchAll(/^(?:import(?! type)|export)[^;]*?from '([^']+)'/gm)]
      .filter(([, name = '']) => LOADED_WHEN_NEEDED.includes(name))
      .map(([, name]) => `${path} loads ${name}`),
  );
  expect(found).toEqual([]);
});

test('the console carries no schemas: zod alone is a quarter of what a phone would have to load', () => {
  expect(carriedBy('src/web/main.tsx').filter((carried) => carried.includes('imports zod'))).toEqual([]);
});

describe('the core', () => {
  test('knows no clock, no timer, no chance and no waiting', () => {
    const found = product
      .filter(({ path }) => PURE.test(path))
      .flatMap((file) =>
        BANNED.flatMap(([banned, instead]) =>
          [...file.words.matchAll(banned)].map(
            (match) => `${placeOf(file, match.index)}: ${match[0]} is banned here: ${instead}`,
          ),
        ),
      );
    expect(found).toEqual([]);
  });
});

describe('files', () => {
  test('have a default export where the folder is the registry, and only there', () => {
    const wrong = sources
      .filter(
        ({ path, words }) =>
          /\bexport default\b/.test(words) !== (SCANNED.test(path) && !/\.test\.ts$/.test(path)),
      )
      .filter(({ path }) => !TOOLS.test(path))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('are named in kebab-case, for what they hold', () => {
    const wrong = sources.filter(({ path }) => {
      const name = path.split('/').at(-1) ?? '';
      const kebab = /^_?[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|bench|d))?\.tsx?$/;
      return !kebab.test(name) || /\b(utils?|helpers?|managers?|common|misc|index)\b/.test(name);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test(`have at most ${LINES_MAX} lines, but those that are written down with their reason`, () => {
    const tooLong = sources
      .filter(
        (file) => file.lines > (LONG_FILES[file.path]?.max ?? (tests(file) ? TEST_LINES_MAX : LINES_MAX)),
      )
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expect(tooLong).toEqual([]);
  });

  test('that have become short leave the list of long ones', () => {
    const linesOf = new Map(sources.map(({ path, lines }) => [path, lines]));
    const done = Object.keys(LONG_FILES).filter((path) => (linesOf.get(path) ?? 0) <= LINES_MAX);
    expect(done).toEqual([]);
  });
});

describe('words for people', () => {
  test('stand in Chinese under zh and in English under en', () => {
    // A notice of the examples names a person, and a name stays as it is.
    const speaking = product.filter(({ path }) => path !== 'src/notify/example.ts');
    const wrong = speaking.flatMap((file) =>
      [...file.code.matchAll(TEXT)].flatMap((match) => {
        const { language = '', quoted = '' } = match.groups ?? {};
        const words = quoted.replace(/\$\{[^}]*\}|\\u[0-9a-f]{4}/g, '');
        const inChinese = /\p{Script=Han}/u.test(words);
        const right = language === 'zh' ? inChinese || !/\p{L}/u.test(words) : !inChinese;
        return right ? [] : [`${placeOf(file, match.index)}: ${language} is ${quoted}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the dictionaries of the console', () => {
  for (const [folder, right] of [
    ['src/web/text/zh/', (words: string) => /\p{Script=Han}/u.test(words) || !/\p{Ll}{2}/u.test(words)],
    ['src/web/text/en/', (words: string) => !/\p{Script=Han}/u.test(words)],
  ] as const) {
    test(`${folder} is in its language`, () => {
      const code = product.filter(({ path }) => path.startsWith(folder)).map((file) => file.code);
      const entries = [...code.join('\n').matchAll(/^\s+'[\w.-]+':\s*(?:'([^'\n]*)'|"([^"\n]*)")/gm)];
      const words = entries.map(([, single, double = '']) => single ?? double);
      expect(words.length).toBeGreaterThan(500);
      expect(words.filter((each) => !right(each))).toEqual([]);
    });
  }
});

describe('closed lists', () => {
  const lists = {
    'src/model/limits.ts': LIMITS,
    'src/model/rejection.ts': REJECTION_REASONS,
    'src/model/notice.ts': NOTICE_FAILURES,
    'src/model/errors.ts': ERRORS,
  };
  /** Where each word of the product stands. */
  const places = new Map<string, Set<string>>();
  beforeAll(() => {
    for (const { path, code } of product.filter((file) => !file.path.startsWith('src/web/')))
      for (const word of new Set(code.match(/[\w-]+/g)))
        places.set(word, (places.get(word) ?? new Set()).add(path));
  });
  for (const [home, list] of Object.entries(lists)) {
    test(`${home} names nothing that the product does not use`, () => {
      const isUsed = (name: string): boolean => [...(places.get(name) ?? [])].some((path) => path !== home);
      expect(Object.keys(list).filter((name) => !isUsed(name))).toEqual([]);
    });
  }
});

/** `src/rules/kinds/silence.ts` → `src/rules`; `devices/wristband.ts` → `devices`; `src/cli.ts` stays. */
function partOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? `${first}/${second}` : first;
}

function forbiddenParts(file: SourceFile): string[] {
  const own = partOf(file.path);
  const { parts = '' } = LAYERS[own] ?? {};
  const types = TYPES_ONLY[own] ?? '';
  return file.imports
    .filter(({ ours, to }) => ours && partOf(to) !== own)
    .filter(({ to, typeOnly }) => !allows(parts, partOf(to)) && !(typeOnly && allows(types, partOf(to))))
    .map(({ to, line }) => `${file.path}:${line} imports ${to}; ${own} may import ${parts || 'nothing'}`);
}

function forbiddenPackages(file: SourceFile): string[] {
  const own = partOf(file.path);
  const { packages = '' } = LAYERS[own] ?? {};
  return file.imports
    .filter(({ ours, to }) => !ours && !allows(packages, to))
    .map(({ to, line }) => `${file.path}:${line} imports ${to}; ${own} may take ${packages || 'nothing'}`);
}

/** What a bundle of this file takes in, however far away: `file imports package`. Types are not part of it. */
function carriedBy(entry: string): string[] {
  const files = new Map(sources.map((file) => [file.path, file]));
  const [wanted, carried] = [new Set([entry]), [] as string[]];
  for (const path of wanted)
    for (const { ours, to, typeOnly } of files.get(path)?.imports ?? []) {
      if (typeOnly) continue;
      if (ours) wanted.add(to);
      else carried.push(`${path} imports ${to}`);
    }
  expect(wanted.size).toBeGreaterThan(100);
  return carried;
}

function allows(list: string, name: string): boolean {
  return list
    .split(' ')
    .some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name));
}

const placeOf = ({ path, words }: SourceFile, index: number): string =>
  `${path}:${words.slice(0, index).split('\n').length}`;
