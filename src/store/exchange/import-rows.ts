import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ImportRefusal } from '../../model/import-refusal.ts';
import { TextError } from '../../model/text.ts';
import { type ParsedLine, type Precision, parseLine } from '../outside/lines.ts';
import { type Columns, columnsOf, csvRow } from './csv-rows.ts';

/** A file cannot be read to its end, or is of no kind that we read. Its name is in the words. */
export class FileUnreadable extends TextError {}

/** How what a file leaves open is meant. */
export interface Reading {
  /** Of times in line protocol. */
  readonly precision: Precision;
  /** IANA name, of times in CSV without an offset. */
  readonly timeZone: string;
}

/** A line, and what stands in it; `found` is absent where nothing is to stand in it: a header, a remark, an empty line. */
export interface ReadLine {
  readonly text: string;
  readonly found?: ParsedLine | ImportRefusal;
}

/** Longer lines are none of ours, and a file of another kind may have no line end at all. */
const LINE_CHARS_MAX = 65_536;

/**
 * The bytes of a file without their compression, which is told by how they begin and not by the name, and how many of
 * the file have been read.
 * @throws FileUnreadable for Parquet
 */
export function openFile(file: string): { input: Readable; read: () => number } {
  const isGzip = isCompressed(file);
  const source = createReadStream(file);
  if (!isGzip) return { input: source, read: () => source.bytesRead };
  const input = source.pipe(createGunzip());
  source.on('error', (error) => input.destroy(error));
  return { input, read: () => source.bytesRead };
}

function isCompressed(file: string): boolean {
  const bytes = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(handle);
  }
  if (bytes.toString('latin1') === 'PAR1')
    throw new FileUnreadable({
      zh: `${file} 是 Parquet，供其他软件读取：请导出 line protocol 或 CSV`,
      en: `${file} is Parquet, which is for reading elsewhere: export line protocol or CSV`,
    });
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** An error of reading in words that name the file. */
export function unreadable(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR')
    return new FileUnreadable(
      {
        zh: `${file} 没有写完，内容中途结束：请重新复制或导出`,
        en: `${file} ends early: copy or export it again`,
      },
      { cause: error },
    );
  if (code === 'Z_DATA_ERROR')
    return new FileUnreadable(
      { zh: `${file} 已损坏：请重新复制或导出`, en: `${file} is damaged: copy or export it again` },
      { cause: error },
    );
  return error;
}

/** The lines of a file, some at a time. @throws FileUnreadable */
export function rowsOf(
  file: string,
  reading: Reading,
): { rows: AsyncGenerator<ReadLine[]>; read: () => number } {
  const { input, read } = openFile(file);
  return { rows: parsed(file, input, reading), read };
}

async function* parsed(file: string, input: Readable, reading: Reading): AsyncGenerator<ReadLine[]> {
  let columns: Columns | undefined;
  let isFirst = true;
  for await (const lines of linesOf(file, input)) {
    const rows: ReadLine[] = [];
    for (const text of lines) {
      if (isBlank(text)) rows.push({ text });
      else if (isFirst) {
        isFirst = false;
        columns = header(file, text);
        rows.push(columns ? { text } : { text, found: parseLine(text, reading.precision) });
      } else
        rows.push({
          text,
          found: columns ? csvRow(text, columns, reading.timeZone) : parseLine(text, reading.precision),
        });
    }
    yield rows;
  }
}

const isBlank = (text: string): boolean => text.trim() === '' || text.startsWith('#');

function header(file: string, text: string): Columns | undefined {
  const columns = columnsOf(text);
  if (columns === undefined || 'index' in columns) return columns;
  const names = columns.lacking;
  throw new FileUnreadable({
    zh: `${file} 的首行缺少列 ${names.join('、')}`,
    en: `the first line of ${file} does not name the ${names.length === 1 ? 'column' : 'columns'} ${names.join(', ')}`,
  });
}

/** Split by hand: an iterator that hands over line by line costs more than what is done with the lines. */
async function* linesOf(file: string, input: Readable): AsyncGenerator<string[]> {
  // Takes a mark of byte order off as well.
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const bytes of input) {
      const lines = (rest + decoder.decode(bytes as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARS_MAX) {
        lines.push(rest.slice(0, LINE_CHARS_MAX));
        rest = '';
      }
      if (lines.length > 0) yield lines.map(withoutReturn);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  rest += decoder.decode();
  if (rest !== '') yield [withoutReturn(rest)];
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
