import { createHash } from 'node:crypto';
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
export function settleMadeHomes(said: readonly SaidAt[], existing: Lookup, below: Below): SettledHomes {
  const homes = said.filter(({ noun, unsaid }) => noun === 'home' && unsaid?.isMade);
  if (homes.length === 0) return { said, made: [], problems: [] };
  const doors = new Doors(below);
  const people = peopleByHome(said);
  const problems: ConfigProblem[] = [];
  const made: MadeHome[] = [];
  const renamed = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const one of homes) {
    const { key, place } = one;
    const found = whichHome(one, doors, existing);
    const ofHome = people.get(key) ?? [];
    const wrong =
      'wrong' in found
        ? found.wrong
        : found.home && isOthers([...below('home', found.home.id)], ofHome)
          ? `other people are registered in this room, home ${show(found.home.id)}: if somebody moved in, remove who is not there any more; if they are more, write the id of the home`
          : undefined;
    if (wrong !== undefined) {
      problems.push({ file: '', ...place, path: '', message: wrong });
      continue;
    }
    const known = 'home' in found ? found.home : undefined;
    made.push({ line: place?.line ?? 1, home: known?.id ?? key, ...doorIn(one), known: known !== undefined });
    if (!known) continue;
    renamed.set(key, known.id);
    for (const [from, to] of namesakes([...below('home', known.id)], ofHome, known.id)) keys.set(from, to);
  }
  return { said: renamed.size === 0 ? said : said.map((one) => under(one, renamed, keys)), made, problems };
}

const doorIn = ({ fields }: SaidAt): { parent: string; name: string } => ({
  parent: String(fields['parent']),
  name: String(fields['name']),
});

/** Homes of the registry by their doors, looked up once for all below the same node. */
class Doors {
  readonly #below: Below;
  readonly #known = new Map<string, ReadonlyMap<string, readonly Home[]>>();

  constructor(below: Below) {
    this.#below = below;
  }

  at(parent: string, room: string): readonly Home[] {
    let homes = this.#known.get(parent);
    if (!homes) {
      const all = [...this.#below('node', parent)].filter((entry) => entry.noun === 'home');
      homes = grouped(all, ({ name }) => plainRoom(name));
      this.#known.set(parent, homes);
    }
    return homes.get(plainRoom(room)) ?? [];
  }
}

function whichHome(
  one: SaidAt,
  doors: Doors,
  existing: Lookup,
): { readonly wrong: string } | { readonly home: Home | undefined } {
  const { parent, name } = doorIn(one);
  const there = doors.at(parent, name);
  const [first] = there;
  if (there.length > 1)
    return {
      wrong: `several homes have this room: ${there.map(({ id }) => id).join(', ')}; write the id of the one that is meant`,
    };
  if (first) return { home: first };
  return existing('home', one.key)
    ? {
        wrong: `home ${show(one.key)}, which was made for this place and room, has another place or room by now: correct the list, or write its id`,
      }
    : { home: undefined };
}

function peopleByHome(said: readonly SaidAt[]): ReadonlyMap<string, readonly SaidAt[]> {
  return grouped(
    said.filter(({ noun }) => noun === 'resident' || noun === 'contact'),
    ({ fields }) => String(fields['home']),
  );
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
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
function under(one: SaidAt, homes: ReadonlyMap<string, string>, keys: ReadonlyMap<string, string>): SaidAt {
  const { noun, key, fields } = one;
  const of = noun === 'home' ? key : fields['home'];
  const home = typeof of === 'string' ? homes.get(of) : undefined;
  if (home === undefined) return one;
  if (noun === 'home') return { ...one, key: home, fields: { ...fields, id: home } };
  const id = keys.get(`${noun} ${key}`) ?? key;
  return { ...one, key: id, fields: { ...fields, id, home } };
}
