import { existsSync, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Text, TextError } from '../../model/text.ts';
import { type ExportManifest, MANIFEST } from './export.ts';
import { FileUnreadable, openFile, unreadable } from './import-rows.ts';

/** A folder is no whole export, or not what its export.json says. */
export class ExportDamaged extends TextError {}

export interface WholeExport {
  /** Its files, in their order. */
  readonly files: readonly string[];
  readonly manifest: ExportManifest;
}

const TOLD_MAX = 10;
const LINE_END = 0x0a;

/**
 * The files of a folder that `export` wrote, if each is there and holds as much as export.json says. Every file is read
 * to its end: what is found only while it is taken is found when half of the history is in the store.
 * @param onProgress rows, and the share of the files that was read, 0 to 1
 * @throws ExportDamaged with all that is wrong
 */
export async function wholeExport(
  dir: string,
  onProgress?: (rows: number, share: number) => void,
): Promise<WholeExport> {
  const manifest = manifestIn(dir);
  const named = new Set(manifest.parts.map(({ name }) => name));
  const problems: Text[] = (await readdir(dir))
    .filter((name) => /^part-\d+\./.test(name) && !name.endsWith('.partial') && !named.has(name))
    .map((name) => ({ zh: `${name} 不在 ${MANIFEST} 中`, en: `${name} is not named in ${MANIFEST}` }));
  let rows = 0;
  for (const [i, part] of manifest.parts.entries()) {
    const problem = await partProblem(dir, part, manifest.format === 'csv' ? 1 : 0);
    if (problem) problems.push(problem);
    rows += part.rows;
    onProgress?.(rows, (i + 1) / manifest.parts.length);
  }
  if (problems.length > 0) throw damaged(dir, problems);
  return { files: manifest.parts.map(({ name }) => join(dir, name)), manifest };
}

function manifestIn(dir: string): ExportManifest {
  const file = join(dir, MANIFEST);
  if (!existsSync(file))
    throw new ExportDamaged({
      zh: `${dir} 不是完整的导出：缺少 ${MANIFEST}`,
      en: `${dir} is no whole export: it has no ${MANIFEST}`,
    });
  const manifest = parsed(readFileSync(file, 'utf8'));
  if (!manifest) throw new ExportDamaged({ zh: `${file} 已损坏`, en: `${file} is damaged` });
  if (manifest.format === 'parquet')
    throw new ExportDamaged({
      zh: `${dir} 是 Parquet，供其他软件读取：请导出 line protocol 或 CSV`,
      en: `${dir} is Parquet, which is for reading elsewhere: export line protocol or CSV`,
    });
  return manifest;
}

function parsed(text: string): ExportManifest | undefined {
  try {
    const manifest = JSON.parse(text) as ExportManifest;
    return manifest.v === 1 && Array.isArray(manifest.parts) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

async function partProblem(
  dir: string,
  { name, rows, bytes }: ExportManifest['parts'][number],
  headers: number,
): Promise<Text | undefined> {
  const file = join(dir, name);
  if (!existsSync(file)) return { zh: `缺少 ${name}`, en: `${name} is missing` };
  const { size } = await stat(file);
  if (bytes !== undefined && size !== bytes)
    return {
      zh: `${name} 为 ${size} 字节，应为 ${bytes} 字节`,
      en: `${name} has ${size} of ${bytes} bytes`,
    };
  try {
    const found = (await lineEndsIn(file)) - headers;
    return found === rows
      ? undefined
      : { zh: `${name} 有 ${found} 行，应为 ${rows} 行`, en: `${name} has ${found} of ${rows} rows` };
  } catch (error) {
    if (!(error instanceof FileUnreadable)) throw error;
    return { zh: `${name} 没有写完或已损坏`, en: `${name} ends early or is damaged` };
  }
}

async function lineEndsIn(file: string): Promise<number> {
  const { input } = openFile(file);
  let count = 0;
  try {
    for await (const bytes of input as AsyncIterable<Buffer>)
      for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count++;
  } catch (error) {
    throw unreadable(file, error);
  }
  return count;
}

function damaged(dir: string, problems: readonly Text[]): ExportDamaged {
  const told = problems.slice(0, TOLD_MAX);
  const more = problems.length - told.length;
  return new ExportDamaged({
    zh: `${dir} 与 ${MANIFEST} 不符，没有导入任何内容：${told.map(({ zh }) => zh).join('；')}${more > 0 ? `；还有 ${more} 处` : ''}`,
    en: `${dir} is not what ${MANIFEST} says, and nothing was taken: ${told.map(({ en }) => en).join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
  });
}
