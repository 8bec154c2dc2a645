import { sameValue } from '../lib/same-value.ts';
import { changedFields, withFields } from '../model/entry-fields.ts';
import { parentPath } from '../model/paths.ts';
import { entryKey, type Noun, type RegistryEntry } from '../model/registry.ts';
import type { Registry } from '../registry/registry.ts';

/** An entry that an import puts, and the one that stood there when it was decided on; absent: it is new. */
export interface PlannedEntry {
  readonly entry: RegistryEntry;
  readonly was?: RegistryEntry;
}

/** What one input takes over. A home is whole in one of them, with its people and devices. */
export type Piece = readonly PlannedEntry[];

type Known = Pick<Registry, 'entry'>;

/** Entries of a piece: some 200 homes, a tenth of a second of a slow server. */
const ENTRIES_PER_PIECE = 800;

/** Whether one input would hold up an SOS. */
export const isLong = (put: readonly RegistryEntry[]): boolean => put.length > 2 * ENTRIES_PER_PIECE;

/**
 * A large import as inputs that follow each other, each of which may be made when those before it are: places, gateways
 * and staff first, so that whoever is to be told of a home is there before it is.
 *
 * What may stand in the way of an import at the very moment (a device is moved of which somebody has called), and what may
 * stand in the way of another entry of it meanwhile (an address is given to another device), is the first piece, with all
 * that it hangs on. With the others nothing can go wrong once this one is in, as long as nobody else changes the registry.
 */
export function piecesOf(
  registry: Known,
  put: readonly RegistryEntry[],
  entriesPerPiece = ENTRIES_PER_PIECE,
): Piece[] {
  const planned = put.map((entry) => plannedOver(registry, entry));
  const first = withLinks(planned, planned.filter(isUnsettling));
  const rest = planned.filter((one) => !first.has(one));
  const ahead = AHEAD.flatMap((noun) => sorted(rest.filter(({ entry }) => entry.noun === noun)));
  const groups = [ahead.map((one) => [one]), byHome(registry, rest)];
  const pieces = groups.flatMap((some) => inPieces(some, entriesPerPiece));
  return first.size > 0 ? [[...first], ...pieces] : pieces;
}

/** In this order, parents of nodes before them. */
const AHEAD: readonly Noun[] = ['node', 'gateway', 'staff'];

function plannedOver(registry: Known, entry: RegistryEntry): PlannedEntry {
  const was = registry.entry(entry.noun, entryKey(entry));
  return was ? { entry, was } : { entry };
}

/** Fields of an entry that is there already in which a change may be refused now, or must come together with others. */
const UNSETTLING: Readonly<Record<Noun, readonly string[] | 'any'>> = {
  node: 'any',
  gateway: 'any',
  staff: [],
  home: ['parent'],
  resident: ['home'],
  contact: ['home'],
  device: ['home', 'disabled', 'model', 'address'],
};

function isUnsettling({ entry, was }: PlannedEntry): boolean {
  if (!was) return false;
  const fields = UNSETTLING[entry.noun];
  if (fields === 'any') return true;
  const [before, after] = [was, entry] as unknown as Record<string, unknown>[];
  return fields.some((field) => !sameValue(before?.[field], after?.[field]));
}

/** These, and what they hang on of what the import brings; of a home that is new, all that belongs to it. */
function withLinks(all: readonly PlannedEntry[], some: readonly PlannedEntry[]): Set<PlannedEntry> {
  const found = new Set(some);
  if (found.size === 0) return found;
  const byName = new Map(all.map((one) => [`${one.entry.noun} ${entryKey(one.entry)}`, one]));
  const ofHomes = Map.groupBy(all, ({ entry }) => homeOf(entry) ?? '');
  // What is added on the way has its turn as well.
  for (const { entry, was } of found) {
    const needed = linksOf(entry).flatMap((link) => byName.get(link) ?? []);
    for (const one of needed) found.add(one);
    if (entry.noun !== 'home' || was) continue;
    for (const one of ofHomes.get(entry.id) ?? []) found.add(one);
  }
  return found;
}

/** The home that an entry is, or belongs to. */
function homeOf(entry: RegistryEntry): string | undefined {
  if (entry.noun === 'home') return entry.id;
  return 'home' in entry ? entry.home : undefined;
}

function linksOf(entry: RegistryEntry): string[] {
  switch (entry.noun) {
    case 'node':
      return [`node ${parentPath(entry.path)}`];
    case 'home':
    case 'gateway':
      return [`node ${entry.parent}`];
    case 'resident':
    case 'contact':
      return [`home ${entry.home}`];
    case 'device':
      return [`home ${entry.home}`, `gateway ${entry.gateway ?? ''}`, `resident ${entry.resident ?? ''}`];
    case 'staff':
      return entry.roles.map(({ node }) => `node ${node}`);
  }
}

const sorted = (some: readonly PlannedEntry[]): PlannedEntry[] =>
  [...some].sort((a, b) => (entryKey(a.entry) < entryKey(b.entry) ? -1 : 1));

/** Homes with all of theirs, neighbours next to each other: what changes in a house is stored once. */
function byHome(registry: Known, rest: readonly PlannedEntry[]): PlannedEntry[][] {
  const homes = new Map<string, PlannedEntry[]>();
  const places = new Map<string, string>();
  for (const one of rest) {
    const { entry } = one;
    const home = homeOf(entry);
    if (home === undefined) continue;
    if (entry.noun === 'home') places.set(home, `${entry.parent}/${home}`);
    const gathered = homes.get(home);
    if (gathered) gathered.push(one);
    else homes.set(home, [one]);
  }
  const place = (home: string): string => places.get(home) ?? placeOf(registry, home);
  return Array.from(homes, ([home, entries]) => ({ at: place(home), entries }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ entries }) => entries);
}

function placeOf(registry: Known, home: string): string {
  const entry = registry.entry('home', home);
  return entry?.noun === 'home' ? `${entry.parent}/${home}` : home;
}

/** What belongs together, until there is enough of it. */
function inPieces(groups: readonly PlannedEntry[][], enough: number): Piece[] {
  const pieces: PlannedEntry[][] = [];
  let piece: PlannedEntry[] = [];
  for (const group of groups) {
    piece.push(...group);
    if (piece.length < enough) continue;
    pieces.push(piece);
    piece = [];
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}

/** A piece as it is to be put now: what people have changed since it was decided on, and it does not speak of, stays. */
export function entriesNow(registry: Known, piece: Piece): RegistryEntry[] {
  return piece.flatMap(({ entry, was }) => {
    const now = registry.entry(entry.noun, entryKey(entry));
    if (!now) return [entry];
    // What was new and is there was taken over already.
    if (!was) return [];
    const over = now === was ? entry : withFields(now, entry, changedFields(was, entry));
    return sameValue(over, now) ? [] : [over];
  });
}
