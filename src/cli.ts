import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import { type Dictionary, helpIn, locale, misuseIn, ROWS, spoken, tell, textOf } from './cli-words.ts';
import { loadFolder } from './lib/folder-loader.ts';
import { Progress } from './lib/progress.ts';
import { isSameFile } from './lib/same-file.ts';
import { type Text, TextError } from './model/text.ts';
import type { WorkTold } from './model/work-told.ts';

/** What went wrong with what was asked, as opposed to what failed while it was done: exit code 2. */
export class UsageError extends TextError {}

/**
 * A command is one file in `src/commands/`: it adds itself to the program. Data goes to stdout, everything else to
 * stderr. The action throws UsageError for wrong arguments (exit code 2) and any other error for a failure (1).
 */
export type AddCommand = (program: Command) => void;

/** By what a command finds the data that it works on. */
export interface PlaceOptions {
  readonly config: string;
  readonly data?: string;
}

export const withPlace = (command: Command): Command =>
  command.addOption(configOption()).addOption(dataOption());

const COMMANDS = fileURLToPath(new URL('./commands', import.meta.url));
const HELP_COMMAND = 'display help for command';
const HELP_HINT = { zh: '（加 --help 查看所有选项）', en: '(add --help for all options)' };

/** The file of the command that is asked for, so that the parts of all others are not loaded; undefined: all of them. */
function only(command: string | undefined): string | undefined {
  return command && /^[a-z]+$/.test(command) && existsSync(join(COMMANDS, `${command}.ts`))
    ? command
    : undefined;
}

/** The commands, or the one that is asked for, in the language of the terminal. */
export async function programOf(asked?: string): Promise<Command> {
  const language = locale();
  const words = language === 'zh' ? await chinese() : new Map();
  const program = new Command('shouwang')
    .description('守望 Shouwang: watches over older people who live alone. Each command has --help.')
    .version(await packageVersion(), '-V, --version', 'display the version')
    .helpCommand('help [command]', HELP_COMMAND)
    .helpOption('-h, --help', HELP_COMMAND)
    .showHelpAfterError(spoken(HELP_HINT))
    .configureHelp(helpIn(language, words))
    .configureOutput({ outputError: (words, write) => write(misuseIn(language, words)) })
    .exitOverride();
  for (const { file, definition } of await loadFolder(COMMANDS, only(asked))) {
    if (typeof definition !== 'function') throw new Error(`${file} has no command as its default export`);
    (definition as AddCommand)(program);
  }
  return program;
}

/** The version that stands in package.json. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function chinese(): Promise<Dictionary> {
  const files = await loadFolder(join(COMMANDS, 'zh'));
  return new Map(files.flatMap(({ definition }) => Object.entries(definition as object)));
}

/** As of a program that SIGPIPE ended. */
const NOBODY_READS = 141;

/**
 * Whoever reads only the first lines (`| head`) has what they wanted, and a disk that is full takes no more of an answer. A
 * service goes on either way: nobody is watched over less because a terminal was closed, or a file of its lines lies on a disk
 * that is full.
 */
export function outliveReaders([command]: readonly string[]): void {
  const serves = command === 'start' || command === 'demo';
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (serves) return;
      if (error.code === 'EPIPE') process.exit(NOBODY_READS);
      const { zh, en } = textOf(error);
      if (stream === process.stdout)
        console.error(
          spoken({ zh: `错误：写不出结果：${zh}`, en: `error: the answer cannot be written: ${en}` }),
        );
      process.exit(1);
    });
}

/** Runs one command line; resolves with the exit code: 0 done, 1 failed, 2 used wrongly. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = await programOf(args[0]);
  try {
    await program.parseAsync([...args], { from: 'user' });
    // A command that did its work may still have no good news.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof Error)) console.error(error);
  else if (process.env['SHOUWANG_DEBUG'] && !(error instanceof UsageError)) console.error(error.stack);
  else {
    const { zh, en } = textOf(error);
    console.error(spoken({ zh: `错误：${zh}`, en: `error: ${en}` }));
  }
  return error instanceof UsageError ? 2 : 1;
}

/** The configuration folder, under the same name in every command that reads any of it. */
export const configOption = (): Option =>
  new Option(
    '-c, --config <dir>',
    'configuration folder: service.yaml, registry, rules, channels, rosters, models',
  ).default('config');

/** The data folder, under the same name in every command that needs it. */
export const dataOption = (): Option =>
  new Option('-d, --data <dir>', 'data folder (SHOUWANG_DATA_DIR), instead of the configured one');

/** Device models of an operator's own, where they do not stand in the configuration folder. */
export const modelsOption = (): Option =>
  new Option(
    '--models <dir>',
    'folder with device models of your own, instead of models in the configuration',
  );

export const modelsFolder = ({
  models,
  config,
}: {
  readonly models?: string;
  readonly config: string;
}): string => models ?? join(config, 'models');

/** A folder that is named and not there would be one without anything in it, and nobody would know. */
export function namedFoldersExist(command: Command): void {
  for (const name of ['config', 'models']) {
    const folder = command.getOptionValue(name) as string | undefined;
    if (folder === undefined || command.getOptionValueSource(name) !== 'cli' || existsSync(folder)) continue;
    throw new UsageError({ zh: `没有文件夹 “${folder}”`, en: `there is no folder "${folder}"` });
  }
}

/** The line about long work, in the language of the terminal. */
export const progressOf = (label: Text, unit: Text): Progress =>
  new Progress({ label: spoken(label), unit: spoken(unit), language: locale() });

/** Says which step of long work begins, and within it how many rows are done. */
export async function whileToldSteps<T>(work: (told: WorkTold) => Promise<T>): Promise<T> {
  let progress: Progress | undefined;
  const step = (what: Text): void => {
    progress?.clear();
    tell({ zh: `${what.zh}……`, en: `${what.en} …` });
    progress = progressOf(what, ROWS);
  };
  try {
    return await work({ step, rows: (done, of) => progress?.update(done, done / Math.max(1, of)) });
  } finally {
    progress?.clear();
  }
}

const WAITING_SAID_MS = 10_000;

/** Says now and then for how long an answer has been waited for, so that nobody takes it for stuck. */
export async function whileWaiting<T>(answer: Promise<T>): Promise<T> {
  const from = performance.now();
  const saying = setInterval(() => {
    const seconds = Math.round((performance.now() - from) / 1_000);
    tell({
      zh: `服务仍在处理，已等待 ${seconds} 秒……`,
      en: `the service is still at work, ${seconds} s so far …`,
    });
  }, WAITING_SAID_MS);
  try {
    return await answer;
  } finally {
    clearInterval(saying);
  }
}

/**
 * What is written must not take the place of what is read: an export that was overwritten is gone.
 * @param written the file of each option that names one
 */
export function keepApart(
  read: readonly string[],
  written: Readonly<Record<string, string | undefined>>,
): void {
  const named = Object.entries(written).flatMap(([option, file]) =>
    file === undefined ? [] : [{ option, file }],
  );
  for (const [index, { option, file }] of named.entries()) {
    if (read.some((each) => isSameFile(each, file)))
      throw new UsageError({
        zh: `${option}：${file} 是要读取的文件，会被覆盖；请写另一个文件`,
        en: `${option}: ${file} is read, and would be overwritten; name another file`,
      });
    const other = named.slice(0, index).find((each) => isSameFile(each.file, file));
    if (other)
      throw new UsageError({
        zh: `${other.option} 和 ${option} 是同一个文件：${file}`,
        en: `${other.option} and ${option} are the same file: ${file}`,
      });
  }
}
