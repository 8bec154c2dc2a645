import { visitEach } from '../lib/unhurried.ts';
import { parentPath } from '../model/paths.ts';
import type { RegistryNode } from '../model/registry.ts';
import type { SaidAt } from './import-reader.ts';
import type { Below } from './made-homes.ts';
import type { Lookup } from './registry-draft.ts';
import { show } from './schema-words.ts';
import type { ConfigProblem } from './yaml-file.ts';

interface SettledPlaces {
  readonly said: readonly SaidAt[];
  readonly problems: readonly ConfigProblem[];
}

/** What is there: all places, where a community is looked for, and what stands in one. */
interface PlacesThere {
  readonly existing: Lookup;
  readonly below: Below;
  readonly nodes: () => Iterable<RegistryNode>;
}

/**
 * Which places those are that a table calls by their names: in the registry 第一网格 may have the path haitang/g1. What is
 * called so there, in the same place and of the same level, is the place that is meant; a second one of that name would be
 * outside of what staff and rosters of the first are responsible for. A table has no sub-districts: a community is looked
 * for in all of them. A file in YAML writes paths: there a new place with the name of another beside it is refused.
 */
export async function settleNamedPlaces(
  said: readonly SaidAt[],
  there: PlacesThere,
  isTable: boolean,
): Promise<SettledPlaces> {
  const names = new NamesThere(there, isTable);
  const paths = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  await visitEach(said, (one) => {
    if (one.noun !== 'node') return;
    const above = parentPath(one.key);
    const own = one.key.slice(above === '' ? 0 : above.length + 1);
    const parent = paths.get(above) ?? above;
    const path = parent === '' ? own : `${parent}/${own}`;
    const same = there.existing('node', path) ? [] : names.meant(one, own, parent);
    if (same.length > (isTable ? 1 : 0))
      problems.push({ file: '', ...one.place, path: '', message: taken(nameOf(one), same, isTable) });
    const settled = same[0]?.path ?? path;
    if (settled !== one.key) paths.set(one.key, settled);
  });
  if (problems.length > 0 || paths.size === 0) return { said, problems };
  const settled: SaidAt[] = [];
  await visitEach(said, (one) => settled.push(moved(one, paths)));
  return { said: settled, problems };
}

const nameOf = ({ fields, unsaid }: SaidAt): string =>
  String(fields['name'] ?? unsaid?.preset?.['name'] ?? '');

function taken(name: string, there: readonly RegistryNode[], isTable: boolean): string {
  const paths = there.map(({ path }) => path).join(', ');
  return isTable
    ? `several places are called ${show(name)} here: ${paths}; write the last part of the path of the one that is meant`
    : `a place called ${show(name)} stands here already, as ${paths}: write that id if it is the same, or give this one another name`;
}

/** Places of the registry by their names, looked up once for all in the same place. */
class NamesThere {
  readonly #there: PlacesThere;
  readonly #isTable: boolean;
  readonly #known = new Map<string, readonly RegistryNode[]>();
  #communities: readonly RegistryNode[] | undefined;

  constructor(there: PlacesThere, isTable: boolean) {
    this.#there = there;
    this.#isTable = isTable;
  }

  /** Those that may be meant: by their name or, as a table may write a community in a sub-district, by the last part of the path. */
  meant(one: SaidAt, own: string, parent: string): readonly RegistryNode[] {
    const level = one.fields['level'];
    const wanted = plain(nameOf(one));
    const beside = this.#beside(level, parent).filter((node) => node.level === level);
    const called = beside.filter(({ name }) => plain(name) === wanted);
    if (called.length > 0 || parent !== '') return called;
    return this.#isTable ? beside.filter(({ path }) => path.endsWith(`/${own}`)) : [];
  }

  #beside(level: unknown, parent: string): readonly RegistryNode[] {
    if (parent === '') {
      this.#communities ??= [...this.#there.nodes()].filter((node) => node.level === 'community');
      if (level !== 'community') return [];
      return this.#isTable ? this.#communities : this.#communities.filter(({ path }) => !path.includes('/'));
    }
    let nodes = this.#known.get(parent);
    if (!nodes) {
      nodes = [...this.#there.below('node', parent)].filter((entry) => entry.noun === 'node');
      this.#known.set(parent, nodes);
    }
    return nodes;
  }
}

/** As two people write the same name. */
const plain = (name: string): string => name.normalize('NFKC').replace(/\s+/g, '');

/** The entry at or below the place that is meant. */
function moved(one: SaidAt, paths: ReadonlyMap<string, string>): SaidAt {
  const { noun, key, fields, unsaid } = one;
  const to = (path: unknown): string | undefined => paths.get(String(path));
  const path = noun === 'node' ? to(key) : undefined;
  if (path !== undefined) return { ...one, key: path, fields: { ...fields, path } };
  const parent = to(fields['parent']);
  if (parent !== undefined) return { ...one, fields: { ...fields, parent } };
  const above = to(unsaid?.above?.path);
  if (!unsaid?.above || above === undefined) return one;
  return {
    ...one,
    unsaid: {
      ...unsaid,
      preset: { ...unsaid.preset, parent: above },
      above: { ...unsaid.above, path: above },
    },
  };
}
