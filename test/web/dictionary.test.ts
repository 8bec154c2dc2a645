import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { en } from '../../src/web/text/en.ts';
import { fill, locale, number, t } from '../../src/web/text/translate.ts';
import { zh } from '../../src/web/text/zh.ts';

const WEB = join(import.meta.dirname, '../../src/web');
const parametersOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name ?? ''))].sort();

describe('the dictionary', () => {
  test.each(Object.keys(zh))('%s fills in the same in both languages', (key) => {
    expect(parametersOf(en[key as keyof typeof zh])).toEqual(parametersOf(zh[key as keyof typeof zh]));
  });

  test.each(['zh', 'en'])('%s: a key stands in the file of one subject only', async (language) => {
    const folder = join(WEB, 'text', language);
    const files = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
    );
    const keys = [...files.join('\n').matchAll(/^ {2}'([\w.-]+)':/gm)].map(([, key]) => key);
    expect(keys.toSorted()).toEqual(Object.keys(zh).toSorted());
  });

  test('every text is used somewhere: what nobody reads goes', async () => {
    const files = (await readdir(WEB, { recursive: true })).filter(
      (name) => /\.tsx?$/.test(name) && !/text\/(zh|en)\//.test(name),
    );
    const sources = (await Promise.all(files.map((name) => readFile(join(WEB, name), 'utf8')))).join('\n');
    const families = [...sources.matchAll(/t\(`([\w.-]+)\$\{/g)].map(([, family]) => family ?? '?');
    const unused = Object.keys(zh).filter(
      (key) => !sources.includes(`'${key}'`) && !families.some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });

  test('no word for the screen stands outside of it', async () => {
    const files = (await readdir(WEB, { recursive: true })).filter(
      (name) => /\.tsx?$/.test(name) && !name.startsWith('text/'),
    );
    const found: string[] = [];
    for (const name of files) {
      const source = await readFile(join(WEB, name), 'utf8');
      const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      if (/\p{Script=Han}/u.test(code)) found.push(name);
    }
    expect(found).toEqual([]);
  });
});

describe('filling in', () => {
  test('a number chooses the word', () => {
    expect(fill('{n} new {n|case|cases}', { n: 1 }, 'en')).toBe('1 new case');
    expect(fill('{n} new {n|case|cases}', { n: 12_000 }, 'en')).toBe('12,000 new cases');
  });

  test('a name that nobody gave stays visible rather than becoming "undefined"', () => {
    expect(fill('for {who}', {}, 'en')).toBe('for {who}');
  });

  test('text is taken as it is, also when it looks like a place to fill', () => {
    expect(fill('{a} {b}', { a: '{b}', b: 'x' }, 'en')).toBe('{b} x');
  });

  test('the language on screen decides', () => {
    locale.value = 'en';
    expect(t('list.count', { n: 2 })).toBe('2 cases');
    locale.value = 'zh';
    expect(t('list.count', { n: 2 })).toBe('共 2 条');
    expect(number(1234.56789, 'zh', 1)).toBe('1,234.6');
  });
});
