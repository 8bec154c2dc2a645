import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { Pool } from 'pg';
import { RecordsAway } from '../../ports/records.ts';
import { clientConfig, isConnectionLoss, type PostgresOptions } from './client.ts';
import { storableText } from './rows-text.ts';

/** A connection that nobody used for so long is closed. */
const IDLE_MS_MAX = 30_000;

/** Kysely on connections beside the one that commits: what is read, and what is written without hurry. */
export function postgresDialect(options: PostgresOptions): PostgresDialect {
  const pool = new Pool({
    ...clientConfig(options),
    max: options.connectionsMax,
    idleTimeoutMillis: IDLE_MS_MAX,
  });
  // A connection that dies is told to whoever uses it, and otherwise the next one is made anew. While it is lent the
  // pool does not listen to it, and an error that nobody hears would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PostgresDialect({ pool: telling(pool) });
}

/** The pool, which says of a server that cannot be reached what it is, in place of a network's own word. */
function telling(pool: Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect().catch(away);
      let isLost = false;
      const lost = (error: unknown): never => {
        isLost = isConnectionLoss(error);
        return away(error);
      };
      const ask = client.query.bind(client) as (...query: unknown[]) => Promise<never>;
      return {
        query: (text: string, values: readonly unknown[] = []) =>
          ask(
            text,
            values.map((value) => (typeof value === 'string' ? storableText(value) : value)),
          ).catch(lost),
        release: () => client.release(isLost),
      } as unknown as PostgresPoolClient;
    },
    end: () => pool.end(),
    options: pool.options,
  } as unknown as PostgresPool;
}

function away(error: unknown): never {
  if (!isConnectionLoss(error)) throw error;
  throw new RecordsAway(`PostgreSQL is away: ${(error as Error).message}`, { cause: error });
}
