import type { PlainKey } from '../text/translate.ts';

/** A list as it is sent to the service. */
export interface ChosenFile {
  readonly name: string;
  readonly format: 'csv' | 'yaml';
  readonly text: string;
}

/** The text of a list, or why it is none. Spreadsheets in Chinese write GB18030 where they do not write UTF-8. */
export async function readList(file: File): Promise<ChosenFile | PlainKey> {
  if (/\.(xlsx?|et|ods)$/i.test(file.name)) return 'import.notText';
  const format = /\.(csv|tsv|txt)$/i.test(file.name)
    ? 'csv'
    : /\.ya?ml$/i.test(file.name)
      ? 'yaml'
      : undefined;
  if (!format) return 'import.otherFile';
  return { name: file.name, format, text: decoded(await file.arrayBuffer()) };
}

function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
