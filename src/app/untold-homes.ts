import { Duty } from '../cases/duty/on-duty.ts';
import { Reach } from '../cases/reach.ts';
import { joinedNames } from '../model/joined-names.ts';
import type { NotifyPolicy } from '../model/notify-policy.ts';
import type { Contact, Noun, RegistryEntry, Staff } from '../model/registry.ts';
import { NONE_UNTOLD, type Untold, type UntoldPlace } from '../model/untold.ts';
import type { RegistryKey } from '../registry/change-check.ts';
import { Registry } from '../registry/registry.ts';
import type { Parts } from './load.ts';

/** By what it is found out which homes nobody could be told of. */
export interface UntoldSources {
  readonly registry: Registry;
  readonly policy: NotifyPolicy;
  readonly duty: Duty;
}

/** Homes of whose P1 or P2 nobody could be told, and where they stand. */
export interface UntoldHomes extends Untold {
  /** Of each home, by its id, the node of its place. */
  readonly gaps: ReadonlyMap<string, string>;
}

export const NO_HOMES: UntoldHomes = { ...NONE_UNTOLD, gaps: new Map() };

/** Those of them that count. */
export function untoldWithin({ gaps, places }: UntoldHomes, counts: (home: string) => boolean): Untold {
  const left = new Map<string, number>();
  let homes = 0;
  for (const [home, node] of gaps) {
    if (!counts(home)) continue;
    homes++;
    left.set(node, (left.get(node) ?? 0) + 1);
  }
  const within = places.map((place) => ({ ...place, homes: left.get(place.node) ?? 0 }));
  return { homes, places: within.filter((place) => place.homes > 0).sort(byHomes) };
}

const byHomes = (a: UntoldPlace, b: UntoldPlace): number => b.homes - a.homes || (a.node < b.node ? -1 : 1);

/** Looks at every home. At 100,000 homes some hundredths of a second; only where no staff stands are contacts looked up. */
export function untoldHomes(sources: UntoldSources, channels: ReadonlySet<string>): UntoldHomes {
  const { registry } = sources;
  const reach = reachOf(sources, registry.staff(), channels);
  const found = new Gaps(registry, reach);
  for (const { id } of registry.homes()) {
    const path = registry.homePath(id);
    if (path !== undefined && reach.isUntold(path, () => registry.contacts(id))) found.add(id, path);
  }
  return found.homes();
}

/**
 * Of the files, for commands that look while nothing runs; `stored`: what stands in the records instead, as JSON. Nothing is
 * said where no staff is known here: it comes into the registry by another way.
 */
export function untoldOfFiles(
  {
    registry: ofFiles,
    policy,
    rosters,
    channels,
  }: Pick<Parts, 'registry' | 'policy' | 'rosters' | 'channels'>,
  stored: readonly string[] = [],
): Untold {
  const entries = stored.length > 0 ? stored.map((doc) => JSON.parse(doc) as RegistryEntry) : ofFiles;
  if (!entries.some(({ noun }) => noun === 'staff')) return NONE_UNTOLD;
  const registry = Registry.from(entries.filter(({ noun }) => REACH_NOUNS.has(noun)));
  return untoldHomes({ registry, policy, duty: new Duty(rosters) }, new Set(channels.keys()));
}

const REACH_NOUNS: ReadonlySet<Noun> = new Set(['node', 'home', 'contact', 'staff']);

/**
 * Homes that a change of the registry would leave without anybody who could be told, and that have somebody now or are new;
 * those that `counts` lets count. The registry is not changed.
 */
export function leftUntold(
  sources: UntoldSources,
  channels: ReadonlySet<string>,
  put: readonly RegistryEntry[],
  remove: readonly RegistryKey[],
  counts: (path: string) => boolean = () => true,
): Untold {
  const { registry } = sources;
  const change = new Change(registry, put, remove);
  if (!change.matters) return NONE_UNTOLD;
  const before = reachOf(sources, registry.staff(), channels);
  const after = change.ofStaff ? reachOf(sources, change.staff(), channels) : before;
  const found = new Gaps(registry, after, change.names);
  for (const id of change.homes()) {
    const path = change.homePath(id);
    if (path === undefined || !counts(path) || !after.isUntold(path, () => change.contacts(id))) continue;
    const old = registry.homePath(id);
    if (old === undefined || !before.isUntold(old, () => registry.contacts(id))) found.add(id, path);
  }
  const { homes, places } = found.homes();
  return { homes, places };
}

const reachOf = (
  { policy, duty }: UntoldSources,
  staff: Iterable<Staff>,
  channels: ReadonlySet<string>,
): Reach => new Reach({ policy, staff, roster: (id) => duty.roster(id), channels });

/** Collects homes by the gap in which they stand. */
class Gaps {
  readonly #registry: Registry;
  readonly #reach: Reach;
  readonly #newNames: ReadonlyMap<string, string>;
  readonly #gaps = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** @param newNames of nodes that are not in the registry yet, by their paths */
  constructor(registry: Registry, reach: Reach, newNames: ReadonlyMap<string, string> = new Map()) {
    this.#registry = registry;
    this.#reach = reach;
    this.#newNames = newNames;
  }

  add(id: string, path: string): void {
    const gap = this.#reach.gapAbove(path);
    this.#gaps.set(id, gap);
    this.#counts.set(gap, (this.#counts.get(gap) ?? 0) + 1);
  }

  homes(): UntoldHomes {
    const places = [...this.#counts]
      .map(([node, homes]) => ({ node, name: this.#nameOf(node), homes }))
      .sort(byHomes);
    return { gaps: this.#gaps, homes: this.#gaps.size, places };
  }

  /** The names from the top down to the node. */
  #nameOf(path: string): string {
    const segments = path.split('/');
    const names = segments.map((segment, i) => {
      const at = segments.slice(0, i + 1).join('/');
      return this.#newNames.get(at) ?? this.#registry.node(at)?.name ?? segment;
    });
    return joinedNames(names);
  }
}

/** What a change would make of homes, contacts and staff. */
class Change {
  readonly #registry: Registry;
  readonly #paths = new Map<string, string | undefined>();
  readonly #contacts = new Map<string, Contact | undefined>();
  readonly #staff = new Map<string, Staff | undefined>();
  readonly #concerned = new Set<string>();
  /** By home, once all are known. */
  #newContacts: ReadonlyMap<string, readonly Contact[]> | undefined;
  /** Of nodes that are put, by their paths. */
  readonly names = new Map<string, string>();

  constructor(registry: Registry, put: readonly RegistryEntry[], remove: readonly RegistryKey[]) {
    this.#registry = registry;
    // What is removed is removed first: a key that stands in both lists is replaced.
    for (const { noun, key } of remove) {
      if (noun === 'home') this.#paths.set(key, undefined);
      else if (noun === 'staff') this.#staff.set(key, undefined);
      else if (noun === 'contact') this.#setContact(key, undefined);
    }
    for (const entry of put) {
      if (entry.noun === 'node') this.names.set(entry.path, entry.name);
      else if (entry.noun === 'home') this.#paths.set(entry.id, `${entry.parent}/${entry.id}`);
      else if (entry.noun === 'staff') this.#staff.set(entry.id, entry);
      else if (entry.noun === 'contact') this.#setContact(entry.id, entry);
    }
    for (const id of this.#paths.keys()) this.#concerned.add(id);
  }

  get matters(): boolean {
    return this.ofStaff || this.#concerned.size > 0;
  }

  get ofStaff(): boolean {
    return this.#staff.size > 0;
  }

  /** Homes about which it may be otherwise afterwards: all, where it is about somebody who may be called anywhere. */
  *homes(): Generator<string> {
    yield* this.#concerned;
    if (!this.ofStaff) return;
    for (const { id } of this.#registry.homes()) if (!this.#concerned.has(id)) yield id;
  }

  homePath(id: string): string | undefined {
    return this.#paths.has(id) ? this.#paths.get(id) : this.#registry.homePath(id);
  }

  contacts(home: string): readonly Contact[] {
    const kept = this.#registry.contacts(home).filter(({ id }) => !this.#contacts.has(id));
    this.#newContacts ??= Map.groupBy(
      [...this.#contacts.values()].filter((one) => one !== undefined),
      (one) => one.home,
    );
    return [...kept, ...(this.#newContacts.get(home) ?? [])];
  }

  *staff(): Generator<Staff> {
    for (const one of this.#registry.staff()) if (!this.#staff.has(one.id)) yield one;
    for (const one of this.#staff.values()) if (one) yield one;
  }

  #setContact(id: string, contact: Contact | undefined): void {
    const before = this.#registry.entry('contact', id);
    if (before?.noun === 'contact') this.#concerned.add(before.home);
    if (contact) this.#concerned.add(contact.home);
    this.#contacts.set(id, contact);
  }
}
