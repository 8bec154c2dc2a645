import { Command } from 'commander';
import { vi } from 'vitest';
import type { AddCommand } from '../../src/cli.ts';

export interface Outcome {
  readonly out: string;
  readonly err: string[];
  readonly error: unknown;
}

/** Runs one command line in this process; gives what it wrote and how it ended. */
export async function run(add: AddCommand, ...args: string[]): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  const complain = vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
  const program = new Command().exitOverride();
  add(program);
  const error = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  log.mockRestore();
  complain.mockRestore();
  return { out: out.join('\n'), err, error };
}
