import { setTimeout as pause } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { OwnerLogger } from './owner.ts';

const LOOK_MS = 1_000;
/** Who looks at the log later must see that it still waits. */
const SAID_AGAIN_LOOKS = 60;

/** A session of the server that holds what another waits for, as its administrator knows it. */
export interface Blocker {
  readonly pid: number;
  readonly user: string;
  readonly program: string;
  readonly from: string;
  readonly state: string;
  readonly since: string;
}

/**
 * Does work that waits for locks as long as it has to, and says who holds them: a session that somebody left open keeps a
 * service from starting, and nothing else would tell.
 *
 * @param db beside the connections of the work
 * @param name by which the server knows these
 */
export async function tellingBlockers<T, Tables>(
  db: Kysely<Tables>,
  name: string,
  logger: OwnerLogger,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const telling = tell(db, name, logger, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await telling;
  }
}

async function tell<Tables>(
  db: Kysely<Tables>,
  name: string,
  logger: OwnerLogger,
  over: AbortSignal,
): Promise<void> {
  let said = '';
  for (let look = 1; !over.aborted; look++) {
    await pause(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    // Who may not look, or cannot at this moment, is no reason to stop.
    const heldBy = await blockers(db, name).catch(() => []);
    const now = heldBy.map(({ pid }) => pid).join();
    if (heldBy.length > 0 && (now !== said || look % SAID_AGAIN_LOOKS === 0))
      logger.warn({ heldBy, waitedSeconds: (look * LOOK_MS) / 1_000 }, WAITS);
    said = now;
  }
}

export const WAITS =
  'the tables cannot be brought up to date while other sessions of the PostgreSQL server hold them: it waits, and the service does not start before. End these programs, or their sessions: select pg_terminate_backend(pid)';

async function blockers<Tables>(db: Kysely<Tables>, name: string): Promise<readonly Blocker[]> {
  const { rows } = await sql<Blocker>`select distinct b.pid, coalesce(b.usename, '') as user,
      b.application_name as program, coalesce(host(b.client_addr), '') as from, coalesce(b.state, '') as state,
      coalesce(to_char(b.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), '') as since
    from pg_stat_activity w cross join unnest(pg_blocking_pids(w.pid)) as held(pid)
      join pg_stat_activity b on b.pid = held.pid
    where w.application_name = ${name} and w.datname = current_database() and w.wait_event_type = 'Lock'
    order by b.pid`.execute(db);
  return rows;
}
