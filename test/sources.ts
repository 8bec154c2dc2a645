import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'devices', 'simulators', 'scripts', 'test'];

/** One file of ours, as the architecture test sees it. */
export interface SourceFile {
  /** From the root of the repository, with slashes: `src/model/limits.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Without comments; line breaks stay, so that a place in it is a place in the file. */
  readonly code: string;
  /** Without comments and without what stands in quotes. */
  readonly words: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A file of ours from the root of the repository, or the name of a package. */
  readonly to: string;
  readonly ours: boolean;
  /** Only types: nothing of it is there at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** All our TypeScript, in the order of its paths. */
export function readSources(): SourceFile[] {
  return FOLDERS.filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/](node_modules|dist)[\\/]/.test(file))
    .map(readSource)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const path = fromRoot(file);
  const code = blank(text, (token) => token.startsWith('/'));
  return {
    path,
    lines: text.split('\n').length - 1,
    code,
    words: blank(text, () => true),
    imports: importsOf(path, code),
  };
}

const fromRoot = (file: string): string => relative(ROOT, file).replaceAll('\\', '/');

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

/** Replaces comments and strings that `unwanted` picks by spaces. A string comes before the slashes in it. */
function blank(text: string, unwanted: (token: string) => boolean): string {
  return text.replace(COMMENT_OR_STRING, (token) => (unwanted(token) ? token.replace(/[^\n]/g, ' ') : token));
}

const IMPORT =
  /\b(?:import|export)\b(?<what>[^;'"]*?)\bfrom\s*'(?<from>[^']+)'|\bimport\s*\(\s*'(?<lazy>[^']+)'\s*\)|^import\s*'(?<bare>[^']+)'/gm;

function importsOf(path: string, code: string): Import[] {
  return [...code.matchAll(IMPORT)].map((match) => {
    const { what = '', from, lazy, bare } = match.groups ?? {};
    const target = from ?? lazy ?? bare ?? '';
    const ours = target.startsWith('.');
    return {
      to: ours ? fromRoot(resolve(ROOT, dirname(path), target)) : packageOf(target),
      ours,
      typeOnly: from !== undefined && isTypeOnly(what),
      line: code.slice(0, match.index).split('\n').length,
    };
  });
}

function isTypeOnly(what: string): boolean {
  if (/^\s*type\b/.test(what)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(what)?.[1]
    ?.split(',')
    .filter((name) => name.trim() !== '');
  return names?.every((name) => /^\s*type\s/.test(name)) ?? false;
}

/** `@fastify/cookie/types` → `@fastify/cookie`; `node:fs` stays. */
const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : target.startsWith('node:') ? 9 : 1)
    .join('/');
