import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as pause } from 'node:timers/promises';
import { Kysely } from 'kysely';
import type { Notice } from '../model/notice.ts';
import type {
  AlertFilter,
  CaseFilter,
  Checkpoint,
  CommitBatch,
  CommitResult,
  IdempotentAnswer,
  NoticeFilter,
  PageRequest,
  RecordRetention,
  RecordStore,
  Session,
  StreamEvent,
  SubjectRow,
  User,
} from '../ports/records.ts';
import * as accounts from './records/accounts.ts';
import { eachSubject, readRegistry } from './records/bulk-sqlite.ts';
import { type KeptRows, keptRows, SqliteCommit } from './records/commit-sqlite.ts';
import * as findings from './records/findings.ts';
import { migrateRecords, SQLITE_COLUMNS } from './records/migrations.ts';
import * as notices from './records/notices.ts';
import { dropJournal, findLastSeq, readRecovery, saveCheckpoint } from './records/recovery.ts';
import { retainRecords } from './records/retain.ts';
import type { RecordTables } from './records/schema.ts';
import * as stream from './records/stream.ts';
import { nodeSqliteDialect } from './sqlite/dialect.ts';
import { openSqliteFile, type SqliteFile, transaction } from './sqlite/file.ts';
import { copySqliteFile } from './sqlite/side-work.ts';
import { Turn } from './sqlite/turn.ts';

export interface SqliteRecordsOptions {
  readonly file: string;
  /** An archiver copies the write-ahead log, and carries it over itself. */
  readonly archived?: boolean;
  /** How many raw rejections and stream events stay; those of LIMITS if absent. */
  readonly kept?: KeptRows;
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

class SqliteRecords implements RecordStore {
  readonly #options: SqliteRecordsOptions;
  #state: OpenRecords | undefined;
  #noticesToSave: { readonly all: Notice[]; readonly saved: Promise<StreamEvent[]> } | undefined;

  constructor(options: SqliteRecordsOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    if (this.#state) throw new Error('the records are open already');
    const file = openSqliteFile(this.#options.file, this.#options.archived ? { walPages: 0 } : {});
    try {
      this.#state = await this.#prepare(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async #prepare(file: SqliteFile): Promise<OpenRecords> {
    const { db } = file;
    const turn = new Turn();
    const kysely = new Kysely<RecordTables>({ dialect: nodeSqliteDialect(db, turn) });
    await migrateRecords(kysely, SQLITE_COLUMNS);
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
    this.#state = undefined;
    await state.turn.take();
    await state.kysely.destroy();
    state.file.close();
  }

  get #open(): OpenRecords {
    if (!this.#state) throw new Error('the records are not open');
    return this.#state;
  }

  get #db(): Kysely<RecordTables> {
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
      return { events };
    });
  }

  recover() {
    const { db } = this.#open;
    return readRecovery(this.#db, eachSubject(db));
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
    return saveCheckpoint(this.#db, checkpoint);
  }

  trimJournal(seq: number) {
    return dropJournal(this.#db, seq, pause);
  }

  registry() {
    return this.#direct(({ db }) => readRegistry(db));
  }

  alerts(filter: AlertFilter, page: PageRequest) {
    return findings.listAlerts(this.#db, filter, page);
  }

  alert(id: string) {
    return findings.findAlert(this.#db, id);
  }

  cases(filter: CaseFilter, page: PageRequest) {
    return findings.listCases(this.#db, filter, page);
  }

  case(id: string) {
    return findings.findCase(this.#db, id);
  }

  caseEntries(id: string) {
    return findings.listCaseEntries(this.#db, id);
  }

  counts(paths: readonly string[]) {
    return findings.countOpen(this.#db, paths);
  }

  notices(filter: NoticeFilter, page: PageRequest) {
    return notices.listNotices(this.#db, filter, page);
  }

  notice(id: string) {
    return notices.findNotice(this.#db, id);
  }

  dueNotices(now: number, limit: number, except: readonly string[] = []) {
    return notices.listDueNotices(this.#db, now, limit, except);
  }

  nextNoticeAt(except: readonly string[] = []) {
    return notices.earliestNoticeAt(this.#db, except);
  }

  /** An alert tells several people at once: results that come in one turn of the event loop share one fsync. */
  async saveNotice(notice: Notice): Promise<StreamEvent> {
    const notices = this.#noticesToSave ?? { all: [], saved: this.#saveNotices() };
    this.#noticesToSave = notices;
    const place = notices.all.push(notice) - 1;
    return (await notices.saved)[place] as StreamEvent;
  }

  async #saveNotices(): Promise<StreamEvent[]> {
    await pause();
    const { all } = this.#noticesToSave as { all: Notice[] };
    this.#noticesToSave = undefined;
    return this.#direct(({ db, commit }) =>
      transaction(db, () => all.map((notice) => commit.saveNotice(notice))),
    );
  }

  rejections(filter: Parameters<RecordStore['rejections']>[0], page: PageRequest) {
    return stream.listRejections(this.#db, filter, page);
  }

  rejectionCounts() {
    return stream.listRejectionCounts(this.#db);
  }

  events(after: number, paths: readonly string[], limit: number) {
    return stream.listEvents(this.#db, after, paths, limit);
  }

  eventSpan() {
    return stream.spanOfEvents(this.#db);
  }

  users() {
    return accounts.listUsers(this.#db);
  }

  user(id: string) {
    return accounts.findUser(this.#db, id);
  }

  saveUser(user: User) {
    return accounts.saveUser(this.#db, user);
  }

  removeUser(id: string) {
    return accounts.removeUser(this.#db, id);
  }

  saveSession(session: Session) {
    return accounts.saveSession(this.#db, session);
  }

  session(tokenHash: string) {
    return accounts.findSession(this.#db, tokenHash);
  }

  sessions(user: string) {
    return accounts.listSessions(this.#db, user);
  }

  removeSession(tokenHash: string) {
    return accounts.removeSession(this.#db, tokenHash);
  }

  idempotent(key: string) {
    return accounts.findAnswer(this.#db, key);
  }

  saveIdempotent(answer: IdempotentAnswer) {
    return accounts.saveAnswer(this.#db, answer);
  }

  meta(key: string) {
    return accounts.findMeta(this.#db, key);
  }

  saveMeta(key: string, value: string) {
    return accounts.saveMeta(this.#db, key, value);
  }

  retain(policy: RecordRetention, now: number) {
    return retainRecords(this.#db, policy, now, pause);
  }

  async backup(to: string): Promise<void> {
    await copySqliteFile(this.#open.file.path, to);
  }
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
