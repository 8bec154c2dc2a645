import { parentPath } from '../model/paths.ts';
import type { Home } from '../model/registry.ts';
import type { RegistryView } from '../ports/service.ts';

/** Fewer digits than these are a door: nearly every telephone number has them somewhere. */
const PHONE_DIGITS_MIN = 4;

/** What people write between building, unit and door, and between the groups of a number, or leave out. */
const BETWEEN = /[\s\-–—›>/·.,，、()（）]+/g;
const plain = (text: string): string => text.toLowerCase().replace(BETWEEN, '');
const digitsOf = (text: string): string => text.replace(/\D/g, '');

/**
 * Finds homes by what somebody at the telephone says of them: words with spaces between, each of which must be in the
 * way down to the door ("8号楼1单元402", "8 402"), the id, the address, the name of a resident, the id of a device or a
 * number of the resident or of a contact. Names of places are joined once for all homes below the same node.
 */
export function homeSearch(registry: RegistryView, text: string): (home: Home) => boolean {
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
  return (home) => {
    const fields = [
      wayTo(home.parent) + plain(home.name),
      byNumbers ? numbersTo(registry, home) : '',
      plain(home.id),
      plain(home.address ?? ''),
      ...registry.residents(home.id).map(({ name }) => plain(name)),
      ...registry.devices(home.id).map(({ id }) => plain(id)),
    ];
    return words.every(
      ({ word, digits }) =>
        fields.some((field) => field.includes(word)) ||
        (digits !== undefined && phonesOf(registry, home.id).some((phone) => phone.includes(digits))),
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
