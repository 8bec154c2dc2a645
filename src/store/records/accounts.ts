import type { Kysely } from 'kysely';
import type { IdempotentAnswer, Session, User } from '../../ports/records.ts';
import { keptQuery } from './kept-query.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

export async function listUsers(db: Db): Promise<User[]> {
  const rows = await db.selectFrom('users').select('doc').orderBy('id').execute();
  return rows.map((row) => JSON.parse(row.doc) as User);
}

export async function findUser(db: Db, id: string): Promise<User | undefined> {
  const row = await db.selectFrom('users').select('doc').where('id', '=', id).executeTakeFirst();
  return row && (JSON.parse(row.doc) as User);
}

export async function saveUser(db: Db, user: User): Promise<void> {
  const doc = JSON.stringify(user);
  await db
    .insertInto('users')
    .values({ id: user.id, doc })
    .onConflict((at) => at.column('id').doUpdateSet({ doc }))
    .execute();
}

/**
 * Whoever goes is signed out everywhere, in the same transaction, and takes along what was answered: somebody else may get the id.
 */
export async function removeUser(db: Db, id: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('sessions').where('user_id', '=', id).execute();
    // Keys begin with the account; ids hold no blank, and nothing that can be seen stands before the mark after it.
    await trx.deleteFrom('idempotency').where('key', '>=', `${id} `).where('key', '<', `${id}!`).execute();
    await trx.deleteFrom('users').where('id', '=', id).execute();
  });
}

export async function saveSession(db: Db, session: Session): Promise<void> {
  const values = {
    user_id: session.user,
    kind: session.kind,
    label: session.label,
    created_at: session.createdAt,
    expires_at: session.expiresAt ?? null,
    last_used_at: session.lastUsedAt,
  };
  await db
    .insertInto('sessions')
    .values({ token_hash: session.tokenHash, ...values })
    .onConflict((at) => at.column('token_hash').doUpdateSet(values))
    .execute();
}

/** Changes no row where there is none: whoever signs out, or is signed out, while a request of theirs is on its way stays out. */
export async function slideSession(
  db: Db,
  { tokenHash, lastUsedAt, expiresAt }: Pick<Session, 'tokenHash' | 'lastUsedAt' | 'expiresAt'>,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_used_at: lastUsedAt, expires_at: expiresAt ?? null })
    .where('token_hash', '=', tokenHash)
    .execute();
}

const sessionOf = (row: RecordTables['sessions']): Session => ({
  tokenHash: row.token_hash,
  user: row.user_id,
  kind: row.kind as Session['kind'],
  label: row.label,
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  lastUsedAt: row.last_used_at,
});

export async function findSession(db: Db, tokenHash: string): Promise<Session | undefined> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  return row && sessionOf(row);
}

/** Oldest first. */
export async function listSessions(db: Db, user: string): Promise<Session[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', user)
    .orderBy('created_at')
    .orderBy('token_hash')
    .execute();
  return rows.map(sessionOf);
}

export async function removeSession(db: Db, tokenHash: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
}

export async function findAnswer(db: Db, key: string): Promise<IdempotentAnswer | undefined> {
  const row = await db.selectFrom('idempotency').selectAll().where('key', '=', key).executeTakeFirst();
  return row && { ...row };
}

/** The first answer under a key stands. */
export async function saveAnswer(db: Db, answer: IdempotentAnswer): Promise<void> {
  const { key, fingerprint, status, body, at } = answer;
  await db
    .insertInto('idempotency')
    .values({ key, fingerprint, status, body, at })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

export async function findMeta(db: Db, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

/** Compared by bytes, on both engines. */
export const listMeta = (db: Db, prefix: string): Promise<{ key: string; value: string }[]> =>
  db
    .selectFrom('meta')
    .select(['key', 'value'])
    .where('key', '>=', prefix)
    .where('key', '<', `${prefix}\u{10ffff}`)
    .orderBy('key')
    .execute();

export async function removeMeta(db: Db, key: string): Promise<void> {
  await db.deleteFrom('meta').where('key', '=', key).execute();
}

const putMeta = keptQuery((db, key: string, value: string) =>
  db
    .insertInto('meta')
    .values({ key, value })
    .onConflict((at) => at.column('key').doUpdateSet({ value })),
);

export async function saveMeta(db: Db, key: string, value: string): Promise<void> {
  await putMeta(db, key, value);
}
