import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { LIMITS } from '../../model/limits.ts';
import type { SetAsideReason } from '../../model/outside-store.ts';
import { tagValue } from './lines.ts';

/** Which of our names a server's words stand for. Both generations say it in the text of the answer alone. */
export function reasonOf(detail: string): SetAsideReason {
  if (/field type conflict/i.test(detail)) return 'field-type-conflict';
  if (/beyond retention policy|outside( the)? retention/i.test(detail)) return 'beyond-retention-policy';
  if (/unable to parse|invalid (number|field|tag|timestamp)|missing (fields|tag)|bad timestamp/i.test(detail))
    return 'unparsable';
  return 'refused-otherwise';
}

/**
 * Lines that the server will never take, one JSON object a line with the reason and its words, for whoever looks into
 * it. Bounded: beyond the limit the older half goes.
 */
export class SetAside {
  readonly file: string;
  readonly counts: Partial<Record<SetAsideReason, number>> = {};

  constructor(file: string) {
    this.file = file;
  }

  /** @param count lines that it stands for, where the server does not say which */
  add(reason: SetAsideReason, detail: string, line: string | undefined, count = 1): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + count;
    const entry = {
      at: new Date().toISOString(),
      reason,
      detail,
      ...(line === undefined ? { count } : { line }),
    };
    try {
      appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      if (existsSync(this.file) && statSync(this.file).size > LIMITS.setAsideBytesMax) this.#halve();
    } catch {
      // It is counted all the same; a full disk is told by the spool.
    }
  }

  /** What was set aside of a removed device goes with it. */
  forget(device: string): void {
    try {
      if (!existsSync(this.file)) return;
      const tag = tagValue(device);
      const lines = readFileSync(this.file, 'utf8').split('\n');
      const kept = lines.filter((line) => !isAbout(line, tag));
      if (kept.length < lines.length) this.#replace(kept);
    } catch {
      // A disk that is full: it is bounded all the same.
    }
  }

  #replace(lines: readonly string[]): void {
    writeFileSync(this.file, lines.join('\n'), { mode: 0o600 });
  }

  #halve(): void {
    const lines = readFileSync(this.file, 'utf8').split('\n');
    this.#replace(lines.slice(Math.floor(lines.length / 2)));
  }
}

/**
 * Whether a line of the file holds a reading or an event of this device. The tag ends where the next one or the fields begin. A
 * line that a full disk or a crash cut off, with the next one behind it, may be of anybody.
 */
function isAbout(entry: string, tag: string): boolean {
  const line = lineOf(entry);
  return line === undefined || [' ', ','].some((end) => line.includes(`,device=${tag}${end}`));
}

/** Empty where the entry has none; undefined for one that cannot be read. */
function lineOf(entry: string): string | undefined {
  if (entry === '') return '';
  try {
    return (JSON.parse(entry) as { line?: string }).line ?? '';
  } catch {
    return undefined;
  }
}
