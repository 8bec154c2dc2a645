import type { Level } from '../model/registry.ts';
import { LEVEL_COLUMNS } from './csv-table.ts';
import type { RegistryDraft } from './registry-draft.ts';
import { show } from './schema-words.ts';

interface NodeSeen {
  readonly name: string;
  readonly level: Level;
  readonly line: number;
}
type LevelColumn = (typeof LEVEL_COLUMNS)[number];
/** Where the names of the levels are read, and what the file calls their columns. */
interface Cells {
  readonly line: number;
  field(level: LevelColumn): string;
  heading(level: LevelColumn): string;
}

/** The nodes above the homes of a list, made on the way from the first row that names them. */
export class CsvPlaces {
  readonly #draft: RegistryDraft;
  readonly #nodes = new Map<string, NodeSeen>();
  readonly #places = new Map<string, string>();

  constructor(draft: RegistryDraft) {
    this.#draft = draft;
  }

  /** The path of the node that the home stands in; undefined when a part of it is wrong. */
  take(cells: Cells): string | undefined {
    // Rows of one unit follow each other by the hundred.
    const place = LEVEL_COLUMNS.map((level) => cells.field(level)).join('\n');
    const known = this.#places.get(place);
    if (known !== undefined) return known;
    const before = this.#draft.problems.length;
    const path = this.#takeNodes(cells);
    if (path !== undefined && this.#draft.problems.length === before) this.#places.set(place, path);
    return path;
  }

  #takeNodes(cells: Cells): string | undefined {
    const { line } = cells;
    let path = '';
    for (const level of LEVEL_COLUMNS) {
      const name = cells.field(level);
      if (name === '') {
        if (level !== 'community') continue;
        this.#draft.problem({ line }, `${cells.heading(level)} is missing`);
        return undefined;
      }
      const segment = name.replace(/\s+/gu, '-');
      if (!/^[\p{L}\p{N}._:-]{1,64}$/u.test(segment)) {
        this.#draft.problem(
          { line },
          `${cells.heading(level)}: found ${show(name)}, expected letters, digits, dot, underscore, colon and hyphen`,
        );
        return undefined;
      }
      path = path === '' ? segment : `${path}/${segment}`;
      this.#takeNode(path, level, name, cells);
    }
    return path;
  }

  #takeNode(path: string, level: LevelColumn, name: string, cells: Cells): void {
    const { line } = cells;
    const seen = this.#nodes.get(path);
    const say = (message: string) => this.#draft.problem({ line }, message);
    if (!seen) {
      this.#nodes.set(path, { name, level, line });
      this.#draft.add('node', path, { path, level }, () => ({ line }), { preset: { name } });
    } else if (seen.name !== name)
      say(
        `${cells.heading(level)}: ${show(name)} and ${show(seen.name)} in line ${seen.line} would both be ${path}`,
      );
    else if (seen.level !== level)
      say(`${cells.heading(level)}: ${path} is a ${seen.level} in line ${seen.line}`);
  }
}
