import { createHash } from 'node:crypto';
import { visitEach } from '../lib/unhurried.ts';
import type { Home, Noun, RegistryEntry } from '../model/registry.ts';
import type { SaidAt } from './import-reader.ts';
import type { Lookup } from './registry-draft.ts';
import { contactId, residentId } from './registry-yaml.ts';
import { show } from './schema-words.ts';
import type { ConfigProblem } from './yaml-file.ts';

/** 501, ５０１ and 501室 are one door. */
export function plainRoom(room: string): string {
  const plain = room.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
  return plain.replace(/(?<=.)[室号]$/, '');
}

/** A door: the node that it stands in, and the room as people may write it. */
export const doorOf = (parent: string, room: string): string => `${parent}\n${plainRoom(room)}`;

/** Without letters that are taken for digits. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** Five bits each: of a million doors two have the same mark once in two thousand cities; that is refused. */
const MARK_LENGTH = 10;
const READABLE_MAX = 24;

/**
 * The id of a home of which a list says place and room alone. It hangs on nothing but these, so that the same list makes the
 * same ids; what can be read in it is for people.
 */
export function madeHomeId(parent: string, room: string): string {
  const bytes = createHash('sha256').update(doorOf(parent, room)).digest().subarray(0, MARK_LENGTH);
  const mark = Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('');
  const readable = [...parent.split('/').slice(-2), room]
    .flatMap((name) => /[a-z0-9]+/.exec(name.normalize('NFKC').toLowerCase())?.[0] ?? [])
    .join('-')
    .slice(0, READABLE_MAX);
  return readable === '' ? `h-${mark}` : `${readable}-${mark}`;
}

/** A home of a list without an id for it, and which it is. */
export interface MadeHome {
  readonly line: number;
  readonly home: string;
  readonly parent: string;
  readonly name: string;
  /** It is in the registry already. */
  readonly known: boolean;
}

export interface SettledHomes {
  readonly said: readonly SaidAt[];
  readonly made: readonly MadeHome[];
  readonly problems: readonly ConfigProblem[];
}

/** What stands at or below an entry of the registry. */
export type Below = (noun: Noun, key: string) => Iterable<RegistryEntry>;

/**
 * Which homes those are of which the list says place and room alone: the one that stands at this door, whatever its id, or
 * a new one. Never one that stands elsewhere by now, nor one in which other people are registered.
 */
export async function settleMadeHomes(
  said: readonly SaidAt[],
  existing: Lookup,
  below: Below,
): Promise<SettledHomes> {
  const homes = said.filter(({ noun, unsaid }) => noun === 'home' && unsaid?.isMade);
  if (homes.length === 0) return { said, made: [], problems: [] };
  const doors = new Doors(below);
  const people = await peopleByHome(said);
  const problems: ConfigProblem[] = [];
  const made: MadeHome[] = [];
  const renamed: Renamed = { homes: new Map(), people: new Map() };
  await visitEach(homes, (one) => {
    const { key, place } = one;
    const ofHome = people.get(key) ?? [];
    const found = whichHome(one, ofHome, doors, existing, below);
    if ('wrong' in found) {
      problems.push({ file: '', ...place, path: '', message: found.wrong });
      return;
    }
    const { home } = found;
    made.push({ line: place?.line ?? 1, home: home?.id ?? key, ...doorIn(one), known: home !== undefined });
    if (!home) return;
    renamed.homes.set(key, home.id);
    for (const [from, to] of namesakes([...below('home', home.id)], ofHome, home.id))
      renamed.people.set(from, to);
  });
  if (renamed.homes.size === 0) return { said, made, problems };
  const settled: SaidAt[] = [];
  await visitEach(said, (one) => settled.push(under(one, renamed)));
  return { said: settled, made, problems };
}

/** The ids that homes and people have in the registry, by those of the list. */
interface Renamed {
  readonly homes: Map<string, string>;
  readonly people: Map<string, string>;
}

const doorIn = ({ fields }: SaidAt): { parent: string; name: string } => ({
  parent: String(fields['parent']),
  name: String(fields['name']),
});

/** Homes of the registry by their doors, looked up once for all below the same node. */
class Doors {
  readonly #below: Below;
  readonly #known = new Map<string, Map<string, Home[]>>();

  constructor(below: Below) {
    this.#below = below;
  }

  at(parent: string, room: string): readonly Home[] {
    let homes = this.#known.get(parent);
    if (!homes) {
      homes = new Map();
      for (const entry of this.#below('node', parent))
        if (entry.noun === 'home') addTo(homes, plainRoom(entry.name), entry);
      this.#known.set(parent, homes);
    }
    return homes.get(plainRoom(room)) ?? [];
  }
}

function whichHome(
  one: SaidAt,
  people: readonly SaidAt[],
  doors: Doors,
  existing: Lookup,
  below: Below,
): { readonly wrong: string } | { readonly home: Home | undefined } {
  const { parent, name } = doorIn(one);
  const there = doors.at(parent, name);
  const [first] = there;
  if (there.length > 1) {
    const ids = there.map(({ id }) => id).join(', ');
    return { wrong: `several homes have this room: ${ids}; write the id of the one that is meant` };
  }
  if (first && isOthers([...below('home', first.id)], people))
    return {
      wrong: `other people are registered in this room, home ${show(first.id)}: if somebody moved in, remove who is not there any more; if they are more, write the id of the home`,
    };
  if (!first && existing('home', one.key))
    return {
      wrong: `home ${show(one.key)}, which was made for this place and room, has another place or room by now: correct the list, or write its id`,
    };
  return { home: first };
}

async function peopleByHome(said: readonly SaidAt[]): Promise<ReadonlyMap<string, readonly SaidAt[]>> {
  const people = new Map<string, SaidAt[]>();
  await visitEach(said, (one) => {
    if (one.noun === 'resident' || one.noun === 'contact') addTo(people, String(one.fields['home']), one);
  });
  return people;
}

function addTo<T>(groups: Map<string, T[]>, key: string, one: T): void {
  const group = groups.get(key);
  if (group) group.push(one);
  else groups.set(key, [one]);
}

/** Does the list name residents, and the registry others alone? */
function isOthers(there: readonly RegistryEntry[], said: readonly SaidAt[]): boolean {
  const known = there.flatMap((entry) => (entry.noun === 'resident' ? [entry.name] : []));
  const named = said.flatMap(({ noun, fields }) => (noun === 'resident' ? [String(fields['name'])] : []));
  return known.length > 0 && named.length > 0 && !named.some((name) => known.includes(name));
}

/**
 * Under which keys the people of a home are registered: by their names, in whatever order the list has them; who is new has a
 * key that nobody has.
 */
function* namesakes(
  there: readonly RegistryEntry[],
  said: readonly SaidAt[],
  home: string,
): Generator<readonly [string, string]> {
  for (const noun of ['resident', 'contact'] as const) {
    const known = there.flatMap((entry) => (entry.noun === noun ? [entry] : []));
    const taken = new Set(known.map(({ id }) => id));
    const idOf = noun === 'resident' ? residentId : contactId;
    for (const one of said.filter((each) => each.noun === noun)) {
      const same = known.find(({ name }) => name === one.fields['name']);
      let n = 1;
      while (!same && taken.has(idOf(home, n))) n++;
      const id = same?.id ?? idOf(home, n);
      taken.add(id);
      yield [`${noun} ${one.key}`, id];
    }
  }
}

/** The entry in the home that it is. */
function under(one: SaidAt, { homes, people }: Renamed): SaidAt {
  const { noun, key, fields } = one;
  const of = noun === 'home' ? key : fields['home'];
  const home = typeof of === 'string' ? homes.get(of) : undefined;
  if (home === undefined) return one;
  if (noun === 'home') return { ...one, key: home, fields: { ...fields, id: home } };
  const id = people.get(`${noun} ${key}`) ?? key;
  return { ...one, key: id, fields: { ...fields, id, home } };
}
