import type { Command } from 'commander';
import { beforeAll, expect, test, vi } from 'vitest';
import { packageVersion, programOf } from '../../src/cli.ts';

const HAN = /\p{Script=Han}/u;
let chinese: Command;

/** All commands, and so nearly all of the product, are loaded. */
beforeAll(async () => {
  vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
  chinese = await programOf();
  vi.unstubAllEnvs();
}, 60_000);

const withAll = (command: Command): Command[] => [command, ...command.commands.flatMap(withAll)];

test('on a Chinese terminal every command, argument and option is explained in Chinese', () => {
  const english = withAll(chinese).flatMap((command) => {
    const help = command.createHelp();
    const explained = [
      help.commandDescription(command),
      help.subcommandDescription(command),
      ...command.registeredArguments.map((argument) => help.argumentDescription(argument)),
      ...help.visibleOptions(command).map((option) => help.optionDescription(option)),
    ];
    return explained
      .filter((words) => words !== '' && !HAN.test(words))
      .map((words) => `${command.name()}: ${words}`);
  });
  expect(english).toEqual([]);
});

test('on a Chinese terminal headings and what follows the options are Chinese as well', () => {
  vi.stubEnv('LC_ALL', 'zh_CN.UTF-8');
  const command = chinese.commands.find((one) => one.name() === 'export') as Command;
  const written: string[] = [];
  command.configureOutput({ writeOut: (text) => void written.push(text) });
  command.outputHelp();
  vi.unstubAllEnvs();
  const shown = written.join('');
  expect(shown).toContain('用法： shouwang export [选项]');
  expect(shown).toContain('（可选："line-protocol", "csv", "parquet"）');
  expect(shown).toContain('示例：');
  expect(shown).not.toMatch(/Usage|Options|default:|Examples/);
});

test('says its version, as the package does', async () => {
  const written: string[] = [];
  const program = await programOf('start');
  program.configureOutput({ writeOut: (text) => void written.push(text) });
  await expect(program.parseAsync(['--version'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
  expect(written.join('')).toBe(`${await packageVersion()}\n`);
});
