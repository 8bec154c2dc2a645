import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { errorText } from '../../model/system-words.ts';
import { TextError } from '../../model/text.ts';

export interface NumberedLine {
  /** Counts from 1. */
  readonly line: number;
  readonly text: string;
}

/** A file that is not written in the encoding that was named. */
export class EncodingError extends TextError {}

/** The lines of a text file, `.gz` allowed, a piece at a time; empty ones are left out. @throws EncodingError */
export async function* linesOf(
  file: string,
  encoding: string,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<NumberedLine[], void, undefined> {
  const source = createReadStream(file, { highWaterMark: 1 << 20 });
  const gunzip = file.endsWith('.gz') ? createGunzip({ chunkSize: 1 << 20 }) : undefined;
  if (gunzip) source.once('error', (error) => gunzip.destroy(error));
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decoded = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new EncodingError({
        zh: `${file}：文本不是 ${encoding} 编码`,
        en: `${file}: the text is not ${encoding}`,
      });
    }
  };
  let rest = '';
  let line = 0;
  for await (const chunk of named(gunzip ? source.pipe(gunzip) : source, file, () => line)) {
    // Of a compressed file what was unpacked: it is read far ahead.
    onBytes?.(gunzip?.bytesWritten ?? source.bytesRead);
    const pieces = (rest + decoded(chunk as Buffer)).split('\n');
    rest = pieces.pop() ?? '';
    const lines: NumberedLine[] = [];
    for (const piece of pieces) {
      line++;
      const text = piece.endsWith('\r') ? piece.slice(0, -1) : piece;
      if (text.trim() !== '') lines.push({ line, text });
    }
    yield lines;
  }
  rest += decoded();
  if (rest.trim() !== '') yield [{ line: line + 1, text: rest.replace(/\r$/, '') }];
}

/** The pieces of a file; where it breaks off, it is named, and how far it could be read. */
async function* named(
  pieces: AsyncIterable<Buffer>,
  file: string,
  lineOf: () => number,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    const { zh, en } = errorText(error);
    throw new TextError(
      {
        zh: `${file}：第 ${lineOf()} 行之后读不出来：${zh}`,
        en: `${file}: cannot be read on after line ${lineOf()}: ${en}`,
      },
      { cause: error },
    );
  }
}

/** The fields of a line. A quoted field may hold the delimiter and doubled quotes, but no new line. */
export function fieldsOf(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (sign === '"' && field.trim() === '') {
      quoted = true;
      field = '';
    } else if (sign === delimiter) {
      fields.push(field);
      field = '';
    } else field += sign;
  }
  fields.push(field);
  return fields;
}

/** The delimiter that the first line uses. */
export function delimiterOf(header: string): string {
  const counts = [',', ';', '\t'].map((sign) => [header.split(sign).length, sign] as const);
  counts.sort((a, b) => b[0] - a[0]);
  return counts[0]?.[1] ?? ',';
}
