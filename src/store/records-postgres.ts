import { setImmediate as pause } from 'node:timers/promises';
import { Kysely } from 'kysely';
import { DatabaseError } from 'pg';
import type { Notice } from '../model/notice.ts';
import { chineseOfMessage } from '../model/system-words.ts';
import { TextError } from '../model/text.ts';
import {
  type Checkpoint,
  type CommitBatch,
  type CommitResult,
  type RecordRetention,
  type RecordStore,
  RecordsAway,
  type RecordsTaken,
  type RecordsWentBack,
  type Recovery,
  type StreamEvent,
  type SubjectRow,
} from '../ports/records.ts';
import { tellingBlockers } from './postgres/blockers.ts';
import { holderName, isConnectionLoss, type PostgresOptions, schemaOf } from './postgres/client.ts';
import { OwnerRefuses, PostgresCommit, writeSubjects } from './postgres/commit.ts';
import { type Ask, OwnerConnection, type OwnerLogger, type OwnerState } from './postgres/owner.ts';
import { postgresDialect } from './postgres/pool.ts';
import { removeMeta, saveMeta } from './records/accounts.ts';
import { eachSubjectPage, readRegistryPages } from './records/bulk.ts';
import {
  type CopiedRecords,
  copyFromSqlite,
  copyToSqlite,
  emptyTables,
  isEmpty,
  type RowsTold,
} from './records/copy.ts';
import { isRemoval } from './records/forget.ts';
import { KyselyRecords } from './records/kysely-records.ts';
import { migrateRecords, POSTGRES_COLUMNS } from './records/migrations.ts';
import { ensureOwner } from './records/owner.ts';
import { dropJournal, readRecovery, saveCheckpoint } from './records/recovery.ts';
import { retainRecords } from './records/retain.ts';
import { type KeptRows, keptRows } from './records/rows.ts';
import type { RecordTables } from './records/schema.ts';
import { Together } from './records/together.ts';
import { TELLS_STEP } from './records/told-steps.ts';

export interface PostgresRecordsOptions extends PostgresOptions {
  /** How many raw rejections and stream events stay; those of LIMITS if absent. */
  readonly kept?: KeptRows;
  readonly logger?: OwnerLogger;
  /** Another process took the partition over, or the server has forgotten what was acknowledged: this one must stop. Called once. */
  readonly taken?: (error: RecordsTaken | RecordsWentBack) => void;
}

export interface LoadOptions {
  readonly replace: boolean;
  readonly told?: RowsTold | undefined;
}

export interface PostgresRecordStore extends RecordStore {
  /**
   * Takes over what stands in this SQLite database, whole or not at all. The store has to be opened anew afterwards.
   * @throws RecordsNotEmpty if something is stored here already and shall not be replaced
   */
  load(file: string, options: LoadOptions): Promise<CopiedRecords>;
  backup(file: string, told?: RowsTold): Promise<void>;
}

/** There are records where others were to be put. */
export class RecordsNotEmpty extends TextError {}

/** The records of one partition of homes in PostgreSQL, written by one process. */
export function postgresRecords(options: PostgresRecordsOptions): PostgresRecordStore {
  return new PostgresRecords(options);
}

/** Subjects whose state one statement stores. */
const SUBJECTS_PER_STEP = 500;
/** One statement may rewrite all cases. */
const MIGRATION_MS_MAX = 86_400_000;

interface OpenRecords {
  readonly owner: OwnerConnection;
  readonly kysely: Kysely<RecordTables>;
  readonly commit: PostgresCommit;
}

/** A commit whose answer did not come: it was done or not. */
interface Unsure {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly events: readonly StreamEvent[];
}

/** What the server itself refuses, with its address: a wrong password, a database that is not there. */
function refusedBy(url: string, error: unknown): unknown {
  if (!(error instanceof DatabaseError) || isConnectionLoss(error)) return error;
  const { host } = new URL(url);
  const zh = `${host} 上的 PostgreSQL 拒绝了我们：${chineseOfMessage(error.message)}`;
  return new TextError({ zh, en: `PostgreSQL at ${host} refuses us: ${error.message}` }, { cause: error });
}

class PostgresRecords extends KyselyRecords implements PostgresRecordStore {
  readonly #options: PostgresRecordsOptions;
  #state: OpenRecords | undefined;
  #unsure: Unsure | undefined;
  /** Results of one turn are one statement. */
  readonly #notices = new Together((all: readonly Notice[]) =>
    this.#owned((ask, state) => this.#open.commit.notices(ask, state, all)),
  );

  constructor(options: PostgresRecordsOptions) {
    super();
    this.#options = options;
  }

  async open(): Promise<void> {
    if (this.#state) throw new Error('the records are open already');
    const { partition, kept = keptRows(), logger = SILENT, taken = () => undefined } = this.#options;
    const owner = new OwnerConnection(this.#options, logger, taken);
    const kysely = new Kysely<RecordTables>({ dialect: postgresDialect(this.#options) });
    try {
      await owner.open(async () => {
        await tellingBlockers(kysely, holderName(partition), logger, () => this.#migrate(logger));
        await ensureOwner(kysely, partition);
      });
    } catch (error) {
      await kysely.destroy();
      throw refusedBy(this.#options.url, error);
    }
    this.#state = { owner, kysely, commit: new PostgresCommit(kept, () => owner.epoch) };
  }

  /** On a connection of its own: no answer that the service waits for takes as long as the cases of years. */
  async #migrate(logger: OwnerLogger): Promise<void> {
    const patient = { ...this.#options, statementMsMax: MIGRATION_MS_MAX };
    const kysely = new Kysely<RecordTables>({ dialect: postgresDialect(patient) });
    try {
      await migrateRecords(kysely, POSTGRES_COLUMNS, {
        schema: schemaOf(this.#options.partition),
        beginning: (step) => logger.warn(step, TELLS_STEP),
      });
    } finally {
      await kysely.destroy();
    }
  }

  async close(): Promise<void> {
    const state = this.#state;
    if (!state) return;
    await this.forgetting.end();
    this.#state = undefined;
    await state.owner.close();
    await state.kysely.destroy();
  }

  trouble(): string | undefined {
    return this.#open.owner.trouble;
  }

  get #open(): OpenRecords {
    if (!this.#state) throw new Error('the records are not open');
    return this.#state;
  }

  protected get db(): Kysely<RecordTables> {
    return this.#open.kysely;
  }

  /** Runs `work` on the connection that commits. That the row of the owner refuses it means: another process owns it now. */
  async #owned<T>(work: (ask: Ask, state: OwnerState) => Promise<T>): Promise<T> {
    const { owner } = this.#open;
    return owner.run((ask, state) => this.#unlessTaken(() => work(ask, state)));
  }

  async #ownedPatiently<T>(work: (ask: Ask, state: OwnerState) => Promise<T>): Promise<T> {
    const { owner } = this.#open;
    return owner.runPatiently((ask, state) => this.#unlessTaken(() => work(ask, state)));
  }

  async #unlessTaken<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof OwnerRefuses ? this.#open.owner.taken() : error;
    }
  }

  /** A transaction beside the connection that commits, of a process that still owns the partition. */
  async #fenced<T>(work: (trx: Kysely<RecordTables>) => Promise<T>): Promise<T> {
    const { owner, kysely } = this.#open;
    return this.#unlessTaken(() =>
      kysely.transaction().execute(async (trx) => {
        const held = await trx
          .selectFrom('owner')
          .select('epoch')
          .where('epoch', '=', owner.epoch)
          .forKeyShare()
          .executeTakeFirst();
        if (!held) throw new OwnerRefuses('another epoch has begun');
        return work(trx);
      }),
    );
  }

  async commit(batch: CommitBatch): Promise<CommitResult> {
    const { commit } = this.#open;
    return this.#ownedPatiently(async (ask, state) => {
      const done = this.#doneBefore(batch, state);
      // The server has it. Whether its replica has it too, where it must, shows when what is written after it is taken.
      if (done) await commit.confirm(ask, state);
      this.#unsure = undefined;
      if (done) return { events: done };
      if (batch.firstSeq !== state.lastSeq + 1 || batch.lastSeq < batch.firstSeq)
        throw new Error(`inputs ${batch.firstSeq} to ${batch.lastSeq} cannot follow ${state.lastSeq}`);
      const plan = await commit.plan(ask, state, batch.effects, batch.at);
      const events = plan?.events ?? [];
      try {
        await commit.batch(ask, state, batch, plan);
      } catch (error) {
        if (error instanceof RecordsAway)
          this.#unsure = { firstSeq: batch.firstSeq, lastSeq: batch.lastSeq, events };
        throw error;
      }
      if (batch.effects.some(isRemoval)) this.forgetting.begin();
      return { events };
    });
  }

  /** What a batch told whose answer was lost, if the server has it all the same. */
  #doneBefore(batch: CommitBatch, { lastSeq }: OwnerState): readonly StreamEvent[] | undefined {
    const unsure = this.#unsure;
    const isSame = unsure?.firstSeq === batch.firstSeq && unsure.lastSeq === batch.lastSeq;
    return isSame && lastSeq === batch.lastSeq ? unsure.events : undefined;
  }

  recover(): Promise<Recovery> {
    return readRecovery(this.db, eachSubjectPage(this.db));
  }

  async saveSubjects(rows: readonly SubjectRow[]): Promise<void> {
    for (let i = 0; i < rows.length; i += SUBJECTS_PER_STEP)
      await this.#owned((ask) =>
        writeSubjects(ask, this.#open.owner.epoch, rows.slice(i, i + SUBJECTS_PER_STEP)),
      );
  }

  completeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return this.#fenced((trx) => saveCheckpoint(trx, checkpoint));
  }

  trimJournal(seq: number): Promise<void> {
    return dropJournal(this.db, seq, pause, (work) => this.#fenced(work));
  }

  registry() {
    return readRegistryPages(this.db);
  }

  /** Whoever asks cannot wait for a server: all of it is read at once. */
  async registryInParts() {
    return { entries: await this.registry(), late: [].values() };
  }

  saveNotice(notice: Notice): Promise<StreamEvent> {
    return this.#notices.add(notice);
  }

  /** Handed over in one turn, they stand in one transaction. */
  saveNotices(notices: readonly Notice[]): Promise<StreamEvent[]> {
    return Promise.all(notices.map((notice) => this.saveNotice(notice)));
  }

  removeMeta(key: string): Promise<void> {
    return this.#fenced((trx) => removeMeta(trx, key));
  }

  saveMeta(key: string, value: string): Promise<void> {
    return this.#fenced((trx) => saveMeta(trx, key, value));
  }

  async retain(policy: RecordRetention, now: number) {
    await this.#owned(async (ask, { numbers }) => {
      await ask({
        text: 'update owner set last_event = $2, last_rejection = $3 where epoch = $1',
        values: [this.#open.owner.epoch, numbers.event, numbers.rejection],
      });
    });
    return retainRecords(this.db, policy, now, pause);
  }

  async backup(file: string, told?: RowsTold): Promise<void> {
    const { kysely } = this.#open;
    await kysely
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (snapshot) => {
        await copyToSqlite(snapshot, file, told);
      });
  }

  load(file: string, { replace, told }: LoadOptions): Promise<CopiedRecords> {
    return this.#fenced(async (trx) => {
      if (!replace && !(await isEmpty(trx)))
        throw new RecordsNotEmpty({
          zh: `PostgreSQL 中的分区 “${this.#options.partition}” 不是空的`,
          en: `the partition "${this.#options.partition}" in PostgreSQL is not empty`,
        });
      await emptyTables(trx);
      return copyFromSqlite(file, trx, told);
    });
  }
}

const SILENT: OwnerLogger = { info: () => undefined, warn: () => undefined };
