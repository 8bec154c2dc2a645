import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Text } from '../model/text.ts';
import type { Parts } from './load.ts';
import { isModelFile } from './operator-models.ts';

interface Seen {
  /** Which file it is, how long, and of when: while that stands, nothing is read. */
  mark: string;
  /** Undefined: nobody could read it. */
  readonly content: string | undefined;
}

const GONE = 'gone';

/**
 * Files that are read at the start alone. Whoever writes a new telephone into one, and sees `check` content, would believe
 * that people are called there from now on.
 *
 * Nothing here waits for a disk, and nothing throws: they may lie on a share that hangs, and people are watched meanwhile.
 */
export class ConfigSinceStart {
  readonly #files: ReadonlyMap<string, Seen>;
  readonly #logger: Logger;
  #names: readonly string[] = [];
  #looking: Promise<readonly string[]> | undefined;

  private constructor(files: ReadonlyMap<string, Seen>, logger: Logger) {
    this.#files = files;
    this.#logger = logger;
  }

  static async from(files: readonly string[], logger: Logger): Promise<ConfigSinceStart> {
    const seen = files.map(
      async (file) => [file, { mark: await markOf(file), content: await contentOf(file) }] as const,
    );
    return new ConfigSinceStart(new Map(await Promise.all(seen)), logger);
  }

  static of(
    { loaded, rosters }: Pick<Parts, 'loaded' | 'rosters'>,
    logger: Logger,
  ): Promise<ConfigSinceStart> {
    const { channels, notify, rosters: duty, models } = loaded.config.files;
    const { holidays } = rosters.file;
    const named = holidays === 'none' ? [] : [resolve(dirname(duty), holidays)];
    return ConfigSinceStart.from(
      [join(loaded.dir, 'service.yaml'), channels, notify, duty, ...named, models],
      logger,
    );
  }

  /** Names of files whose content was another than at the start when they were looked at last; they are looked at again. */
  changed(): readonly string[] {
    void this.look();
    return this.#names;
  }

  /** Looks at them, one look at a time. */
  look(): Promise<readonly string[]> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<readonly string[]> {
    const files = await Promise.all(
      [...this.#files].map(async ([file, seen]) => ((await isAnother(file, seen)) ? [basename(file)] : [])),
    );
    const names = files.flat();
    if (names.join() !== this.#names.join() && names.length > 0)
      this.#logger.warn({ files: names }, CHANGED_SINCE_START(names).en);
    this.#names = names;
    return names;
  }
}

export const CHANGED_SINCE_START = (names: readonly string[]): Text => ({
  zh: `启动后有改动、尚未生效：${names.join('、')}。请先运行 shouwang check，再重启服务`,
  en: `changed since the start, and not in force: ${names.join(', ')}. Run \`shouwang check\`, then start the service again`,
});

async function isAnother(file: string, seen: Seen): Promise<boolean> {
  const mark = await markOf(file);
  if (mark === seen.mark) return false;
  const content = await contentOf(file);
  // What cannot be read is told by whoever reads it at the next start.
  if (content === undefined || seen.content === undefined) return false;
  if (content !== seen.content) return true;
  // Written anew with what was in it: looked at no more until it is touched again.
  seen.mark = mark;
  return false;
}

async function markOf(file: string): Promise<string> {
  const marks = [file, ...(await modelsIn(file).catch(() => []))].map(async (each) => {
    const stats = await stat(each, { bigint: true }).catch(() => undefined);
    return stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : GONE;
  });
  return (await Promise.all(marks)).join(' ');
}

/** Undefined where a file or folder is there and cannot be read: of that it is not known whether it is another. */
async function contentOf(file: string): Promise<string | undefined> {
  try {
    const stats = await stat(file);
    if (stats.isFile()) return hashOf(await readFile(file));
    const models = await modelsIn(file);
    // A folder without a model says as much as none.
    if (models.length === 0) return GONE;
    return hashOf((await Promise.all(models.map(modelLine))).join(''));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? GONE : undefined;
  }
}

const modelLine = async (file: string): Promise<string> =>
  `${basename(file)} ${hashOf(await readFile(file))}\n`;

const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The files that are read of a folder: the models. What else lies there, a copy of an editor or a folder, counts for nothing. */
const modelsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter(isModelFile)
    .sort()
    .map((name) => join(folder, name));
