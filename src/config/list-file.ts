import { readFile } from 'node:fs/promises';
import { listText, MIXED, WORKBOOK } from '../model/list-text.ts';
import { TextError } from '../model/text.ts';

/**
 * The text of a list that a person hands over.
 *
 * @throws with what to do, where it is no text, or a text in two encodings
 */
export async function readListFile(file: string): Promise<string> {
  const read = listText(await readFile(file));
  if (read.ok) return read.text;
  const [why, place] = read.why === 'workbook' ? [WORKBOOK, file] : [MIXED, `${file}:${read.line}`];
  throw new TextError({ zh: `${place}：${why.zh}`, en: `${place}: ${why.en}` });
}
