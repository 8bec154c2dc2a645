import { generateSecret, hashPassword, hashToken } from '../lib/secrets.ts';
import { LIMITS } from '../model/limits.ts';
import type { Locale } from '../model/text.ts';
import type { RecordStore, Session, User } from '../ports/records.ts';
import { nodesWith, type RoleOnNode } from './access.ts';
import { inTurn } from './account-turns.ts';

/** A password is at least this long; nothing else is asked of it, because length is what makes it hard to guess. */
export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;
/** What a user's id looks like: short, and typed in lower case on a phone. */
export const USER_ID = /^[a-z0-9._-]{1,64}$/;

export const FIRST_ADMINISTRATOR = 'admin';

/** Is there an account that may do everything? */
export const isAdministrator = (user: User): boolean =>
  !user.disabled && nodesWith(user.roles, 'administrator').includes('');

/**
 * Makes the first administrator if there is none who could let others in. Its password is the one of
 * SHOUWANG_ADMIN_PASSWORD, or is made here and returned, once, so that the caller prints it; only its hash is kept.
 *
 * @throws if SHOUWANG_ADMIN_PASSWORD is shorter than a password may be.
 */
export async function ensureAdministrator(
  records: RecordStore,
  { env, now }: { readonly env: Readonly<Record<string, string | undefined>>; readonly now: number },
): Promise<{ created: boolean; user: string; password?: string }> {
  const users = await records.users();
  const present = users.find(isAdministrator);
  if (present) return { created: false, user: present.id };
  const given = env['SHOUWANG_ADMIN_PASSWORD'];
  if (given !== undefined && given.length < PASSWORD_LENGTH_MIN)
    throw new Error(`SHOUWANG_ADMIN_PASSWORD must have at least ${PASSWORD_LENGTH_MIN} characters`);
  const password = given ?? generateSecret();
  const existing = users.find(({ id }) => id === FIRST_ADMINISTRATOR);
  await records.saveUser({
    id: FIRST_ADMINISTRATOR,
    name: existing?.name ?? '管理员',
    passwordHash: await hashPassword(password),
    roles: [{ role: 'administrator', node: '' }],
    locale: existing?.locale ?? 'zh',
    disabled: false,
    createdAt: existing?.createdAt ?? now,
  });
  return { created: true, user: FIRST_ADMINISTRATOR, ...(given === undefined ? { password } : {}) };
}

export async function createUser(
  records: RecordStore,
  account: {
    readonly id: string;
    readonly name: string;
    readonly password: string;
    readonly roles: readonly RoleOnNode[];
    readonly locale: Locale;
  },
  now: number,
): Promise<User | 'exists'> {
  const { password, ...rest } = account;
  const user: User = {
    ...rest,
    passwordHash: await hashPassword(password),
    disabled: false,
    createdAt: now,
  };
  return inTurn(records, async () => {
    if (await records.user(account.id)) return 'exists';
    await records.saveUser(user);
    return user;
  });
}

/**
 * Gives a new password and ends the sessions that were opened with the old one; tokens of programs stay.
 *
 * @param told.refusal asked of the account as it is when the password is changed; what it gives back changes nothing
 */
export async function changePassword<R = never>(
  records: RecordStore,
  id: string,
  password: string,
  told: { readonly refusal?: (user: User | undefined) => R | undefined; readonly keep?: string } = {},
): Promise<R | undefined> {
  const passwordHash = await hashPassword(password);
  return inTurn(records, async () => {
    const user = await records.user(id);
    const refusal = told.refusal?.(user);
    if (refusal !== undefined || !user) return refusal;
    await records.saveUser({ ...user, passwordHash });
    for (const session of await records.sessions(id))
      if (session.kind === 'session' && session.tokenHash !== told.keep)
        await records.removeSession(session.tokenHash);
    return undefined;
  });
}

/** Removes the account with all its sessions and tokens. */
export async function deleteUser(records: RecordStore, id: string): Promise<void> {
  for (const session of await records.sessions(id)) await records.removeSession(session.tokenHash);
  await records.removeUser(id);
}

/** Opens a session (it slides) or makes a program's token (it stands until it is revoked or expires). */
export async function openSession(
  records: RecordStore,
  {
    user,
    kind,
    label,
    now,
    expiresAt,
  }: {
    readonly user: string;
    readonly kind: Session['kind'];
    readonly label: string;
    readonly now: number;
    readonly expiresAt?: number;
  },
): Promise<{ token: string; session: Session }> {
  const token = generateSecret();
  const session: Session = {
    tokenHash: hashToken(token),
    user,
    kind,
    label,
    createdAt: now,
    expiresAt: expiresAt ?? (kind === 'session' ? now + LIMITS.sessionIdleMsMax : undefined),
    lastUsedAt: now,
  };
  await records.saveSession(session);
  return { token, session };
}

/** How many accounts besides this one may do everything? The last of them cannot be taken away. */
export async function otherAdministrators(records: RecordStore, id: string): Promise<number> {
  return (await records.users()).filter((user) => user.id !== id && isAdministrator(user)).length;
}
