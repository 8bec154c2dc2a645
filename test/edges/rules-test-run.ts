import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, vi } from 'vitest';
import addRules from '../../src/commands/rules.ts';

/** `rules test` as the terminal has it, over files that a test writes; in English, unless another language is asked for. */
export function rulesTests(language = 'en_US.UTF-8') {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rules-test-'));
    vi.stubEnv('LC_ALL', language);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    async file(name: string, text: string): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    async run(...args: string[]): Promise<{ out: string; error: unknown }> {
      const out: string[] = [];
      const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
      const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const program = new Command().exitOverride();
      addRules(program);
      const error = await program.parseAsync(['rules', 'test', ...args], { from: 'user' }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      log.mockRestore();
      complain.mockRestore();
      return { out: out.join('\n'), error };
    },
  };
}
