import { closeSync, constants, fsync, fsyncSync, openSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { copyPrivately } from '../../lib/make-folder.ts';
import { syncPath } from '../sqlite/sync.ts';
import { copyStep, type LogLife, lifeOf } from './wal.ts';

const syncFile = promisify(fsync);

/** How far a file has come in the archive: so many bytes of its segment of this number, 0 of 0 for the base alone. */
export interface Place {
  readonly segment: number;
  readonly bytes: number;
}

export const segmentName = (file: string, segment: number): string =>
  `${basename(file)}.${String(segment).padStart(6, '0')}.wal`;

/**
 * One database on its way into the archive: a base, then the write-ahead log in segments. While it is archived nobody
 * else carries the log over into the database, so the database file stands still between two carries and a plain copy
 * of it is a base.
 */
export class CopiedFile {
  readonly #file: string;
  readonly #db: DatabaseSync;
  #folder = '';
  #life: LogLife | undefined;
  #segment: number | undefined;
  #place: Place = { segment: 0, bytes: 0 };

  /** @param file a database that is open with `walPages: 0` */
  constructor(file: string) {
    this.#file = file;
    this.#db = new DatabaseSync(file, { timeout: 0 });
    // Without this its own reads could carry the log over before it is copied.
    this.#db.exec('PRAGMA wal_autocheckpoint = 0');
  }

  get place(): Place {
    return this.#place;
  }

  get file(): string {
    return this.#file;
  }

  get logFile(): string {
    return `${this.#file}-wal`;
  }

  /** Begins in a new folder with a copy of the database. */
  async begin(folder: string): Promise<void> {
    this.#endSegment();
    this.#folder = folder;
    this.#place = { segment: 0, bytes: 0 };
    const base = join(folder, basename(this.#file));
    await copyPrivately(this.#file, base, constants.COPYFILE_FICLONE);
    await syncPath(base);
  }

  /** Copies what was committed until now, and more; on the disk of the archive when it resolves. */
  async copy(): Promise<void> {
    while (this.#step()) await turn();
    if (this.#segment !== undefined) await syncFile(this.#segment);
  }

  /**
   * Carries the log over into the database, after the rest of it is copied: in one go, so that nothing is committed in
   * between. When a reader holds it, a later call does it.
   */
  carryOver(): void {
    while (this.#step());
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Lets go of what could not be copied: the log must not fill the disk. The archive has to begin anew. */
  giveUp(): void {
    this.#endSegment();
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.#endSegment();
    this.#db.close();
  }

  #step(): boolean {
    const log = openExisting(this.logFile);
    if (log === undefined) return false;
    try {
      const life = lifeOf(log);
      if (!life) return false;
      if (life.salts !== this.#life?.salts) this.#nextSegment(life);
      const { segment, bytes } = this.#place;
      const end = copyStep(log, life, this.#segment as number, bytes);
      this.#place = { segment, bytes: end };
      return end > bytes;
    } finally {
      closeSync(log);
    }
  }

  #nextSegment(life: LogLife): void {
    this.#endSegment();
    const segment = this.#place.segment + 1;
    this.#segment = openSync(join(this.#folder, segmentName(this.#file, segment)), 'wx', 0o600);
    this.#life = life;
    this.#place = { segment, bytes: 0 };
  }

  #endSegment(): void {
    if (this.#segment !== undefined) {
      fsyncSync(this.#segment);
      closeSync(this.#segment);
    }
    this.#segment = undefined;
    this.#life = undefined;
  }
}

function openExisting(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
