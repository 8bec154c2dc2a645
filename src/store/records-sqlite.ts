import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as pause } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { DEFAULT_MIGRATION_TABLE } from 'kysely/migration';
import type { Logger } from 'pino';
import type { Notice } from '../model/notice.ts';
import type {
  Checkpoint,
  CommitBatch,
  CommitResult,
  RecordRetention,
  RecordStore,
  StreamEvent,
  SubjectRow,
} from '../ports/records.ts';
import { removeMeta, saveMeta } from './records/accounts.ts';
import { eachSubject, readRegistry, readRegistryInParts } from './records/bulk-sqlite.ts';
import { SqliteCommit } from './records/commit-sqlite.ts';
import { isRemoval } from './records/forget.ts';
import { KyselyRecords } from './records/kysely-records.ts';
import { migrateRecords, recordMigrations, SQLITE_COLUMNS } from './records/migrations.ts';
import { beginEpoch, ensureOwner, ONLY_PARTITION } from './records/owner.ts';
import { dropJournal, findLastSeq, readRecovery, saveCheckpoint } from './records/recovery.ts';
import { retainRecords } from './records/retain.ts';
import { type KeptRows, keptRows } from './records/rows.ts';
import type { RecordTables } from './records/schema.ts';
import { Together } from './records/together.ts';
import { TELLS_STEP } from './records/told-steps.ts';
import { nodeSqliteDialect } from './sqlite/dialect.ts';
import { cutLog, named, openSqliteFile, type SqliteFile, transaction } from './sqlite/file.ts';
import { copySqliteFile } from './sqlite/side-work.ts';
import { Turn } from './sqlite/turn.ts';
import { wipeFreed, wipingSlowly } from './sqlite/wipe.ts';

export interface SqliteRecordsOptions {
  readonly file: string;
  /** An archiver copies the write-ahead log, and carries it over itself. */
  readonly archived?: boolean;
  /** How many raw rejections and stream events stay; those of LIMITS if absent. */
  readonly kept?: KeptRows;
  readonly logger?: Pick<Logger, 'warn'>;
}

/** The records in one SQLite file, held by one process. What this adapter has of its own is the hot path: `commit`. */
export function sqliteRecords(options: SqliteRecordsOptions): RecordStore {
  return new SqliteRecords(options);
}

/** Subjects whose state one transaction stores; more are stored in several. */
const SUBJECTS_PER_STEP = 500;

interface OpenRecords {
  readonly file: SqliteFile;
  readonly db: DatabaseSync;
  readonly turn: Turn;
  readonly kysely: Kysely<RecordTables>;
  readonly commit: SqliteCommit;
  /** The last input in the journal. */
  lastSeq: number;
}

class SqliteRecords extends KyselyRecords implements RecordStore {
  readonly #options: SqliteRecordsOptions;
  #state: OpenRecords | undefined;
  /** Results of one turn share one fsync. */
  readonly #notices = new Together((all: readonly Notice[]) =>
    this.#direct(({ db, commit }) => transaction(db, () => all.map((notice) => commit.saveNotice(notice)))),
  );

  constructor(options: SqliteRecordsOptions) {
    super();
    this.#options = options;
  }

  async open(): Promise<void> {
    if (this.#state) throw new Error('the records are open already');
    const file = openSqliteFile(this.#options.file, this.#options.archived ? { walPages: 0 } : {});
    try {
      this.#state = await this.#prepare(file);
    } catch (error) {
      file.close();
      throw named(this.#options.file, error);
    }
  }

  async #prepare(file: SqliteFile): Promise<OpenRecords> {
    const { db } = file;
    const turn = new Turn();
    const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(db, turn) });
    const { logger } = this.#options;
    if (!isMigrated(db))
      await migrateRecords(kysely, SQLITE_COLUMNS, { beginning: (step) => logger?.warn(step, TELLS_STEP) });
    await ensureOwner(kysely, ONLY_PARTITION);
    await beginEpoch(kysely, `${hostname()}:${process.pid}`);
    const lastSeq = await findLastSeq(kysely);
    return {
      file,
      db,
      turn,
      kysely,
      commit: new SqliteCommit(db, this.#options.kept ?? keptRows()),
      lastSeq,
    };
  }

  async close(): Promise<void> {
    const state = this.#state;
    if (!state) return;
    await this.forgetting.end();
    this.#state = undefined;
    await state.turn.take();
    await state.kysely.destroy();
    state.file.close();
  }

  /** The file is there or is not: what stands in the way of a commit shows when one is tried. */
  trouble(): undefined {
    return undefined;
  }

  get #open(): OpenRecords {
    if (!this.#state) throw new Error('the records are not open');
    return this.#state;
  }

  protected get db(): Kysely<RecordTables> {
    return this.#open.kysely;
  }

  /** Runs `work` on the connection itself, when it is its turn. */
  async #direct<T>(work: (state: OpenRecords) => T): Promise<T> {
    const { turn } = this.#open;
    const wait = turn.take();
    if (wait) await wait;
    try {
      return work(this.#open);
    } finally {
      turn.give();
    }
  }

  commit(batch: CommitBatch): Promise<CommitResult> {
    return this.#direct((state) => {
      if (batch.firstSeq !== state.lastSeq + 1 || batch.lastSeq < batch.firstSeq)
        throw new Error(`inputs ${batch.firstSeq} to ${batch.lastSeq} cannot follow ${state.lastSeq}`);
      const events = commitBatch(state, batch);
      state.lastSeq = batch.lastSeq;
      if (batch.effects.some(isRemoval)) this.forgetting.begin();
      return { events };
    });
  }

  recover() {
    const { db } = this.#open;
    return readRecovery(this.db, eachSubject(db));
  }

  async saveSubjects(rows: readonly SubjectRow[]): Promise<void> {
    for (let i = 0; i < rows.length; i += SUBJECTS_PER_STEP) {
      if (i > 0) await pause();
      await this.#direct(({ db, commit }) =>
        transaction(db, () => commit.subjects(rows.slice(i, i + SUBJECTS_PER_STEP))),
      );
    }
  }

  completeCheckpoint(checkpoint: Checkpoint) {
    return saveCheckpoint(this.db, checkpoint);
  }

  trimJournal(seq: number) {
    return dropJournal(this.db, seq, pause);
  }

  registry() {
    return this.#direct(({ db }) => readRegistry(db));
  }

  registryInParts() {
    return this.#direct(({ db }) => readRegistryInParts(db));
  }

  saveNotice(notice: Notice): Promise<StreamEvent> {
    return this.#notices.add(notice);
  }

  /** Handed over in one turn, they stand in one transaction. */
  saveNotices(notices: readonly Notice[]): Promise<StreamEvent[]> {
    return Promise.all(notices.map((notice) => this.saveNotice(notice)));
  }

  removeMeta(key: string) {
    return removeMeta(this.db, key);
  }

  saveMeta(key: string, value: string) {
    return saveMeta(this.db, key, value);
  }

  async retain(policy: RecordRetention, now: number) {
    const deleted = await retainRecords(this.db, policy, now, pause);
    const { db } = this.#open;
    const write = (work: () => void): Promise<void> => this.#direct(() => transaction(db, work));
    await wipeFreed({ db, write, pause: this.#options.archived ? wipingSlowly : pause });
    if (!this.#options.archived) await this.#direct(cutLog);
    return deleted;
  }

  async backup(to: string): Promise<void> {
    await copySqliteFile(this.#open.file.path, to);
  }
}

/**
 * Have these very migrations been done? Then nothing is asked of the migrator, which takes longer than all else that opens
 * the file. Any other list is its matter: it also refuses what a later version has left.
 */
function isMigrated(db: DatabaseSync): boolean {
  const isThere = db.prepare("select 1 from sqlite_master where type = 'table' and name = ?");
  if (!isThere.get(DEFAULT_MIGRATION_TABLE)) return false;
  const done = db.prepare(`select name from ${DEFAULT_MIGRATION_TABLE} order by name`).all();
  return done.map(({ name }) => name).join() === Object.keys(recordMigrations(SQLITE_COLUMNS)).sort().join();
}

/** A batch that only carries readings is one row and one fsync; anything more is a transaction around it. */
function commitBatch({ db, commit }: OpenRecords, batch: CommitBatch): StreamEvent[] {
  if (batch.effects.length === 0 && batch.subjects.length === 0) {
    commit.journal(batch);
    return [];
  }
  return transaction(db, () => {
    commit.journal(batch);
    commit.subjects(batch.subjects);
    return commit.effects(batch.effects, batch.at);
  });
}
