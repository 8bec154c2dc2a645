import { appendFile, open, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../lib/make-folder.ts';
import { LIMITS } from '../../model/limits.ts';
import type { ArchiveStatus } from '../../ports/service.ts';
import { dataFiles } from '../data-files.ts';
import { syncPath } from '../sqlite/sync.ts';
import { CopiedFile } from './copied-file.ts';
import { folderName, GENERATION_FILE, generationsOf, MARKS_FILE, type Mark, unfinishedIn } from './marks.ts';

export interface ArchiveOptions {
  /** Where the archive lies: better on another disk or machine than the data. */
  readonly folder: string;
  /** How often a new base is written, in milliseconds. */
  readonly baseEveryMs: number;
  /** How far back every instant can be restored, in milliseconds. */
  readonly keepMs: number;
  /** Bytes that are free on the disk of the archive; absent: as the system says, where it is another than that of the data. */
  readonly free?: () => number | undefined;
}

const FORMAT = 1;

/**
 * Copies everything that is committed into an archive, round by round: bases of both stores, and behind them the
 * write-ahead log. Each round ends with a mark that says which instant it reaches. The records go before the telemetry
 * in each round: the telemetry may know more than they do, but never lacks an input that they have dropped.
 */
export class Archiver {
  readonly #options: ArchiveOptions;
  readonly #records: CopiedFile;
  readonly #telemetry: CopiedFile;
  readonly #dataDir: string;
  #folder: string | undefined;
  #begunAt = 0;
  #reaches: number | undefined;
  #trouble: string | undefined;
  #begunAnew = 0;

  /** @param dataDir both stores in it are open, and held by nobody who carries their logs over */
  constructor(dataDir: string, options: ArchiveOptions) {
    this.#options = options;
    this.#dataDir = dataDir;
    const files = dataFiles(dataDir);
    this.#records = new CopiedFile(files.records);
    this.#telemetry = new CopiedFile(files.telemetry);
  }

  /** How it goes; `reaches` is the instant up to which everything acknowledged is in the archive. */
  status(): ArchiveStatus {
    return { reaches: this.#reaches, trouble: this.#trouble, begunAnew: this.#begunAnew };
  }

  /** One round. Does not throw: what is wrong stands in `status`, and the next round tries again. */
  async round(now: number): Promise<void> {
    try {
      const isDue = this.#folder === undefined || now - this.#begunAt >= this.#options.baseEveryMs;
      const lack = isDue ? await this.#lackOfRoom() : undefined;
      if (lack !== undefined && this.#folder === undefined) throw new Error(lack);
      // Behind the base that is there it goes on, and misses nothing meanwhile.
      if (isDue && lack === undefined) await this.#begin(now);
      else await this.#goOn(now);
      this.#trouble = lack;
      await this.#carryOverIfLarge();
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      // Where a segment ends is not known any more: the next round begins anew.
      this.#folder = undefined;
      await this.#giveUpIfTooLarge();
    }
  }

  /** The last round, and the end. */
  async close(now: number): Promise<void> {
    await this.round(now);
    this.#telemetry.close();
    this.#records.close();
  }

  async #begin(now: number): Promise<void> {
    this.#folder = undefined;
    const folder = join(this.#options.folder, folderName(now));
    try {
      await this.#base(folder, now);
    } catch (error) {
      // Else a disk that was full once would stay so, for what found no room on it.
      await this.#clearUnfinished().catch(() => undefined);
      throw error;
    }
    this.#folder = folder;
    this.#begunAt = now;
    this.#reaches = now;
    this.#begunAnew++;
    await this.#prune(now);
  }

  /** Both files as they are, and the first mark behind them. */
  async #base(folder: string, now: number): Promise<void> {
    await makeFolder(folder, 0o700);
    await this.#records.begin(folder);
    await this.#telemetry.begin(folder);
    const about = { format: FORMAT, begunAt: now };
    await this.#mark(folder, now);
    await writeFile(join(folder, GENERATION_FILE), `${JSON.stringify(about)}\n`, { mode: 0o600 });
    await syncPath(join(folder, GENERATION_FILE));
    await syncPath(folder);
    await syncPath(this.#options.folder);
  }

  /** Begun all the same it would fill that disk, and go, and fill it again with the next round, for as long as nobody looks. */
  async #lackOfRoom(): Promise<string | undefined> {
    // What a crash left of a base takes the room of the next one.
    await this.#clearUnfinished();
    const { free: asked, folder } = this.#options;
    const free = asked ? asked() : await freeElsewhere(folder, this.#dataDir);
    const files = [this.#records, this.#telemetry].flatMap(({ file, logFile }) => [file, logFile]);
    const needed = (await Promise.all(files.map(sizeOf))).reduce((sum, size) => sum + size, 0);
    if (free === undefined || free >= needed) return undefined;
    return `a base takes ${megabytes(needed)} MB, and ${megabytes(free)} MB are free on the disk of the archive`;
  }

  async #clearUnfinished(): Promise<void> {
    for (const folder of await unfinishedIn(this.#options.folder))
      await rm(folder, { recursive: true, force: true });
  }

  async #goOn(now: number): Promise<void> {
    await this.#mark(this.#folder as string, now);
    this.#reaches = now;
  }

  async #mark(folder: string, at: number): Promise<void> {
    await this.#records.copy();
    await this.#telemetry.copy();
    const mark: Mark = { at, records: this.#records.place, telemetry: this.#telemetry.place };
    await appendDurably(join(folder, MARKS_FILE), `${JSON.stringify(mark)}\n`);
  }

  async #carryOverIfLarge(): Promise<void> {
    for (const file of [this.#records, this.#telemetry])
      if ((await sizeOf(file.logFile)) > LIMITS.archiveLogBytesCarried) file.carryOver();
  }

  /** An archive that cannot be written must not end the service by filling the disk of the data. */
  async #giveUpIfTooLarge(): Promise<void> {
    for (const file of [this.#records, this.#telemetry])
      if ((await sizeOf(file.logFile)) > LIMITS.archiveLogBytesMax) file.giveUp();
  }

  /** Goes when the one after it reaches as far back as is asked for; the newest always stays. */
  async #prune(now: number): Promise<void> {
    const generations = await generationsOf(this.#options.folder);
    const needed = generations.findLastIndex(
      ({ marks }) => (marks[0]?.at ?? 0) <= now - this.#options.keepMs,
    );
    const surplus = generations.length - LIMITS.archiveGenerationsMax;
    for (const { folder } of generations.slice(0, Math.max(needed, surplus, 0)))
      await rm(folder, { recursive: true, force: true });
  }
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);

/** On the disk of the data itself a copy may take no room at all (a file system that shares what is alike). */
async function freeElsewhere(folder: string, dataDir: string): Promise<number | undefined> {
  try {
    // Nothing waits in the loop that watches people: this may be a share that hangs.
    const [there, here] = await Promise.all([stat(folder), stat(dataDir)]);
    return there.dev === here.dev ? undefined : freeOf(await statfs(folder));
  } catch {
    return undefined;
  }
}

/** A disk of no size does not say (many that a program mounts: sshfs to some servers, storage in a cloud): it is tried. */
export const freeOf = (disk: { blocks: number; bavail: number; bsize: number }): number | undefined =>
  disk.blocks === 0 ? undefined : disk.bavail * disk.bsize;

async function appendDurably(file: string, line: string): Promise<void> {
  await appendFile(file, line, { mode: 0o600 });
  const handle = await open(file, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found?.size ?? 0;
}
