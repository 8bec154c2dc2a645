import { parentPath } from '../model/paths.ts';
import type { Device, Home } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import type { RegistryView } from '../ports/service.ts';
import type { NotesSight } from './notes-sight.ts';

/** Fewer digits than these are a door: nearly every telephone number has them somewhere. */
const PHONE_DIGITS_MIN = 4;

/** What people write between building, unit and door, and between the groups of a number, or leave out. */
const BETWEEN = /[\s\-–—›>/·.,，、()（）]+/g;
const plain = (text: string): string => text.toLowerCase().replace(BETWEEN, '');
const digitsOf = (text: string): string => text.replace(/\D/g, '');

/**
 * Finds homes by what somebody at the telephone says of them: words with spaces between, each of which must be in the
 * way down to the door ("8号楼1单元402", "8 402"), the id, the address, the name of a resident, the id of a device or a
 * number of the resident or of a contact.
 */
export function homeSearch(registry: RegistryView, text: string, sees: NotesSight): (home: Home) => boolean {
  const isMeant = search(registry, text, sees);
  return (home) =>
    isMeant(
      home,
      registry.devices(home.id).map(({ id }) => id),
    );
}

/**
 * Finds devices by what stands on them (id, address, model) and by where they hang, as `homeSearch` has it: what is said of one
 * device of a home does not find the others.
 */
export function deviceSearch(
  registry: RegistryView,
  text: string,
  sees: NotesSight,
  titleOf: (model: string) => Text | undefined,
): (device: Device) => boolean {
  const isMeant = search(registry, text, sees);
  return ({ id, address = '', model, home: homeId }) => {
    const home = registry.home(homeId);
    const { zh = '', en = '' } = titleOf(model) ?? {};
    return home !== undefined && isMeant(home, [id, address, unmarked(address), model, zh, en]);
  };
}

/** Labels print a serial number with marks between its letters, or without. */
const unmarked = (address: string): string =>
  address.slice(address.indexOf(':') + 1).replace(/[^a-z0-9]/gi, '');

/** Names of places are joined once for all homes below the same node. */
function search(
  registry: RegistryView,
  text: string,
  sees: NotesSight,
): (home: Home, more: readonly string[]) => boolean {
  const words = text
    .trim()
    .split(/\s+/)
    .map((word) => ({ word: NUMBERS.test(word) ? `-${word}-` : plain(word), digits: phoneDigits(word) }))
    .filter(({ word }) => word !== '');
  const ways = new Map<string, string>();
  const wayTo = (path: string): string => {
    const known = ways.get(path);
    if (known !== undefined) return known;
    const above = path === '' ? '' : wayTo(parentPath(path)) + plain(registry.node(path)?.name ?? '');
    ways.set(path, above);
    return above;
  };
  const byNumbers = words.some(({ word }) => word.startsWith('-'));
  return (home, more) => {
    const fields = [
      wayTo(home.parent) + plain(home.name),
      byNumbers ? numbersTo(registry, home) : '',
      plain(home.id),
      plain(home.address ?? ''),
      ...registry.residents(home.id).map(({ name }) => plain(name)),
      ...more.map(plain),
    ];
    return words.every(
      ({ word, digits }) =>
        fields.some((field) => field.includes(word)) ||
        (digits !== undefined &&
          // Who is not shown a number could find it by trying.
          sees(registry.homePath(home.id) ?? home.parent) &&
          phonesOf(registry, home.id).some((phone) => phone.includes(digits))),
    );
  };
}

/** "8-1-402", as it stands on many a door. */
const NUMBERS = /^\d{1,4}(?:-\d{1,4}){1,3}$/;

/** The same of a home: "-8-1-402-" of 8号楼, 1单元, 402. */
const numbersTo = (registry: RegistryView, { parent, name }: Home): string =>
  `-${[registry.node(parentPath(parent))?.name, registry.node(parent)?.name, name]
    .map((one) => /\d+/.exec(one ?? '')?.[0])
    .filter((one) => one !== undefined)
    .join('-')}-`;

function phoneDigits(word: string): string | undefined {
  const digits = digitsOf(word);
  return /^[+\d\-()]+$/.test(word) && digits.length >= PHONE_DIGITS_MIN ? digits : undefined;
}

const phonesOf = (registry: RegistryView, home: string): readonly string[] =>
  [...registry.residents(home), ...registry.contacts(home)].map(({ phone }) => digitsOf(phone ?? ''));
