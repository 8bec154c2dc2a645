import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { docsPages } from '../scripts/docs-pages.ts';
import { BY_DAY_WORDS } from '../src/model/by-day.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const files = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  .concat(readdirSync(join(ROOT, 'docs'), { recursive: true }).map((name) => `docs/${String(name)}`))
  .filter((name) => name.endsWith('.md') && existsSync(join(ROOT, name)));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('what pages say about devices, rules, channels and settings is what the definitions say: npm run docs', async () => {
  const stale = (await docsPages()).filter(({ current, fresh }) => current !== fresh);
  expect(stale.map(({ file }) => file)).toEqual([]);
});

test.each([
  'config/notify.yaml',
  'docs/channels.md',
  'docs/operations.md',
  'docs/decisions/0021-life-of-a-case.md',
])('%s says as the service does what is day, and when what fell into the night is done', (file) => {
  const [before, ...after] = read(file).split(BY_DAY_WORDS.day);
  expect(after.length).toBeGreaterThan(0);
  // The morning beside the day, and not the hour at which that begins.
  expect([before, ...after].join('').includes(BY_DAY_WORDS.morning)).toBe(true);
});

describe.each(files)('%s', (file) => {
  const text = read(file);
  const prose = text.replace(/```[\s\S]*?```/g, '');

  test('points only to what is there', () => {
    const dead = [...prose.matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)/g)].filter(
      ([, path = '', anchor]) => {
        const target = path === '' ? join(ROOT, file) : resolve(ROOT, dirname(file), path);
        return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor.slice(1)));
      },
    );
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  test('names only commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const run = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].filter(([, name = '']) => !(name in scripts));
    const own = [...text.matchAll(/(?:npx shouwang|src\/(?:launch\.js|main\.ts)) ([a-z][a-z-]*)/g)].filter(
      ([, name = '']) => !existsSync(join(ROOT, `src/commands/${name}.ts`)),
    );
    expect([...run, ...own].map(([command]) => command)).toEqual([]);
  });
});

/** Headings as a page of GitHub names them. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
