import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Text } from '../model/text.ts';
import type { Parts } from './load.ts';

interface Seen {
  /** Which file it is, how long, and of when: while that stands, nothing is read. */
  mark: string;
  readonly content: string;
}

/**
 * Files that are read at the start alone. Whoever writes a new telephone into one, and sees `check` content, would believe
 * that people are called there from now on.
 */
export class ConfigSinceStart {
  readonly #files = new Map<string, Seen>();
  readonly #logger: Logger;
  #told = '';

  constructor(files: readonly string[], logger: Logger) {
    this.#logger = logger;
    for (const file of files) this.#files.set(file, { mark: markOf(file), content: contentOf(file) });
  }

  static of({ loaded, rosters }: Pick<Parts, 'loaded' | 'rosters'>, logger: Logger): ConfigSinceStart {
    const { channels, notify, rosters: duty, models } = loaded.config.files;
    const { holidays } = rosters.file;
    const named = holidays === 'none' ? [] : [resolve(dirname(duty), holidays)];
    return new ConfigSinceStart(
      [join(loaded.dir, 'service.yaml'), channels, notify, duty, ...named, models],
      logger,
    );
  }

  /** Names of files whose content is another than at the start. */
  changed(): readonly string[] {
    const names = [...this.#files].filter(isAnother).map(([file]) => basename(file));
    if (names.join() !== this.#told && names.length > 0)
      this.#logger.warn({ files: names }, CHANGED_SINCE_START(names).en);
    this.#told = names.join();
    return names;
  }
}

export const CHANGED_SINCE_START = (names: readonly string[]): Text => ({
  zh: `启动后有改动、尚未生效：${names.join('、')}。请先运行 shouwang check，再重启服务`,
  en: `changed since the start, and not in force: ${names.join(', ')}. Run \`shouwang check\`, then start the service again`,
});

function isAnother([file, seen]: [string, Seen]): boolean {
  const mark = markOf(file);
  if (mark === seen.mark) return false;
  if (contentOf(file) !== seen.content) return true;
  // Written anew with what was in it: looked at no more until it is touched again.
  seen.mark = mark;
  return false;
}

function markOf(file: string): string {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats ? [stats.ino, stats.size, stats.mtimeNs, ...insideOf(file).map(markOf)].join(' ') : 'gone';
}

/** What cannot be read is told by whoever reads it at the next start. */
function contentOf(file: string): string {
  const hash = createHash('sha256');
  try {
    const inside = insideOf(file);
    for (const each of inside) hash.update(`${basename(each)} ${contentOf(each)}\n`);
    if (inside.length === 0) hash.update(readFileSync(file));
  } catch {
    return 'unread';
  }
  return hash.digest('hex');
}

/** The files of a folder: the models. */
function insideOf(file: string): string[] {
  if (!statSync(file, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(file)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(file, name));
}
