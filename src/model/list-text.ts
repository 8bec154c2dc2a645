import type { Text } from './text.ts';

/** The text of a list; or that it is a workbook, which is no text; or the first line that is in another encoding. */
export type ListText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: 'workbook' }
  | { readonly ok: false; readonly why: 'mixed'; readonly line: number };

/** Files of Excel, WPS, LibreOffice and Numbers by their names. */
export const isWorkbookName = (file: string): boolean => /\.(?:xls[xmb]?|et|ods|numbers)$/i.test(file);

/** What to do with one. */
export const WORKBOOK: Text = {
  zh: '这是表格文件（Excel、WPS），不是文本：请在表格软件里“另存为”，类型选“CSV UTF-8（逗号分隔）”，再导入另存的 .csv 文件；没有这一类型时选“CSV（逗号分隔）”也可以（GBK 编码可以读取）',
  en: 'this is a workbook (Excel, WPS), not text: in the spreadsheet choose "Save as" and the type "CSV UTF-8 (comma delimited)", and import the .csv file; where there is no such type, "CSV (comma delimited)" will do (GBK can be read)',
};

/** Of a text of which a part was added by another program. */
export const MIXED: Text = {
  zh: '这一行的文字编码与其他行不同（UTF-8 与 GBK 混在一起），名字会变成乱码：请在表格软件里打开，核对这一行，再另存为“CSV UTF-8”',
  en: 'is in another encoding than the other lines (UTF-8 and GBK are mixed), and names would be others: open it in the spreadsheet, look at this line, and save it as "CSV UTF-8"',
};

/**
 * The text of a list as a spreadsheet saves it: UTF-8, GB18030 where the spreadsheet is Chinese ("CSV"), UTF-16 with its mark
 * ("Unicode text"). A text of which a part is in another encoding is none: read as one of both, names would be others.
 */
export function listText(bytes: Uint8Array): ListText {
  if (WORKBOOKS.some((mark) => begins(bytes, mark))) return { ok: false, why: 'workbook' };
  const marked = UTF16.find(({ mark }) => begins(bytes, mark));
  if (marked) return { ok: true, text: new TextDecoder(marked.name).decode(bytes) };
  const text = decoded('utf-8', bytes);
  if (text !== undefined) return { ok: true, text };
  const lines = [...linesOf(bytes)];
  const isForeign = lines.map((line) => decoded('utf-8', line) === undefined);
  const chinese = decoded('gb18030', bytes);
  if (chinese !== undefined && isMostly(lines, isForeign)) return { ok: true, text: chinese };
  const wrong =
    chinese === undefined && isMostly(lines, isForeign)
      ? lines.findIndex((line) => decoded('gb18030', line) === undefined)
      : isForeign.indexOf(true);
  return { ok: false, why: 'mixed', line: wrong + 1 };
}

const begins = (bytes: Uint8Array, mark: readonly number[]): boolean =>
  mark.every((byte, i) => bytes[i] === byte);

/** How a zip (.xlsx, .ods) and a file of the older Excel begin, whatever they are called. */
const WORKBOOKS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
] as const;
const UTF16 = [
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
] as const;

/** Are most of the lines that are more than ASCII no UTF-8? By chance, a short word of GB18030 is. */
function isMostly(lines: readonly Uint8Array[], isForeign: readonly boolean[]): boolean {
  const more = lines.flatMap((line, i) => (line.some((byte) => byte > 0x7e) ? [isForeign[i] === true] : []));
  return more.filter(Boolean).length * 2 > more.length;
}

function decoded(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** No byte of a letter of either encoding is an end of a line. */
function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const next = end < 0 ? bytes.length : end;
    yield bytes.subarray(from, next);
    from = next + 1;
  }
}
