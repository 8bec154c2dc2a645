import type { Clock } from '../lib/clock.ts';
import { equalSecrets, hashToken } from '../lib/secrets.ts';
import type { ErrorCode } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { covers, reaches } from '../model/paths.ts';
import { servicePath } from '../model/service-finding.ts';
import type { Locale } from '../model/text.ts';
import { PERMISSION_ROLES, type PermissionRole, type RecordStore, type Session } from '../ports/records.ts';
import type { RegistryView } from '../ports/service.ts';

/** Who asks, and what he may do where. */
export interface Caller {
  readonly id: string;
  /** As it stands in time lines; `system` for the command line on the same machine. */
  readonly name: string;
  readonly locale: Locale;
  readonly roles: readonly RoleOnNode[];
  readonly by: 'session' | 'token' | 'control';
  /** Undefined for the command line. */
  readonly session?: Session;
}
export interface RoleOnNode {
  readonly role: PermissionRole;
  readonly node: string;
}

/** administrator ⊃ operator ⊃ responder ⊃ viewer. */
export const includes = (held: PermissionRole, needed: PermissionRole): boolean =>
  PERMISSION_ROLES.indexOf(held) <= PERMISSION_ROLES.indexOf(needed);

/** The nodes on which these roles give at least `needed`, without those that another of them covers. */
export function nodesWith(roles: readonly RoleOnNode[], needed: PermissionRole): string[] {
  const nodes = [...new Set(roles.filter(({ role }) => includes(role, needed)).map(({ node }) => node))];
  return nodes.filter((node) => !nodes.some((other) => other !== node && covers(other, node)));
}

/** What is left of the nodes within a part of the tree that was asked for; all of them if none was. */
export function narrowed(nodes: readonly string[], within: string | undefined): string[] {
  if (within === undefined) return [...nodes];
  const left = nodes.flatMap((node) =>
    covers(within, node) ? [node] : covers(node, within) ? [within] : [],
  );
  return [...new Set(left)];
}

/** Do rights on these nodes reach this path: is it one of them, below one, or the service's own? */
export const isCovered = (nodes: readonly string[], path: string): boolean =>
  nodes.some((node) => reaches(node, path));

/**
 * The nodes, and the place of what concerns the service as a whole: that is told to whoever holds a role anywhere, so
 * they may read of it too.
 */
export function withService(
  registry: Pick<RegistryView, 'nodes'>,
  visible: readonly string[],
): readonly string[] {
  return visible.length === 0 || isEverywhere(visible)
    ? visible
    : [...visible, servicePath(registry.nodes())];
}

/** Is everything covered? */
export const isEverywhere = (nodes: readonly string[]): boolean => nodes.includes('');

/** Nobody manages an account that may do more, or elsewhere, than he himself. */
export const mayManage = (nodes: readonly string[], roles: readonly RoleOnNode[]): boolean =>
  isEverywhere(nodes) || (roles.length > 0 && roles.every(({ node }) => isCovered(nodes, node)));

export interface Credentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

/** A program that shows a wrong token is told so: to sign in would not help it. */
export const notKnown = ({ authorization }: { readonly authorization?: string | undefined }): ErrorCode =>
  authorization === undefined ? 'NOT_SIGNED_IN' : 'TOKEN_NOT_KNOWN';

/**
 * Finds out who asks. A session slides: its end moves on with use, though it is written at most every five minutes,
 * since each write is a durable transaction.
 */
export class Authenticator {
  readonly #records: RecordStore;
  /** Sessions live in the time of people, also where the service's clock runs fast. */
  readonly #wall: Clock;
  readonly #controlHash: string | undefined;

  constructor(records: RecordStore, wall: Clock, controlToken: string | undefined) {
    this.#records = records;
    this.#wall = wall;
    this.#controlHash = controlToken === undefined ? undefined : hashToken(controlToken);
  }

  /** Undefined when nobody can be told from the credentials, for whatever reason. */
  async caller({ authorization, cookie }: Credentials): Promise<Caller | undefined> {
    const bearer =
      authorization === undefined ? undefined : /^Bearer +(\S{1,200})$/i.exec(authorization)?.[1];
    // A request that names a wrong token must not be answered by the cookie's rights instead.
    if (authorization !== undefined) return bearer ? this.#byToken(bearer) : undefined;
    return cookie && cookie.length <= 200 ? this.#byHash(hashToken(cookie), 'session') : undefined;
  }

  async #byToken(token: string): Promise<Caller | undefined> {
    const hash = hashToken(token);
    if (this.#controlHash !== undefined && equalSecrets(hash, this.#controlHash)) return CONTROL;
    return this.#byHash(hash, 'token');
  }

  async #byHash(hash: string, kind: Session['kind']): Promise<Caller | undefined> {
    const session = await this.#records.session(hash);
    if (!session || session.kind !== kind) return undefined;
    const now = this.#wall.now();
    if (session.expiresAt !== undefined && session.expiresAt <= now) {
      await this.#records.removeSession(hash);
      return undefined;
    }
    const user = await this.#records.user(session.user);
    if (!user || user.disabled) return undefined;
    if (now - session.lastUsedAt > SESSION_WRITE_MS) await this.#records.slideSession(slid(session, now));
    return { id: user.id, name: user.name, locale: user.locale, roles: user.roles, by: kind, session };
  }
}

const SESSION_WRITE_MS = 5 * 60_000;

const CONTROL: Caller = {
  id: '',
  name: 'system',
  locale: 'zh',
  roles: [{ role: 'administrator', node: '' }],
  by: 'control',
};

function slid(session: Session, now: number): Session {
  if (session.kind === 'token') return { ...session, lastUsedAt: now };
  const expiresAt = Math.min(now + LIMITS.sessionIdleMsMax, session.createdAt + LIMITS.sessionAgeMsMax);
  return { ...session, lastUsedAt: now, expiresAt };
}

/**
 * Was a writing request with a cookie sent by a page of this very site? Browsers say so in Sec-Fetch-Site, older ones
 * in Origin; a request that says neither did not come from a browser, and programs have tokens.
 */
export function isSameOrigin(headers: {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined || headers.host === undefined) return false;
  try {
    return new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}
