import { isTimeZone } from '../lib/local-time.ts';
import { comparableAddress, splitAddress } from '../model/comparable-address.ts';
import type { Failure } from '../model/errors.ts';
import { parentPath } from '../model/paths.ts';
import { type DeviceSettings, entryKey, LEVELS, type Noun, type RegistryEntry } from '../model/registry.ts';
import type { Registry } from './registry.ts';

/** Names an entry: its path for a node, its id otherwise. */
export interface RegistryKey {
  readonly noun: Noun;
  readonly key: string;
}

export type EntryOf<N extends Noun> = Extract<RegistryEntry, { noun: N }>;

/** What stands above comes first: entries in this order can be applied one by one. */
export const NOUNS = ['node', 'home', 'gateway', 'resident', 'contact', 'device', 'staff'] as const;

/** Segments become MQTT topic levels and parts of addresses: letters and digits of any script, no `/`, `+`, `#`, space. */
const SEGMENT = /^[\p{L}\p{N}._:-]{1,64}$/u;
export const isSegment = (text: string): boolean => SEGMENT.test(text);

/** What is wrong with the settings of a device of this model, if anything. */
export type SettingsFault = (model: string, settings: DeviceSettings) => string | undefined;

/**
 * Every reason against a change, in the order in which it would be found. What is removed is removed first: a key that
 * stands in both lists is replaced.
 */
export function* changeProblems(
  ...change: Parameters<typeof problemsUnhurried>
): Generator<Failure, undefined> {
  for (const problem of problemsUnhurried(...change)) if (problem) yield problem;
  return undefined;
}

/** The same, with nothing after each entry: whoever looks through a city may do something else first. */
export function* problemsUnhurried(
  registry: Registry,
  put: readonly RegistryEntry[],
  remove: readonly RegistryKey[],
  models: (name: string) => boolean,
  settingsFault: SettingsFault = () => undefined,
): Generator<Failure | undefined, undefined> {
  const after = new Draft(registry, put, remove);
  yield* after.repeated;
  for (const { noun, key } of remove) {
    if (registry.entry(noun, key) === undefined) yield notFound(noun, key);
    else if (after.entry(noun, key) === undefined) yield* stillNeeded(registry, { noun, key }, after);
  }
  for (const entry of put) {
    yield* ownProblems(entry, models, settingsFault);
    yield* linkProblems(entry, after);
    yield* clashes(entry, after);
    yield* sharedAddress(registry, entry, after);
    yield* brokenBelow(registry, entry, after);
    yield undefined;
  }
  return undefined;
}

/** Below a community there are thousands. */
const DEPENDENTS_TOLD_MAX = 100;

/**
 * Entries that would be left behind by a removal, all in one problem: whoever hears of one at a time removes one at a
 * time. Those that are themselves put or removed speak for themselves.
 */
function* stillNeeded(registry: Registry, gone: RegistryKey, after: Draft): Generator<Failure> {
  const left: RegistryKey[] = [];
  for (const child of registry.dependents(gone.noun, gone.key)) {
    const key = entryKey(child);
    if (after.entry(child.noun, key) !== child) continue;
    left.push({ noun: child.noun, key });
    if (left.length === DEPENDENTS_TOLD_MAX) break;
  }
  const [by] = left;
  if (by) yield { code: 'REGISTRY_IN_USE', details: { ...gone, by, all: left } };
}

/** One name that would mean two things: a state, a connection or a path could not tell them apart. */
function* clashes(entry: RegistryEntry, after: Draft): Generator<Failure> {
  if (entry.noun === 'gateway') {
    for (const noun of ['home', 'device'] as const)
      if (after.entry(noun, entry.id)) yield invalid(entry, `a ${noun} has this id already`);
  } else if (entry.noun === 'home' || entry.noun === 'device') {
    if (after.entry('gateway', entry.id) && !after.isPut('gateway', entry.id))
      yield invalid(entry, 'a gateway has this id already');
  }
  if (entry.noun === 'home' && after.entry('node', `${entry.parent}/${entry.id}`))
    yield invalid(entry, 'a node has the same path already');
  if (entry.noun === 'node') {
    const above = parentPath(entry.path);
    const home = after.entry('home', entry.path.slice(above.length + 1));
    if (home?.parent === above && !after.isPut('home', home.id))
      yield invalid(entry, 'a home has the same path already');
  }
}

/** Two devices under one address: what it says would be taken for the one that came last. */
function* sharedAddress(registry: Registry, entry: RegistryEntry, after: Draft): Generator<Failure> {
  if (entry.noun !== 'device' || entry.address === undefined) return;
  const known = registry.byAddress(...splitAddress(entry.address));
  const other = known && known.id !== entry.id ? after.entry('device', known.id) : undefined;
  if (other?.address !== undefined && isOneAddress(other.address, entry.address))
    yield invalid(entry, `the device ${other.id} has this address already`);
  const twin = after.atAddress(entry.address);
  if (twin !== undefined && twin !== entry.id)
    yield invalid(entry, `the device ${twin} of the same change has this address as well`);
}

const isOneAddress = (one: string, other: string): boolean =>
  comparableAddress(one) === comparableAddress(other);

/** What hangs on an entry that exists already must still fit when the entry changes. */
function* brokenBelow(registry: Registry, entry: RegistryEntry, after: Draft): Generator<Failure> {
  if (entry.noun !== 'node' && entry.noun !== 'resident') return;
  for (const child of registry.dependents(entry.noun, entryKey(entry)))
    if (after.entry(child.noun, entryKey(child)) === child) yield* linkProblems(child, after);
}

/** The registry as it would be after a change, without making it. */
export class Draft {
  readonly #now: Registry;
  readonly #put = new Map<Noun, Map<string, RegistryEntry>>();
  readonly #removed = new Map<Noun, Set<string>>();
  readonly #addresses = new Map<string, string>();
  /** Keys that stand twice in the same list. */
  readonly repeated: Failure[] = [];

  constructor(now: Registry, put: readonly RegistryEntry[], remove: readonly RegistryKey[]) {
    this.#now = now;
    for (const noun of NOUNS) {
      this.#put.set(noun, new Map());
      this.#removed.set(noun, new Set());
    }
    for (const entry of put) {
      const table = this.#put.get(entry.noun) as Map<string, RegistryEntry>;
      const key = entryKey(entry);
      if (table.has(key)) this.repeated.push(invalid(entry, 'stands twice in the same change'));
      table.set(key, entry);
      if (entry.noun !== 'device' || entry.address === undefined) continue;
      const address = comparableAddress(entry.address);
      if (!this.#addresses.has(address)) this.#addresses.set(address, entry.id);
    }
    for (const { noun, key } of remove) this.#removed.get(noun)?.add(key);
  }

  entry<N extends Noun>(noun: N, key: string): EntryOf<N> | undefined {
    const put = this.#put.get(noun)?.get(key);
    const found = put ?? (this.#removed.get(noun)?.has(key) ? undefined : this.#now.entry(noun, key));
    return found as EntryOf<N> | undefined;
  }

  /** The first device that the change puts at this address. */
  atAddress(address: string): string | undefined {
    return this.#addresses.get(comparableAddress(address));
  }

  isPut(noun: Noun, key: string): boolean {
    return this.#put.get(noun)?.has(key) ?? false;
  }
}

const invalid = (entry: RegistryEntry, problem: string): Failure => ({
  code: 'REGISTRY_INVALID',
  details: { noun: entry.noun, key: entryKey(entry), problem },
});

function notFound(noun: Noun, key: string): Failure {
  const code = noun === 'home' ? 'HOME_NOT_FOUND' : noun === 'device' ? 'DEVICE_NOT_FOUND' : 'NOT_FOUND';
  return { code, details: { noun, key } };
}

/** What is wrong with an entry by itself and was not for its schema to say. */
function* ownProblems(
  entry: RegistryEntry,
  models: (name: string) => boolean,
  settingsFault: SettingsFault,
): Generator<Failure> {
  if (entry.noun === 'node') {
    const wrong = entry.path.split('/').find((segment) => !isSegment(segment));
    if (wrong !== undefined)
      yield invalid(entry, `"${wrong}" in the path is not made of letters, digits and . _ : - alone`);
    if (entry.timeZone !== undefined && !isZoneName(entry.timeZone))
      yield invalid(entry, `"${entry.timeZone}" is not an IANA time zone`);
    if (parentPath(entry.path) === '' && LEVELS.indexOf(entry.level) > 1)
      yield invalid(entry, `a ${entry.level} cannot stand at the top: begin with a community`);
  } else if (entry.noun === 'device') {
    if (!models(entry.model))
      yield { code: 'MODEL_UNKNOWN', details: { noun: 'device', key: entry.id, model: entry.model } };
    const fault = entry.settings && settingsFault(entry.model, entry.settings);
    if (fault !== undefined) yield invalid(entry, fault);
  }
}

/** What an entry points to must exist and fit. */
function* linkProblems(entry: RegistryEntry, after: Draft): Generator<Failure> {
  for (const link of linksOf(entry))
    if (after.entry(link.noun, link.key) === undefined)
      yield {
        code: 'REGISTRY_PARENT_MISSING',
        details: { noun: entry.noun, key: entryKey(entry), parent: link },
      };
  if (entry.noun === 'node') {
    const above = after.entry('node', parentPath(entry.path));
    if (above && LEVELS.indexOf(above.level) >= LEVELS.indexOf(entry.level))
      yield invalid(entry, `a ${entry.level} cannot stand below a ${above.level}`);
  } else if (entry.noun === 'device' && entry.resident !== undefined) {
    const resident = after.entry('resident', entry.resident);
    if (resident && resident.home !== entry.home)
      yield invalid(entry, `its resident ${entry.resident} lives in another home, ${resident.home}`);
  }
}

function linksOf(entry: RegistryEntry): RegistryKey[] {
  switch (entry.noun) {
    case 'node': {
      const key = parentPath(entry.path);
      return key === '' ? [] : [{ noun: 'node', key }];
    }
    case 'home':
    case 'gateway':
      return [{ noun: 'node', key: entry.parent }];
    case 'resident':
    case 'contact':
      return [{ noun: 'home', key: entry.home }];
    case 'device':
      return [
        { noun: 'home', key: entry.home },
        ...(entry.gateway === undefined ? [] : [{ noun: 'gateway', key: entry.gateway } as const]),
        ...(entry.resident === undefined ? [] : [{ noun: 'resident', key: entry.resident } as const]),
      ];
    case 'staff':
      return entry.roles.map(({ node }) => ({ noun: 'node', key: node }));
  }
}

/** The name of a time zone, as opposed to an offset such as `+08:00`, which knows no change of clocks. */
const isZoneName = (name: string): boolean => /^[A-Za-z]/.test(name) && isTimeZone(name);
