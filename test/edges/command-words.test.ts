import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'shouwang-words-'));

/** What is asked of the command line in a terminal of this language: its code, and what it complains of. */
async function complaint(locale: string, ...args: string[]): Promise<{ code: number; words: string }> {
  vi.stubEnv('LC_ALL', locale);
  const words: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void words.push(`${line}\n`));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => words.push(String(text)) > 0);
  const code = await runCli(args);
  vi.restoreAllMocks();
  return { code, words: words.join('') };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  ['zh_CN.UTF-8', '错误：没有选项 “--nonsense”'],
  ['en_GB.UTF-8', "error: unknown option '--nonsense'"],
  ['C', "error: unknown option '--nonsense'"],
])('a wrong command line is told in the language of the terminal: %s', async (locale, words) => {
  const told = await complaint(locale, 'secret', '--nonsense');
  expect(told.code).toBe(2);
  expect(told.words).toContain(words);
});

test('what a command refuses is told in the language of the terminal, down to what a store says', async () => {
  writeFileSync(join(dir, 'file'), '');
  const wrong = await complaint('zh_CN.UTF-8', 'restore', '--from', dir, '--data', join(dir, 'x'));
  expect(wrong).toEqual({ code: 2, words: `错误：${dir} 中既没有备份也没有归档\n` });
  const same = await complaint('C', 'restore', '--from', dir, '--data', join(dir, 'x'));
  expect(same.words).toBe(`error: ${dir} holds neither a backup nor an archive\n`);
});

test('a data folder that cannot be written to is named, in both languages', async () => {
  const data = join(dir, 'data');
  mkdirSync(join(data, 'telemetry.db.lock'), { recursive: true });
  writeFileSync(join(data, 'telemetry.db'), '');
  writeFileSync(join(data, 'records.db'), '');
  const args = ['backup', '--data', data, '--config', join(dir, 'none'), '--out', join(dir, 'out')];
  const lock = join(data, 'telemetry.db.lock');
  expect((await complaint('zh_CN.UTF-8', ...args)).words).toBe(
    `错误：${lock}：无法打开；文件夹是否存在且可写？\n`,
  );
  expect((await complaint('C', ...args)).words).toContain(`error: ${lock}: it cannot be opened`);
});

test('what the system refuses is told with its path', async () => {
  const file = join(dir, 'file');
  const config = join(dir, 'none');
  const args = ['backup', '--data', join(file, 'in'), '--config', config, '--out', join(dir, 'out')];
  expect((await complaint('zh_CN.UTF-8', ...args)).words).toContain(join(file, 'in'));
});
