import type { ConnectionRefusal, RefusedLogins, RefusedName } from '../model/connection-refusal.ts';
import { LIMITS } from '../model/limits.ts';
import type { RefusedConnection } from '../ports/broker.ts';
import type { RegistryView } from '../ports/service.ts';
import type { Presence } from './broker-host.ts';
import type { Core } from './core.ts';
import { isLetIn } from './disabled-device.ts';

interface Known {
  readonly core: Core;
  readonly presence: Presence;
  readonly accounts: readonly { readonly name: string }[];
}

/** Characters of a name or client id that are kept. */
const NAME_CHARS_MAX = 100;

/**
 * Connections that were refused. A counter of the broker does not say who it was: of a device or gateway that is enrolled
 * it is told where people look at it, of others in a list. In memory only: whoever is still there tries again.
 */
export class RefusedConnections {
  /** The one that was heard last at the end. */
  readonly #names = new Map<string, RefusedName>();
  #count = 0;
  #lastAt: number | undefined;

  note(refused: RefusedConnection, known: Known, at: number): void {
    this.#count++;
    this.#lastAt = at;
    const { username, clientId } = refused;
    const { registry } = known.core;
    const id = [username, clientId].find((one) => registry.device(one) ?? registry.gateway(one));
    if (id === undefined) this.#noteName(refused, known, at);
    else noteAt(id, refused, known, at);
  }

  /** Somebody connected under this name. */
  letIn(name: string): void {
    this.#names.delete(name);
  }

  /** Without those who were enrolled since. */
  logins(registry: Pick<RegistryView, 'device' | 'gateway'>): RefusedLogins {
    const names = [...this.#names.values()].reverse();
    return {
      count: this.#count,
      ...(this.#lastAt === undefined ? {} : { lastAt: this.#lastAt }),
      names: names.filter(({ name }) => !registry.device(name) && !registry.gateway(name)),
    };
  }

  #noteName({ username, clientId, why, from }: RefusedConnection, { accounts }: Known, at: number): void {
    const name = copied(username === '' ? clientId : username);
    const before = this.#names.get(name);
    if (!before) this.#makeRoom(from);
    // Put anew, so that the first of the map is the one that was silent longest.
    this.#names.delete(name);
    const account = accounts.some((one) => one.name === username);
    this.#names.set(name, {
      name,
      clientId: copied(clientId),
      firstAt: before?.firstAt ?? at,
      lastAt: at,
      count: (before?.count ?? 0) + 1,
      why: why === 'wrong-secret' && !account ? 'not-enrolled' : why,
      from,
      ...(account && { account }),
    });
  }

  /** Whoever tries many names pushes out their own first, and not the one gateway that somebody is installing. */
  #makeRoom(from: string): void {
    const near = [...this.#names.values()].filter((one) => one.from === from);
    const [oldest] = near.length >= LIMITS.refusedNamesOfAddressMax ? near : this.#names.values();
    if (near.length < LIMITS.refusedNamesOfAddressMax && this.#names.size < LIMITS.refusedNamesKeptMax)
      return;
    if (oldest) this.#names.delete(oldest.name);
  }
}

function noteAt(id: string, refused: RefusedConnection, { core, presence }: Known, at: number): void {
  const { registry } = core;
  const device = registry.device(id);
  if (device && !isLetIn(core, device)) return;
  const { from, known: isKnown } = refused;
  const known = presence.get(id) ?? { online: false, session: 0, secretHash: undefined };
  const before = known.refused;
  const count = (before?.count ?? 0) + 1;
  const since = before?.since ?? at;
  const why = whyOf(refused, device ?? registry.gateway(id));
  // What is known of it itself is not hidden by somebody who tries its name elsewhere.
  const lately =
    before?.known && !isKnown ? { ...before, count } : { at, since, count, why, from, known: isKnown };
  presence.set(id, { ...known, refused: lately });
}

/** The broker knows only that name and secret do not fit; the registry says which of them. */
function whyOf(
  { username, why }: RefusedConnection,
  entry:
    | { readonly id: string; readonly disabled: boolean; readonly secretHash?: string | undefined }
    | undefined,
): ConnectionRefusal {
  if (why !== 'wrong-secret' || !entry) return why;
  if (entry.disabled) return 'disabled';
  if (username !== entry.id) return 'user-name';
  return entry.secretHash === undefined ? 'no-secret' : why;
}

/** Text of its own: a part of a name of 64 KB would keep all of it in memory. */
const copied = (text: string): string => Buffer.from(text.slice(0, NAME_CHARS_MAX)).toString();
