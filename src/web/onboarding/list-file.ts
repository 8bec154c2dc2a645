import { isWorkbookName, listText, MIXED, WORKBOOK } from '../../model/list-text.ts';
import { pick, t } from '../text/translate.ts';

/** A list as it is sent to the service. */
export interface ChosenFile {
  readonly name: string;
  readonly format: 'csv' | 'yaml';
  readonly text: string;
}

/** The text of a list, or in words why it is none. */
export async function readList(file: File): Promise<ChosenFile | string> {
  if (isWorkbookName(file.name)) return pick(WORKBOOK);
  const format = /\.(csv|tsv|txt)$/i.test(file.name)
    ? 'csv'
    : /\.ya?ml$/i.test(file.name)
      ? 'yaml'
      : undefined;
  if (!format) return t('import.otherFile');
  const read = listText(new Uint8Array(await file.arrayBuffer()));
  if (read.ok) return { name: file.name, format, text: read.text };
  return read.why === 'workbook' ? pick(WORKBOOK) : `${t('import.line', { n: read.line })} ${pick(MIXED)}`;
}
