import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { askService } from '../api/control.ts';
import { dataFolder, namedService, type ServiceName } from '../app/named-service.ts';
import { configOption, dataOption, progressOf, UsageError } from '../cli.ts';
import { noFile, noService, spoken, tell } from '../cli-words.ts';
import { readListFile } from '../config/list-file.ts';
import { many, type Text, TextError } from '../model/text.ts';

interface Options extends ServiceName {
  readonly device: string;
  readonly subject?: string;
  readonly json?: boolean;
}

/** What the service answers to one document. */
interface Answer {
  readonly taken: readonly unknown[];
  readonly refused: readonly { readonly code: string; readonly message: string }[];
}

/** Entries in one request: far below what one message may hold. */
const CHUNK = 200;

const HELP: Text = {
  en: `
The file is a FHIR Bundle or Observation, an Open mHealth data point, an array of them, or one of them a line (NDJSON).
The device has the model fhir-observation or open-mhealth, and belongs to the resident of whom the file speaks.

Example:
  shouwang import-readings clinic.json --device r1-records --subject Patient/123`,
  zh: `
文件为 FHIR Bundle 或 Observation、Open mHealth 数据点、它们的数组，或每行一个（NDJSON）。
设备的型号须为 fhir-observation 或 open-mhealth，并属于文件所说的那位老人。

示例：
  shouwang import-readings clinic.json --device r1-records --subject Patient/123`,
};

/** `import-readings`: brings a file of health documents in for a device. */
export default function addImportReadings(program: Command): void {
  program
    .command('import-readings')
    .description(
      'bring a file of health documents (FHIR Observations, Open mHealth) into the running service',
    )
    .argument('<file>', 'JSON or NDJSON')
    .requiredOption('--device <id>', 'the device in the registry that stands for them')
    .option('--subject <reference>', 'take only what the file says of this person, such as Patient/123')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--url <url>', 'address of a service elsewhere (or SHOUWANG_URL)')
    .option('--token <token>', 'token for it (or SHOUWANG_TOKEN)')
    .option('--json', 'answer in JSON')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  if (!existsSync(file)) throw new UsageError(noFile(file));
  const documents = ofOnePerson(documentsIn(await readListFile(file), file), options.subject);
  const service = await namedService(options);
  if (!service) throw new TextError(noService(await dataFolder(options)));
  const progress = progressOf({ zh: '导入', en: 'import' }, { zh: '份文档', en: 'documents' });
  let taken = 0;
  const refused = new Map<string, number>();
  for (let from = 0; from < documents.length; from += CHUNK) {
    const document = documents.slice(from, from + CHUNK);
    const path = `/devices/${encodeURIComponent(options.device)}/documents`;
    const answer = await askService<Answer>(service, 'POST', path, { document });
    taken += answer.taken.length;
    for (const { code } of answer.refused) refused.set(code, (refused.get(code) ?? 0) + 1);
    progress.update(from + document.length, (from + document.length) / documents.length);
  }
  progress.end(documents.length);
  if (options.json)
    console.log(JSON.stringify({ documents: documents.length, taken, refused: Object.fromEntries(refused) }));
  for (const [code, count] of refused)
    tell({ zh: `拒绝：${count} ${code}`, en: `refused: ${count} ${code}` });
  tell({
    zh: `从 ${documents.length} 份文档取得 ${taken} 个读数`,
    en: `${many(taken, 'reading', 'readings')} of ${many(documents.length, 'document', 'documents')} ${taken === 1 ? 'was' : 'were'} taken`,
  });
}

/** The documents of a file, each by itself. */
function documentsIn(text: string, file: string): unknown[] {
  const whole = parsed(text);
  if (whole !== undefined) return unpacked(whole);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line, i) => {
    const one = parsed(line);
    if (one === undefined)
      throw new UsageError({ zh: `${file}:${i + 1} 不是 JSON`, en: `${file}:${i + 1} is not JSON` });
    return unpacked(one);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Resource {
  readonly resourceType?: unknown;
  readonly entry?: readonly { readonly resource?: unknown }[];
  readonly subject?: { readonly reference?: unknown };
}

/** A Bundle or an array is what is in it; of a Bundle the observations. */
function unpacked(json: unknown): unknown[] {
  if (Array.isArray(json)) return json.flatMap(unpacked);
  const { resourceType, entry } = (json ?? {}) as Resource;
  if (resourceType !== 'Bundle') return [json];
  return (entry ?? [])
    .map(({ resource }) => resource)
    .filter((resource) => (resource as Resource | undefined)?.resourceType === 'Observation');
}

/** A device of ours stands for one person; a file of several is not split by guess. */
function ofOnePerson(documents: readonly unknown[], wanted: string | undefined): unknown[] {
  const subjectOf = (document: unknown): unknown => (document as Resource | null)?.subject?.reference;
  const people = new Set(documents.map(subjectOf).filter((one) => one !== undefined));
  if (wanted === undefined && people.size > 1)
    throw new UsageError({
      zh: `文件涉及 ${people.size} 个人（${[...people].slice(0, 5).join('、')}）：用 --subject 指定一人`,
      en: `the file speaks of ${people.size} people (${[...people].slice(0, 5).join(', ')}): name one with --subject`,
    });
  return documents.filter(
    (document) => wanted === undefined || [wanted, undefined].includes(subjectOf(document) as string),
  );
}
