import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadServiceConfig } from '../../src/config/service-config.ts';
import { formatProblem } from '../../src/config/yaml-file.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-store-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function load(text: string, env: Record<string, string> = {}) {
  await writeFile(join(dir, 'service.yaml'), text);
  return loadServiceConfig({ dir, env, cwd: dir });
}

async function complaints(...args: Parameters<typeof load>): Promise<string> {
  const result = await load(...args);
  return result.ok
    ? ''
    : result.error.map((problem) => formatProblem(problem).replaceAll(`${dir}/`, '')).join();
}

const withPostgres = (lines: string): string => `store:\n  records: postgres\n  postgres:\n${lines}`;
const URL = '    url: postgres://shouwang@db.example/shouwang\n';

describe('where the records are', () => {
  test('is the file in the data folder, if nothing is said', async () => {
    const result = await load('');
    expect(result.ok && result.value.config.store).toMatchObject({ records: 'sqlite' });
  });

  test('is said in the file, with the password out of a file or the environment, and shown without it', async () => {
    await writeFile(join(dir, 'password'), 'open sesame\n');
    const inFile = await load(withPostgres(`${URL}    passwordFile: password\n`));
    expect(inFile.ok && inFile.value.config.store.postgres).toMatchObject({
      url: 'postgres://shouwang@db.example/shouwang',
      password: 'open sesame',
      partition: 'main',
      connectionsMax: 8,
    });
    const inEnvironment = await load('', {
      SHOUWANG_STORE_RECORDS: 'postgres',
      SHOUWANG_STORE_POSTGRES_URL: 'postgresql://shouwang@db.example:6432/shouwang',
      SHOUWANG_STORE_POSTGRES_PASSWORD: 'sesame',
    });
    expect(inEnvironment.ok && inEnvironment.value.config.store.postgres?.password).toBe('sesame');
    for (const result of [inFile, inEnvironment])
      expect(result.ok && JSON.stringify(result.value.explain())).not.toContain('sesame"');
  });

  test.each([
    [
      'no address',
      'store: { records: postgres }',
      {},
      /store\.records: found "postgres", but store\.postgres/,
    ],
    [
      'a password in the address',
      withPostgres(URL.replace('shouwang@', 'shouwang:pw@')),
      {},
      /without the password/,
    ],
    ['no user', withPostgres(URL.replace('shouwang@', '')), {}, /store\.postgres\.url/],
    [
      'two passwords',
      withPostgres(`${URL}    password: a\n    passwordFile: password\n`),
      {},
      /passwordFile: stands beside password/,
    ],
    [
      'half a certificate',
      withPostgres(`${URL}    certFile: password\n`),
      {},
      /certFile and keyFile belong together/,
    ],
    ['a file that is not there', withPostgres(`${URL}    caFile: nowhere.pem\n`), {}, /there is no file/],
    ['a partition that is no name', withPostgres(`${URL}    partition: East-1\n`), {}, /lower-case letters/],
  ])('is refused with %s', async (_what, text, env, words) => {
    expect(await complaints(text, env)).toMatch(words);
  });

  test.each(['shouwang:0p/en@sesame@', ':0p/en@sesame@'])(
    'is refused without a password that stands in the address as %s being printed',
    async (user) => {
      const url = URL.replace('shouwang@', user);
      const [inFile, inEnvironment] = [
        await complaints(withPostgres(url)),
        await complaints('', { SHOUWANG_STORE_POSTGRES_URL: url.trim().slice('url: '.length) }),
      ];
      for (const words of [inFile, inEnvironment]) {
        expect(words).toContain(`:…@db.example/shouwang"`);
        expect(words).not.toMatch(/0p|sesame/);
      }
    },
  );
});
