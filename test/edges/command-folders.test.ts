import { readdir } from 'node:fs/promises';
import { Command } from 'commander';
import { expect, test } from 'vitest';

const FOLDER = new URL('../../src/commands/', import.meta.url);

async function commands(): Promise<Command[]> {
  const program = new Command();
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()) {
    const loaded = (await import(new URL(file, FOLDER).href)) as { default?: (program: Command) => void };
    loaded.default?.(program);
  }
  return [...program.commands];
}

test('the configuration and the data folder are named by the same options in every command that knows them', async () => {
  const all = await commands();
  const flags = (long: string) =>
    all.flatMap((command) =>
      command.options
        .filter((option) => option.long === long)
        .map((option) => [command.name(), option.flags]),
    );
  const configured = Object.fromEntries(flags('--config'));
  for (const name of [
    'start',
    'check',
    'import',
    'import-readings',
    'decode',
    'backtest',
    'backup',
    'restore',
    'user',
  ])
    expect(configured, name).toHaveProperty(name, '-c, --config <dir>');
  expect(new Set(Object.values(configured))).toEqual(new Set(['-c, --config <dir>']));
  expect(new Set(flags('--data').map(([, flag]) => flag))).toEqual(new Set(['-d, --data <dir>']));
  expect(new Set(flags('--models').map(([, flag]) => flag))).toEqual(new Set(['--models <dir>']));
});
