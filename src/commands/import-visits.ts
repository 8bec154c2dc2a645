import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type Control, ServiceRefusal } from '../api/control.ts';
import { dataFolder, namedService } from '../app/named-service.ts';
import { type AddCommand, configOption, dataOption, UsageError } from '../cli.ts';
import { noFile, noService, note, tell, workbook } from '../cli-words.ts';
import { readListFile } from '../config/list-file.ts';
import { parseVisitsCsv, type VisitRow } from '../config/visits-csv.ts';
import type { ConfigProblem } from '../config/yaml-file.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { LIMITS } from '../model/limits.ts';
import { isWorkbookName } from '../model/list-text.ts';
import { TextError } from '../model/text.ts';
import { askToImport, inFile, refuse } from './import.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly timeZone: string;
  readonly config: string;
  readonly data?: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** What the service answers: what would be added, or was. */
interface Answer {
  readonly applied: boolean;
  readonly added: number;
  readonly unchanged: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** `import-visits`: takes visits over that were logged elsewhere. */
const add: AddCommand = (program) => {
  program
    .command('import-visits')
    .summary('take over visits that were logged elsewhere from CSV')
    .description(
      'Takes visits over into the running service: all of them or, if one line is wrong, none. One visit a line, with ' +
        'the columns home,at,by,result and, where wanted, note; a result is seen, spoken or not-met. A visit that is ' +
        'there already, by home, instant and person, is passed over: the same file twice changes nothing. Visits count ' +
        'from when they were made, whenever they are taken over.',
    )
    .argument('<file>', 'a file that ends in .csv, .tsv or .txt')
    .option('--dry-run', 'only say what would change')
    .option('--time-zone <zone>', 'of times without an offset', 'Asia/Shanghai')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--url <url>', 'address of a service elsewhere (or SHOUWANG_URL)')
    .option('--token <token>', 'token for it (or SHOUWANG_TOKEN)')
    .option('--json', 'answer in JSON')
    .action(run);
};
export default add;

async function run(file: string, options: Options): Promise<void> {
  if (isWorkbookName(file)) throw new UsageError(workbook(file));
  if (!/\.(csv|tsv|txt)$/i.test(file))
    throw new UsageError({
      zh: `${basename(file)} 不以 .csv 结尾`,
      en: `${basename(file)} does not end in .csv`,
    });
  if (!isTimeZone(options.timeZone))
    throw new UsageError({
      zh: `没有时区 ${options.timeZone}`,
      en: `${options.timeZone} is no time zone`,
    });
  if (!existsSync(file)) throw new UsageError(noFile(file));
  const { rows, problems } = parseVisitsCsv(await readListFile(file), file, options.timeZone);
  if (problems.length > 0) {
    const more = await furtherProblems(rows, file, options);
    return refuse([...problems, ...more].sort(byLine), options);
  }
  if (rows.length > LIMITS.visitsPerImportMax)
    throw new TextError({
      zh: `${file} 有 ${rows.length} 条走访，超过一次导入的上限 ${LIMITS.visitsPerImportMax}：请拆分`,
      en: `${file} has ${rows.length} visits, more than the ${LIMITS.visitsPerImportMax} that one import may have: split it`,
    });
  const service = await namedService(options);
  if (service) return send(service, rows, file, options);
  const { zh, en } = noService(await dataFolder(options));
  throw new TextError({
    zh: `文件本身没有错误，但${zh}`,
    en: `the file has no mistakes of its own, but ${en}`,
  });
}

const byLine = (a: ConfigProblem, b: ConfigProblem): number => (a.line ?? 0) - (b.line ?? 0);

/** What only the service sees in the lines that are well formed, so that all mistakes of a file are told in one round. */
async function furtherProblems(
  rows: readonly VisitRow[],
  file: string,
  options: Options,
): Promise<readonly ConfigProblem[]> {
  if (rows.length === 0 || rows.length > LIMITS.visitsPerImportMax) return [];
  try {
    const service = await namedService(options);
    if (!service) return [];
    const asked = { visits: rows, dryRun: true };
    const { problems } = await askToImport<Answer>(service, '/visits/import', asked);
    return inFile(problems, file);
  } catch (error) {
    const { message } = error as Error;
    note({
      zh: `其余各行未能由服务核对：${message}`,
      en: `the service could not look at the other lines: ${message}`,
    });
    return [];
  }
}

async function send(
  service: Control,
  rows: readonly VisitRow[],
  file: string,
  options: Options,
): Promise<void> {
  const answer = await asked(service, rows, file, options);
  if (answer.problems.length > 0) refuse(inFile(answer.problems, file), options);
  if (options.json) console.log(JSON.stringify(answer, undefined, 2));
  const { added, unchanged } = answer;
  tell({
    zh: `新增 ${added} 条走访，已有 ${unchanged} 条`,
    en: `${added} ${added === 1 ? 'visit is' : 'visits are'} new, ${unchanged} ${unchanged === 1 ? 'is' : 'are'} there already`,
  });
  if (answer.applied) tell({ zh: '完成', en: 'done' });
  else if (options.dryRun) tell({ zh: '试运行：没有任何改动', en: 'dry run: nothing was changed' });
  else tell({ zh: '没有需要改动的内容', en: 'nothing to change' });
}

async function asked(
  service: Control,
  visits: readonly VisitRow[],
  file: string,
  options: Options,
): Promise<Answer> {
  const dryRun = options.dryRun ?? false;
  try {
    return await askToImport<Answer>(service, '/visits/import', { visits, dryRun });
  } catch (error) {
    const details =
      error instanceof ServiceRefusal ? (error.problem.details as Partial<Answer> | undefined) : undefined;
    if (!details?.problems?.length) throw error;
    return refuse(inFile(details.problems, file), options);
  }
}
