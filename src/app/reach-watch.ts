import { type Clock, MINUTE } from '../lib/clock.ts';
import type { RegistryEntry } from '../model/registry.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import { type Untold, untoldPlaces } from '../model/untold.ts';
import type { RegistryKey } from '../registry/change-check.ts';
import type { AlertDraft } from '../rules/instance.ts';
import type { Core } from './core.ts';
import { leftUntold, NO_HOMES, type UntoldHomes, untoldHomes, untoldWithin } from './untold-homes.ts';

/** A registry that is being imported changes a thousand times: it is not looked through as often. In milliseconds of the wall. */
const SETTLES_MS = 200;
/** While a registry changes, at most one part in so many of the time is spent on looking. */
const SHARE = 50;
/** People register a home, then its contact; or homes, then the staff: what is put right in this time is no case. */
const BEGINS_MS = MINUTE;
/** Gaps that a finding remembers by name; of more it knows the first and the number. */
const REMEMBERED_MAX = 50;

/**
 * Knows the homes of whose P1 or P2 no person could be told, without anybody being in need. It looks when people, places,
 * policy or channels have changed: whoever leaves a home with nobody hears of it then, and not when somebody falls.
 */
export class ReachWatch {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #down: () => readonly string[];
  #homes: UntoldHomes = NO_HOMES;
  #lookedAt = 0;
  /** Since when there has been some home without a break; undefined: there is none. */
  #since: number | undefined;
  /** How long the last look took, in milliseconds of the wall. */
  #tookMs = 0;
  #seen: { readonly revision: number; readonly policy: unknown; readonly down: string } | undefined;

  /** @param down channels over which nobody is reached at present, though they are configured */
  constructor(core: Core, clock: Clock, down: () => readonly string[] = () => []) {
    this.#core = core;
    this.#clock = clock;
    this.#down = down;
  }

  /** As they are known; looked for anew where something has changed since, and cheap where nothing has. */
  get homes(): UntoldHomes {
    const { registry, policy } = this.#core;
    const seen = this.#seen;
    // After a start contacts come late. To ask for those of each home would read them all at once.
    if (!registry.isRead) return this.#homes;
    const hasChanged =
      seen?.revision !== registry.revision || seen.policy !== policy || seen.down !== this.#down().join();
    if (!hasChanged) return this.#homes;
    const atLeast = Math.max(SETTLES_MS, this.#tookMs * SHARE) * this.#clock.speed;
    const since = this.#clock.now() - this.#lookedAt;
    return !seen || since >= atLeast || since < 0 ? this.look() : this.#homes;
  }

  /** Looks now. */
  look(): UntoldHomes {
    const { registry, policy } = this.#core;
    const startedAt = performance.now();
    this.#homes = untoldHomes(this.#core, this.#usable());
    this.#tookMs = performance.now() - startedAt;
    this.#lookedAt = this.#clock.now();
    this.#since = this.#homes.homes === 0 ? undefined : (this.#since ?? this.#lookedAt);
    this.#seen = { revision: registry.revision, policy, down: this.#down().join() };
    return this.#homes;
  }

  isUntold(home: string): boolean {
    return this.homes.gaps.has(home);
  }

  /** Of those whose paths `counts` lets count. */
  within(counts: (path: string) => boolean): Untold {
    const { registry } = this.#core;
    return untoldWithin(this.homes, (home) => counts(registry.homePath(home) ?? home));
  }

  /** What a change of the registry would bring about; of homes whose paths `counts` lets count. */
  leftBy(
    put: readonly RegistryEntry[],
    remove: readonly RegistryKey[],
    counts: (path: string) => boolean,
  ): Untold {
    return leftUntold(this.#core, this.#usable(), put, remove, counts);
  }

  /** What is so now, as a finding about the service; undefined: somebody can be told of every home. */
  factOf(
    open: AlertDraft | undefined,
  ): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
    // What was open before a restart stands until all contacts are there.
    if (open && !this.#core.registry.isRead)
      return { since: open.since, values: open.evidence.values as ServiceFindingValues };
    const { homes } = this;
    const since = this.#since;
    if (since === undefined || (!open && this.#clock.now() - since < BEGINS_MS)) return undefined;
    const { zh, en } = untoldPlaces(homes);
    const key = keyOf(homes, open?.evidence.values['key']);
    return { since, values: { count: homes.homes, placesZh: zh, placesEn: en, key } };
  }

  #usable(): ReadonlySet<string> {
    const down = this.#down();
    return new Set([...this.#core.channels].filter((channel) => !down.includes(channel)));
  }
}

/** The gaps by name. Where some of those that were told are left and no other has come, it is no news. */
function keyOf({ places }: Untold, told: unknown): string {
  const nodes = places.map(({ node }) => node).sort();
  const before = typeof told === 'string' ? told.split(' ') : [];
  if (nodes.every((node) => before.includes(node))) return String(told);
  const left = nodes.length - REMEMBERED_MAX;
  return [...nodes.slice(0, REMEMBERED_MAX), ...(left > 0 ? [`+${left}`] : [])].join(' ');
}
