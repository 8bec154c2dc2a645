import { setTimeout as pause } from 'node:timers/promises';
import { Client, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import type { Logger } from 'pino';
import { RecordsAway, RecordsTaken, RecordsWentBack } from '../../ports/records.ts';
import type { Numbers } from '../records/plan.ts';
import { TRIMMED_SEQ } from '../records/recovery.ts';
import { Turn } from '../sqlite/turn.ts';
import {
  answerMsMax,
  awayFor,
  clientConfig,
  holderName,
  isConnectionLoss,
  type PostgresOptions,
  STATEMENT_MS_MAX,
  schemaOf,
  tlsRefusal,
} from './client.ts';
import { Patience } from './patience.ts';
import { checkServer, refuseReadOnly } from './server-check.ts';

export type OwnerLogger = Pick<Logger, 'info' | 'warn'>;

/** Where the partition stands, as of the last thing this process knows to be written. */
export interface OwnerState {
  lastSeq: number;
  /** Up to where it is known that it stays: what the server has beyond that, its replica may lack, and nobody was told of it. */
  sureSeq: number;
  numbers: Numbers;
}

/** Asks the server over the connection of the owner. */
export type Ask = <R extends QueryResultRow>(query: QueryConfig) => Promise<QueryResult<R>>;

interface Session {
  readonly client: Client;
  /** The process of the server that serves this connection and holds the lock. */
  readonly backend: number;
  readonly state: OwnerState;
  /** How long a statement may take here at present, in milliseconds. */
  statementMsMax: number;
}

const RETRY_MS_FIRST = 50;
const RETRY_MS_MAX = 2_000;
/** Whoever wants to write waits so long for the connection to come back before it is told that there is none. */
const PATIENCE_MS = 1_000;
/** A predecessor that was killed is noticed by the server a moment later. */
const LOCK_PATIENCE_MS = 3_000;
const LOCK_POLL_MS = 50;
/** A peer that says nothing is given up after this time, also with data under way. */
const SILENCE_MS_MAX = 25_000;

/**
 * The one connection over which a partition is written. It holds the lock of the partition for as long as it lives, so
 * that no second process writes; and every write names the epoch under which this process took the partition, so that
 * one that lost the lock without noticing is refused by the row itself. When the connection dies it is made anew, under
 * the same epoch, unless another has taken over: then this process has to stop.
 */
export class OwnerConnection {
  readonly #options: PostgresOptions;
  readonly #logger: OwnerLogger;
  readonly #lost: (error: RecordsTaken | RecordsWentBack) => void;
  readonly #turn = new Turn();
  readonly #closing = new AbortController();
  readonly #statementMsMax: number;
  readonly #patience: Patience;
  #session: Session | undefined;
  #reattaching: Promise<void> | undefined;
  /** Why this process has to stop. */
  #taken: RecordsTaken | RecordsWentBack | undefined;
  /** The last input that is known to be written. */
  #writtenSeq = 0;
  #lastBackend: number | undefined;
  /** Why there is no connection. */
  trouble: string | undefined;
  epoch = 0;

  constructor(
    options: PostgresOptions,
    logger: OwnerLogger,
    lost: (error: RecordsTaken | RecordsWentBack) => void,
  ) {
    this.#options = options;
    this.#logger = logger;
    this.#lost = lost;
    this.#statementMsMax = options.statementMsMax ?? STATEMENT_MS_MAX;
    this.#patience = new Patience(this.#statementMsMax);
  }

  /**
   * Takes the lock, runs `prepare` under it (tables are made there), and begins a new epoch.
   * @throws RecordsTaken if another process holds the lock; RecordsAway if the server cannot be reached
   */
  async open(prepare: () => Promise<void>): Promise<void> {
    const client = await this.#connect().catch((error: Error) => {
      throw tlsRefusal(this.#options.url, error) ?? (isConnectionLoss(error) ? awayFor(error) : error);
    });
    try {
      await checkServer(client, this.#logger);
      await refuseReadOnly(client);
      await client.query(`create schema if not exists "${schemaOf(this.#options.partition)}"`);
      await this.#lock(client);
      await prepare();
      this.epoch = await this.#beginEpoch(client);
      await this.#hold(client);
    } catch (error) {
      await end(client);
      throw error;
    }
  }

  /** Runs `work` on the connection, one after the other. A connection that dies meanwhile is made anew for the next. */
  run<T>(work: (ask: Ask, state: OwnerState) => Promise<T>): Promise<T> {
    return this.#inTurn(work, () => this.#statementMsMax);
  }

  /** The same for what will be tried until it is done, as large as it is. */
  runPatiently<T>(work: (ask: Ask, state: OwnerState) => Promise<T>): Promise<T> {
    return this.#inTurn(
      async (ask, state) => {
        try {
          const done = await work(ask, state);
          this.#patience.done();
          return done;
        } catch (error) {
          throw this.#patience.failed(error);
        }
      },
      () => this.#patience.ms,
    );
  }

  async #inTurn<T>(
    work: (ask: Ask, state: OwnerState) => Promise<T>,
    statementMsMax: () => number,
  ): Promise<T> {
    const wait = this.#turn.take();
    if (wait) await wait;
    try {
      const session = await this.#present();
      await this.#allow(session, statementMsMax());
      return await work((query) => this.#ask(session, query), session.state);
    } finally {
      this.#turn.give();
    }
  }

  async #allow(session: Session, ms: number): Promise<void> {
    if (session.statementMsMax === ms) return;
    await this.#ask(session, { text: `set statement_timeout = ${ms}` });
    session.statementMsMax = ms;
  }

  async #ask<R extends QueryResultRow>(session: Session, query: QueryConfig): Promise<QueryResult<R>> {
    // `pg` takes it for a single query as well; its types do not say so.
    const timed = { ...query, query_timeout: answerMsMax(session.statementMsMax) };
    try {
      return await session.client.query<R>(timed);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      this.#drop(session, error as Error);
      throw awayFor(error as Error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const wait = this.#turn.take();
    if (wait) await wait;
    await this.#reattaching;
    const session = this.#session;
    this.#session = undefined;
    if (session) await end(session.client);
  }

  /** Another process writes now. This one is told so on everything that it tries from here on. */
  taken(): Error {
    const { partition } = this.#options;
    return this.#mustStop(
      new RecordsTaken({
        zh: `另一个进程已接管分区 “${partition}”：本进程属于纪元 ${this.epoch}，必须停止`,
        en: `another process has taken over the partition "${partition}": this one was epoch ${this.epoch} and must stop`,
      }),
    );
  }

  /** @param lastSeq up to which the server knows the inputs */
  #wentBack(lastSeq: number): Error {
    return this.#mustStop(
      new RecordsWentBack({
        zh: `PostgreSQL 只记到第 ${lastSeq} 条输入，而第 ${this.#writtenSeq} 条已确认写入（落后的副本接管，或服务器从备份恢复）：本进程必须停止，重新启动后从服务器现有的内容继续；其后的内容已丢失`,
        en: `PostgreSQL knows the inputs up to ${lastSeq} only, and they were acknowledged up to ${this.#writtenSeq} (a replica that was behind took over, or a backup was restored): this process must stop, and its next start goes on from what is there; what came after that is lost`,
      }),
    );
  }

  #mustStop(why: RecordsTaken | RecordsWentBack): Error {
    if (this.#taken) return this.#taken;
    this.#taken = why;
    this.trouble = why.message;
    this.#lost(why);
    return why;
  }

  async #present(): Promise<Session> {
    if (!this.#session && this.#reattaching)
      await Promise.race([this.#reattaching, pause(PATIENCE_MS, undefined, { ref: false })]);
    if (this.#taken) throw this.#taken;
    if (!this.#session) throw new RecordsAway(this.trouble ?? 'the connection to PostgreSQL is closed');
    return this.#session;
  }

  #drop(session: Session, error: Error): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#lastBackend = session.backend;
    this.#writtenSeq = session.state.sureSeq;
    this.trouble = `PostgreSQL is away: ${error.message}`;
    void end(session.client);
    if (this.#closing.signal.aborted) return;
    this.#logger.warn({ err: error }, 'the connection to PostgreSQL was lost; it is made anew');
    this.#reattaching = this.#reattach().finally(() => {
      this.#reattaching = undefined;
    });
  }

  async #reattach(): Promise<void> {
    for (
      let waitMs = RETRY_MS_FIRST;
      !this.#closing.signal.aborted;
      waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)
    ) {
      try {
        await this.#attach();
        this.trouble = undefined;
        this.#logger.info('the connection to PostgreSQL stands again');
        return;
      } catch (error) {
        if (this.#taken) return;
        this.trouble = error instanceof RecordsAway ? error.message : awayFor(error as Error).message;
      }
      await pause(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  /** The lock again, under the old epoch. What the former connection still had under way is over once we hold it. */
  async #attach(): Promise<void> {
    const client = await this.#connect();
    try {
      await refuseReadOnly(client);
      await this.#lock(client);
      await this.#hold(client);
    } catch (error) {
      await end(client);
      throw error;
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client(clientConfig(this.#options, COMMITTING));
    // Told again by whoever uses it; without a listener it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    // A server on a system that does not know this setting refuses it; it has the others.
    await client.query(`set tcp_user_timeout = ${SILENCE_MS_MAX}`).catch(() => undefined);
    return client;
  }

  async #lock(client: Client): Promise<void> {
    const name = `shouwang records ${schemaOf(this.#options.partition)}`;
    for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
      const { rows } = await client.query<{ got: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
        [name],
      );
      if (rows[0]?.got) return;
      const holder = await this.#holder(client, name);
      if (this.epoch > 0) await this.#refuseOldEpoch(client);
      // The server has not noticed yet that our former connection is dead.
      if (holder && holder.pid === this.#lastBackend)
        await client.query('select pg_terminate_backend($1)', [holder.pid]);
      if (waitedMs >= LOCK_PATIENCE_MS) throw this.#inUse(holder);
      await pause(LOCK_POLL_MS);
    }
  }

  #inUse(holder: Holder | undefined): RecordsTaken {
    const { partition } = this.#options;
    const by = holder ? ` by ${holder.name} since ${holder.since}` : '';
    const zhBy = holder ? `${holder.name}（自 ${holder.since}）` : '另一个进程';
    return new RecordsTaken({
      zh: `PostgreSQL 中的分区 “${partition}” 正被${holder ? ' ' : ''}${zhBy}使用。服务是否已在其上运行？同一时间只能有一个进程。`,
      en:
        `the partition "${partition}" in PostgreSQL is in use${by}. Is the service already running on it? ` +
        'Only one process may hold it.',
    });
  }

  async #holder(client: Client, name: string): Promise<Holder | undefined> {
    const { rows } = await client.query<Holder>(
      `select a.pid, a.application_name as name, to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC') as since
        from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and (l.classid::bigint << 32) | l.objid::bigint = hashtextextended($1, 0)`,
      [name],
    );
    return rows[0];
  }

  async #beginEpoch(client: Client): Promise<number> {
    await client.query('begin');
    // Waits for whatever an owner of before still has under way.
    await client.query('select 1 from owner for update');
    const { rows } = await client.query<{ epoch: number }>(
      'update owner set epoch = epoch + 1, holder = $1 returning epoch',
      [holderName(this.#options.partition)],
    );
    await client.query('commit');
    const epoch = rows[0]?.epoch;
    if (epoch === undefined) throw new Error('the partition has no owner row');
    return epoch;
  }

  async #hold(client: Client): Promise<void> {
    const { rows } = await client.query<Record<string, number>>(HELD);
    const [row] = rows;
    if (row?.['epoch'] !== this.epoch) throw this.taken();
    const { backend = 0, last_seq = 0, last_case = 0, last_event = 0, last_rejection = 0 } = row;
    if (last_seq < this.#writtenSeq) throw this.#wentBack(last_seq);
    const session: Session = {
      client,
      backend,
      statementMsMax: this.#statementMsMax,
      state: {
        lastSeq: last_seq,
        // At the first connection an epoch was written behind it.
        sureSeq: this.#lastBackend === undefined ? last_seq : this.#writtenSeq,
        numbers: { case: last_case, event: last_event, rejection: last_rejection },
      },
    };
    const gone = (error?: Error): void =>
      this.#drop(session, error ?? new Error('the server closed the connection'));
    client.on('error', gone);
    client.on('end', () => gone());
    this.#session = session;
  }

  async #refuseOldEpoch(client: Client): Promise<void> {
    const { rows } = await client.query<{ epoch: number }>('select epoch from owner');
    if (rows[0] && rows[0].epoch !== this.epoch) throw this.taken();
  }
}

interface Holder {
  readonly pid: number;
  readonly name: string;
  readonly since: string;
}

/**
 * Plans of its statements are kept. One that was made while a table was new and empty would read all of it, for ever:
 * every row that a batch asks for is found by its key.
 */
const COMMITTING = { enable_seqscan: 'off' };
/** Where the partition stands: by its rows, and by what was written down before rows were deleted. */
const HELD = `select pg_backend_pid() as backend, epoch,
  greatest(last_case, (select max(number) from cases)) as last_case,
  greatest(last_event, (select max(id) from events)) as last_event,
  greatest(last_rejection, (select max(id) from rejections)) as last_rejection,
  greatest(0, (select last_seq from journal order by first_seq desc limit 1), (select seq from checkpoint),
    (select value::bigint from meta where key = '${TRIMMED_SEQ}')) as last_seq
  from owner`;

/** Says goodbye where somebody still listens, and does not wait for one who does not. */
async function end(client: Client): Promise<void> {
  const patience = pause(GOODBYE_MS_MAX, undefined, { ref: false });
  await Promise.race([client.end().catch(() => undefined), patience]);
}
const GOODBYE_MS_MAX = 1_000;

/** A query whose plan the server keeps under its name. */
export const named = (name: string, text: string, values: readonly unknown[]): QueryConfig => ({
  name,
  text,
  values: values as unknown[],
});
