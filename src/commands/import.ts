import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { askPatiently, askService, ConnectionLost, type Control, ServiceRefusal } from '../api/control.ts';
import {
  changeLines,
  inventedLines,
  type MadeHomeLine,
  madeLines,
  warningLines,
} from '../app/import-changes.ts';
import { dataFolder, namedService } from '../app/named-service.ts';
import { modelsOrFail } from '../app/operator-models.ts';
import { type AddCommand, configOption, dataOption, progressOf, UsageError, whileWaiting } from '../cli.ts';
import { andMore, locale, noFile, noService, tell, warn, workbook } from '../cli-words.ts';
import { readListFile } from '../config/list-file.ts';
import {
  type ImportFormat,
  importFormat,
  parseToImport,
  type RegistryFile,
} from '../config/registry-import.ts';
import { type ConfigProblem, problemIn } from '../config/yaml-file.ts';
import { SECOND } from '../lib/clock.ts';
import type { ImportWarning } from '../model/import-warning.ts';
import { LIMITS } from '../model/limits.ts';
import { isWorkbookName } from '../model/list-text.ts';
import type { InventedGateway, Noun, RegistryChange, RegistryMove } from '../model/registry.ts';
import { joined, type Text, TextError } from '../model/text.ts';
import { type Untold, untoldText } from '../model/untold.ts';

/** Problems that are printed one by one; whoever has a hundred has one. */
const PRINTED_MAX = 100;

interface Options {
  readonly dryRun?: boolean;
  readonly config: string;
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** What the service answers: what would change, or has changed. */
interface Answer {
  readonly applied: boolean;
  readonly put: number;
  readonly added?: number;
  readonly changed?: number;
  readonly unchanged?: number;
  readonly changes?: readonly RegistryChange[];
  readonly moves?: readonly RegistryMove[];
  readonly invented?: readonly InventedGateway[];
  readonly warnings?: readonly ImportWarning[];
  readonly made?: readonly MadeHomeLine[];
  readonly remove: number;
  /** Homes that it leaves with nobody who could be told. */
  readonly untold?: Untold;
  readonly problems: readonly Omit<ConfigProblem, 'file' | 'path'>[];
  readonly problemsMore?: number;
}

const add: AddCommand = (program) => {
  program
    .command('import')
    .summary('take over homes, people and devices from CSV or YAML')
    .description(
      'Takes a registry file over into the running service: all of it or, if one line is wrong, nothing. CSV has one ' +
        'device a row and the columns community,grid,building,unit,home,device,model,gateway,enrolled_at, then, where ' +
        'wanted, room, resident, phone, contact, contact_phone, relation and more; without home the id is made of place ' +
        'and room; YAML is the form of config/registry.yaml. Entries are added or changed, never removed; what the file does not speak of, such as ' +
        'the credentials of devices, stays.',
    )
    .argument('<file>', 'a file that ends in .csv, .tsv, .txt, .yaml or .yml')
    .option(
      '--dry-run',
      'only say what would change: it needs the service as well, and ends with 1 where none runs',
    )
    .addOption(configOption())
    .addOption(dataOption())
    .option('--url <url>', 'address of a service elsewhere (or SHOUWANG_URL)')
    .option('--token <token>', 'token for it (or SHOUWANG_TOKEN)')
    .option('--json', 'answer in JSON')
    .action(run);
};
export default add;

async function run(file: string, options: Options): Promise<void> {
  const format = importFormat(file);
  if (isWorkbookName(file)) throw new UsageError(workbook(file));
  if (!format)
    throw new UsageError({
      zh: `${basename(file)} 不以 .csv 或 .yaml 结尾`,
      en: `${basename(file)} ends in neither .csv nor .yaml`,
    });
  if (!existsSync(file)) throw new UsageError(noFile(file));
  const text = await readListFile(file);
  const parsed = await parseLocally(format, text, file, options);
  if (!parsed.ok) {
    if (parsed.error.some(namesNoModel) && !options.json) tell(whichModels(options.config));
    return refuse(parsed.error, options);
  }
  const { zh, en } = composition(parsed.value);
  tell({ zh: `${file}：${zh}`, en: `${file}: ${en}` });
  const service = await namedService(options);
  if (!service) return withoutService(options);
  if (Buffer.byteLength(text) > LIMITS.importBytesMax)
    throw new TextError({
      zh: `${file} 超过一次导入的上限 ${LIMITS.importBytesMax / 2 ** 20} MB：请拆分`,
      en: `${file} is larger than the ${LIMITS.importBytesMax / 2 ** 20} MB that one import may have: split it`,
    });
  await send(service, { format, text }, file, options);
}

async function parseLocally(format: ImportFormat, text: string, file: string, { config }: Options) {
  const models = (await modelsOrFail(join(config, 'models'))).all().map(({ model }) => model);
  return parseToImport(format, text, file, { models, now: Date.now() });
}

const namesNoModel = ({ message }: ConfigProblem): boolean => message.startsWith('there is no device model');

/** The service may have been started with another folder, and know more models than this command. */
const whichModels = (config: string): Text => ({
  zh: `设备型号取自守望自带的和 ${join(config, 'models')} 中的；另用 --config 指定其他文件夹`,
  en: `models are those of Shouwang and of ${join(config, 'models')}; --config names another folder`,
});

/**
 * @param problemsMore how many there are beside these: a service tells the first
 * @throws always: with one line on how many mistakes there are, after all of them were printed
 */
export function refuse(
  problems: readonly ConfigProblem[],
  { json }: Pick<Options, 'json'>,
  problemsMore = 0,
): never {
  const all = problems.length + problemsMore;
  if (json) {
    const untold = problemsMore === 0 ? {} : { problemsMore };
    console.log(JSON.stringify({ applied: false, problems, ...untold }, undefined, 2));
  } else {
    const printed = problems.slice(0, PRINTED_MAX);
    for (const problem of printed) console.error(problemIn(locale())(problem));
    if (all > printed.length) tell(andMore(all - printed.length));
  }
  throw new TextError({
    zh: `什么也没有导入：${all} 处错误`,
    en: `nothing was taken over: ${all} ${all === 1 ? 'mistake' : 'mistakes'}`,
  });
}

const NOUNS: Readonly<Record<Noun, string>> = {
  node: '节点',
  home: '住户',
  resident: '老人',
  contact: '联系人',
  device: '设备',
  gateway: '网关',
  staff: '人员',
};

function composition({ put }: RegistryFile): Text {
  const counts = new Map<Noun, number>();
  for (const { noun } of put) counts.set(noun, (counts.get(noun) ?? 0) + 1);
  if (counts.size === 0) return { zh: '没有内容', en: 'nothing' };
  return joined(
    [...counts].map(([noun, count]) => ({
      zh: `${NOUNS[noun]} ${count}`,
      en: `${count} ${noun}${count === 1 || noun === 'staff' ? '' : 's'}`,
    })),
  );
}

/**
 * Also of a dry run: what would change nobody can say, and whoever asks in a script must not take it for said.
 *
 * @throws always
 */
async function withoutService(options: Options): Promise<never> {
  const { zh, en } = noService(await dataFolder(options));
  if (options.json)
    console.log(JSON.stringify({ applied: false, checked: false, problems: [] }, undefined, 2));
  throw new TextError({
    zh: `文件本身没有错误，但没有与现有登记核对：${zh}`,
    en: `the file has no mistakes of its own, but it was not checked against the registry: ${en}`,
  });
}

/** Asks first what would change, so that a person sees it before it happens, and what stands against it at its line. */
async function send(
  service: Control,
  body: { readonly format: ImportFormat; readonly text: string },
  file: string,
  options: Options,
): Promise<void> {
  const ask = (dryRun: boolean, put = 0) =>
    askToImport<Answer>(
      service,
      '/registry/import',
      { ...body, dryRun },
      dryRun ? whileWaiting : (answer) => whileTaken(service, put, answer),
    );
  tell({ zh: `正在询问 ${service.url} 会改变什么……`, en: `asking ${service.url} what would change …` });
  const preview = await ask(true);
  if (preview.problems.length > 0) refuse(inFile(preview.problems, file), options, preview.problemsMore);
  for (const line of [
    ...changeLines(preview),
    ...madeLines(preview, file, locale()),
    ...inventedLines(preview),
    ...warningLines(preview, file, locale()),
  ])
    console.error(line);
  const answer =
    options.dryRun || preview.put === 0
      ? preview
      : await applied(() => ask(false, preview.put), file, options);
  if (options.json) console.log(JSON.stringify(answer, undefined, 2));
  if (answer.untold) warn(untoldText(answer.untold));
  if (answer.applied) {
    // Said again where it is read last: what was made by a slip has to be put right now.
    for (const line of inventedLines({ invented: preview.invented?.filter(({ meant }) => meant) ?? [] }))
      console.error(line);
    tell({ zh: '完成', en: 'done' });
  } else if (options.dryRun) tell({ zh: '试运行：没有任何改动', en: 'dry run: nothing was changed' });
  else tell({ zh: '没有需要改动的内容', en: 'nothing to change' });
}

/** What is large goes in pieces: how many of them are in. Ctrl-C ends the waiting alone, and whoever types it is told so. */
async function whileTaken<T>(service: Control, put: number, answer: Promise<T>): Promise<T> {
  const progress = progressOf({ zh: '导入', en: 'import' }, { zh: '项', en: 'entries' });
  let begun = false;
  let over = false;
  const leave = (): void => {
    progress.clear();
    tell(begun ? GOES_ON : MAY_GO_ON);
    process.exit(INTERRUPTED);
  };
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const far = await askService<ImportFar>(service, 'GET', '/registry/import').catch(() => undefined);
    asking = false;
    if (!far?.of || over) return;
    // Before it, that of somebody else.
    begun = far.of === put;
    progress.update(far.done ?? 0, (far.done ?? 0) / far.of);
  };
  const looking = setInterval(() => void look(), SECOND);
  process.once('SIGINT', leave);
  try {
    return await answer;
  } finally {
    over = true;
    clearInterval(looking);
    process.off('SIGINT', leave);
    progress.clear();
  }
}

interface ImportFar {
  readonly done?: number;
  readonly of?: number;
}

/** As of a program that SIGINT ended. */
const INTERRUPTED = 130;
const GOES_ON: Text = {
  zh: '已停止等待；服务会把这份名单全部导入。稍后把同一文件再导入一次即可确认',
  en: 'no longer waiting; the service takes the whole list over all the same. Import the same file again later to see that it is there',
};
const MAY_GO_ON: Text = {
  zh: '已停止等待：可能已经导入，也可能没有。请把同一文件再导入一次，已有的不会重复',
  en: 'no longer waiting: it may have been taken over or not. Import the same file once more; what is there already stays as it is',
};

/** A list of a whole district takes minutes where the disk, or the server of the records, is slow. */
export async function askToImport<T>(
  service: Control,
  path: string,
  body: Readonly<Record<string, unknown>> & { readonly dryRun: boolean },
  waiting: (answer: Promise<T>) => Promise<T> = whileWaiting,
): Promise<T> {
  try {
    return await waiting(askPatiently<T>(service, 'POST', path, body));
  } catch (error) {
    if (!(error instanceof ConnectionLost) || body.dryRun) throw error;
    throw new TextError(
      {
        zh: `${error.text.zh}：可能已经导入，也可能没有。请把同一文件再导入一次，已有的不会重复`,
        en: `${error.text.en}: it may have been taken over or not. Import the same file once more; what is there already stays as it is`,
      },
      { cause: error },
    );
  }
}

/** The registry may have changed since the preview: what stands against the file now is told like before. */
async function applied(ask: () => Promise<Answer>, file: string, options: Options): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    const details =
      error instanceof ServiceRefusal ? (error.problem.details as Partial<Answer> | undefined) : undefined;
    if (!details?.problems?.length) throw error;
    return refuse(inFile(details.problems, file), options, details.problemsMore);
  }
}

/** What the service found wrong, at its lines of the file. */
export const inFile = (problems: Answer['problems'], file: string): ConfigProblem[] =>
  problems.map((problem) => ({ ...problem, file, path: '' }));
