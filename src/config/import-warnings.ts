import { visitEach } from '../lib/unhurried.ts';
import {
  type ImportWarning,
  type ImportWarningCode,
  type WarningParts,
  warningText,
} from '../model/import-warning.ts';
import { parentPath } from '../model/paths.ts';
import {
  type Contact,
  type Device,
  entryKey,
  type Home,
  type Level,
  type RegistryEntry,
  type RegistryNode,
  type Resident,
} from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { type Below, plainRoom } from './made-homes.ts';
import type { Lookup, Place, RegistryFile } from './registry-draft.ts';

const LEVEL_WORDS: Readonly<Record<Level, Text>> = {
  'sub-district': { zh: '街道', en: 'sub-district' },
  community: { zh: '社区', en: 'community' },
  grid: { zh: '网格', en: 'grid' },
  building: { zh: '楼栋', en: 'building' },
  unit: { zh: '单元', en: 'unit' },
};

/** What warnings are found by: the registry as it is, and where an entry stands in the list. */
interface Sight {
  readonly existing: Lookup;
  readonly below: Below;
  readonly placeOf: RegistryFile['placeOf'];
  /** Channels that the service has; absent: nobody knows. */
  readonly channels: ReadonlySet<string> | undefined;
}

/** What is new or changed in a list and probably a mistake, in the order of its lines. */
export async function importWarnings(put: readonly RegistryEntry[], sight: Sight): Promise<ImportWarning[]> {
  const eye = new Eye(sight);
  await visitEach(put, (entry) => eye.note(entry));
  await visitEach(put, (entry) => eye.place(entry));
  await visitEach(put, (entry) => eye.look(entry));
  return eye.found.sort((a, b) => a.line - b.line);
}

/** Looks at one entry after the other, beside those before and those that the registry has in the same place. */
class Eye {
  readonly found: ImportWarning[] = [];
  readonly #sight: Sight;
  /** What the list puts, by noun and key. */
  readonly #put = new Map<string, RegistryEntry>();
  readonly #siblings = new Map<string, Siblings>();
  readonly #persons = new Map<string, Resident>();
  readonly #ownPhones = new Map<string, string[]>();
  readonly #numbers = new Numbers();

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  note(entry: RegistryEntry): void {
    this.#put.set(`${entry.noun} ${entryKey(entry)}`, entry);
    if (entry.noun === 'device') this.#numbers.note(entry);
    if (entry.noun !== 'resident' || entry.phone === undefined) return;
    const phones = this.#ownPhones.get(entry.home);
    if (phones) phones.push(entry.phone);
    else this.#ownPhones.set(entry.home, [entry.phone]);
  }

  /** Once all are noted: what the registry has in the same place and the list does not speak of stands before. */
  place(entry: RegistryEntry): void {
    if (entry.noun === 'node') this.#in(parentPath(entry.path)).take(entry);
    else if (entry.noun === 'home') this.#in(entry.parent).take(entry);
  }

  look(entry: RegistryEntry): void {
    if (entry.noun === 'node') this.#lookAtNode(entry);
    else if (entry.noun === 'home') this.#lookAtHome(entry);
    else if (entry.noun === 'resident') this.#lookAtResident(entry);
    else if (entry.noun === 'contact') this.#lookAtContact(entry);
    else if (entry.noun === 'device') this.#lookAtDevice(entry);
    if (entry.noun === 'staff' || entry.noun === 'contact' || entry.noun === 'resident')
      this.#lookAtChannels(entry);
  }

  #lookAtChannels(one: Extract<RegistryEntry, { noun: 'staff' | 'contact' | 'resident' }>): void {
    const { channels } = this.#sight;
    const strange = channels && one.channels?.find(({ channel }) => !channels.has(channel));
    if (strange) this.#say(one, 'channel-not-there', { name: one.name, channel: strange.channel });
  }

  #lookAtNode(node: RegistryNode): void {
    const { name, path } = node;
    const parent = parentPath(path);
    const above = this.#node(parent);
    const isLoose = node.level === 'unit' && above?.level !== 'building';
    if (isLoose) this.#say(node, 'unit-without-building', { name });
    if (parent === '' || this.#sight.existing('node', path)) return;
    const other = this.#in(parent).firstSpelt(node);
    if (other)
      this.#say(node, 'place-spelt-otherwise', { name, other: other.name, where: this.#where(other) });
    if (!isLoose) this.#levelLeftOut(node, parent, node.level);
  }

  #lookAtHome(home: Home): void {
    const { name, parent } = home;
    const before = this.#sight.existing('home', home.id) as Home | undefined;
    if (before?.parent === parent && plainRoom(before.name) === plainRoom(name)) return;
    const other = this.#in(parent).firstAtDoor(home);
    if (other) this.#say(home, 'same-room', { name, other: other.id, where: this.#where(other) });
    this.#levelLeftOut(home, parent);
  }

  /** Beside it stand places of a kind that it is in none of: a building with units has a home of no unit. */
  #levelLeftOut(entry: RegistryEntry, parent: string, own?: Level): void {
    const level = this.#in(parent).lowerLevel(own);
    const place = this.#node(parent)?.name ?? parent;
    if (level) this.#say(entry, 'beside-lower-places', { level: LEVEL_WORDS[level], place });
  }

  #lookAtResident(one: Resident): void {
    const before = this.#sight.existing('resident', one.id) as Resident | undefined;
    if (before && before.name !== one.name)
      this.#say(one, 'another-person', { name: one.name, other: before.name });
    if (one.phone === undefined) return;
    const person = `${one.name}\n${digitsOf(one.phone)}`;
    const other = this.#persons.get(person);
    if (!other) this.#persons.set(person, one);
    else if (other.home !== one.home)
      this.#say(one, 'person-twice', { name: one.name, other: other.home, where: this.#where(other) });
  }

  #lookAtContact(one: Contact): void {
    const digits = digitsOf(one.phone ?? '');
    if (digits === '') return;
    const phones = [...(this.#ownPhones.get(one.home) ?? []), ...this.#phonesThere(one.home)];
    if (phones.some((phone) => digitsOf(phone) === digits))
      this.#say(one, 'contact-has-own-phone', { name: one.name });
  }

  #lookAtDevice(one: Device): void {
    const length = this.#numbers.longerThan(one);
    if (length !== undefined && !this.#sight.existing('device', one.id))
      this.#say(one, 'shorter-number', { name: one.id, length: String(length) });
  }

  #phonesThere(home: string): string[] {
    return [...this.#sight.below('home', home)].flatMap((entry) =>
      entry.noun === 'resident' ? (entry.phone ?? []) : [],
    );
  }

  #node(path: string): RegistryNode | undefined {
    return (this.#put.get(`node ${path}`) ?? this.#sight.existing('node', path)) as RegistryNode | undefined;
  }

  /** What stands in a place: of the registry as the list leaves it, and of the list. */
  #in(parent: string): Siblings {
    let siblings = this.#siblings.get(parent);
    if (!siblings) {
      siblings = new Siblings();
      for (const entry of this.#sight.below('node', parent))
        if (!this.#put.has(`${entry.noun} ${entryKey(entry)}`)) siblings.take(entry);
      this.#siblings.set(parent, siblings);
    }
    return siblings;
  }

  #where(entry: RegistryEntry): Text {
    const place = this.#place(entry);
    return place
      ? { zh: `第 ${place.line} 行`, en: `line ${place.line}` }
      : { zh: '已登记', en: 'registered' };
  }

  #place(entry: RegistryEntry): Place | undefined {
    const key = entryKey(entry);
    return this.#put.has(`${entry.noun} ${key}`) ? this.#sight.placeOf(entry.noun, key) : undefined;
  }

  #say(entry: RegistryEntry, code: ImportWarningCode, parts: WarningParts): void {
    const { noun } = entry;
    const line = this.#place(entry)?.line ?? 1;
    this.found.push({ line, code, noun, key: entryKey(entry), text: warningText(code, parts) });
  }
}

/** So many ids of one length are how a maker numbers them; of fewer nobody can say. */
const NUMBERED_MIN = 3;

/** Ids that are numbers: those of one model have one length, unless a spreadsheet has taken them for amounts. */
class Numbers {
  readonly #lengths = new Map<string, Map<number, number>>();

  note({ id, model }: Device): void {
    if (!/^\d+$/.test(id)) return;
    const lengths = this.#lengths.get(model) ?? new Map<number, number>();
    lengths.set(id.length, (lengths.get(id.length) ?? 0) + 1);
    this.#lengths.set(model, lengths);
  }

  /** The length of most ids of its model, where its own is shorter. */
  longerThan({ id, model }: Device): number | undefined {
    if (!/^\d+$/.test(id)) return undefined;
    const [most] = [...(this.#lengths.get(model) ?? [])].sort((a, b) => b[1] - a[1]);
    const [length = 0, count = 0] = most ?? [];
    return count >= NUMBERED_MIN && id.length < length ? length : undefined;
  }
}

/** Nodes and homes in one place, by what they are called. */
class Siblings {
  readonly #doors = new Map<string, Home>();
  readonly #spelt = new Map<string, RegistryNode>();
  readonly #levels = new Set<Level>();

  take(entry: RegistryEntry): void {
    if (entry.noun === 'home') setFirst(this.#doors, plainRoom(entry.name), entry);
    if (entry.noun !== 'node') return;
    setFirst(this.#spelt, plainPlace(entry.name), entry);
    this.#levels.add(entry.level);
  }

  firstAtDoor(home: Home): Home | undefined {
    const first = this.#doors.get(plainRoom(home.name));
    return first && first.id !== home.id ? first : undefined;
  }

  firstSpelt(node: RegistryNode): RegistryNode | undefined {
    const first = this.#spelt.get(plainPlace(node.name));
    return first && first.path !== node.path ? first : undefined;
  }

  /** The highest level of places here that is above `own`; of a home, the highest of all. */
  lowerLevel(own: Level | undefined): Level | undefined {
    return ORDER.slice(0, own === undefined ? ORDER.length : ORDER.indexOf(own)).find((level) =>
      this.#levels.has(level),
    );
  }
}

const ORDER: readonly Level[] = ['community', 'grid', 'building', 'unit'];

function setFirst<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

const digitsOf = (phone: string): string => phone.normalize('NFKC').replace(/\D/g, '');

const CHINESE_DIGITS = '零一二三四五六七八九';

/** 3号楼, 3 号楼, 三号楼, ３栋 and 3幢 are one building; 1单元 and 一单元 one unit. */
export function plainPlace(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\-_.·第]+/g, '')
    .replace(/[零一二三四五六七八九]?十[一二三四五六七八九]?/g, tens)
    .replace(/[零一二三四五六七八九]/g, (digit) => String(CHINESE_DIGITS.indexOf(digit)))
    .replace(/(?:号楼|栋|幢|座|楼)$/, '楼');
}

/** 十二 is 12, 二十 is 20. */
function tens(words: string): string {
  const [before = '', after = ''] = words.split('十');
  const digit = (word: string) => CHINESE_DIGITS.indexOf(word);
  return String((before === '' ? 1 : digit(before)) * 10 + (after === '' ? 0 : digit(after)));
}
