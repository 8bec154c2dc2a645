import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Turn } from './turn.ts';

/** Prepared statements kept for queries that come again. */
const STATEMENTS_KEPT_MAX = 200;

/**
 * Kysely on a `node:sqlite` connection that somebody else opened, may use directly as well, and will close. `turn`
 * orders the two: whoever uses the connection directly takes it first.
 */
export function nodeSqliteDialect(db: DatabaseSync, turn: Turn): Dialect {
  return {
    createDriver: () => new NodeSqliteDriver(db, turn),
    createAdapter: () => new NodeSqliteAdapter(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite changes tables inside transactions, so that a migration is done whole or not at all. */
class NodeSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDriver implements Driver {
  readonly #connection: NodeSqliteConnection;
  readonly #turn: Turn;

  constructor(db: DatabaseSync, turn: Turn) {
    this.#connection = new NodeSqliteConnection(db);
    this.#turn = turn;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turn.take();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#turn.give();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#connection.forget();
  }
}

interface KeptStatement {
  readonly statement: StatementSync;
  /** It yields rows: asked once, for SQLite describes each column to say so. */
  readonly answers: boolean;
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, KeptStatement>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, answers } = this.#prepare(query.sql);
    const parameters = query.parameters as (string | number | bigint | null | Uint8Array)[];
    if (answers) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator; every long read here is paged by key instead.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the node:sqlite dialect does not stream: page by key');
  }

  forget(): void {
    this.#statements.clear();
  }

  #prepare(sql: string): KeptStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= STATEMENTS_KEPT_MAX) this.#statements.clear();
    const statement = this.#db.prepare(sql);
    const kept = { statement, answers: statement.columns().length > 0 };
    this.#statements.set(sql, kept);
    return kept;
  }
}
