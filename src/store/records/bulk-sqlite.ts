import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Noun, RegistryEntry } from '../../model/registry.ts';
import type { RegistryParts, SubjectRow } from '../../ports/records.ts';
import { HOME_OF_PERSON, IS_PERSON } from './migrations.ts';

/**
 * What a start reads as a whole: half a million entries, 100,000 states. Row by row that took longer than all the rest
 * of a start, so SQLite puts many documents into one text, which is parsed in one go.
 */
const ENTRIES_PER_TEXT = 2_000;
const SUBJECTS_PER_PAGE = 1_000;

/** People are a third of what a start would read, and nobody asks for them before somebody is to be told. */
const IS_LATE: Readonly<Record<Noun, boolean>> = {
  contact: true,
  device: false,
  gateway: false,
  home: false,
  node: false,
  resident: true,
  staff: false,
};
const NOUNS = Object.keys(IS_LATE) as Noun[];

/** All entries of the registry. */
export const readRegistry = (db: DatabaseSync): RegistryEntry[] =>
  [...eachPiece(db, false), ...eachPiece(db, true)].flat();

export const readRegistryInParts = (db: DatabaseSync): RegistryParts => ({
  entries: [...eachPiece(db, false)].flat(),
  late: Object.assign(eachPiece(db, true), { ofHome: peopleOf(db) }),
});

function* eachPiece(db: DatabaseSync, late: boolean): Generator<RegistryEntry[]> {
  for (const noun of NOUNS) if (IS_LATE[noun] === late) yield* piecesOf(db, noun);
}

/** Who lives in a home, and whom to call for it. */
function peopleOf(db: DatabaseSync): (home: string) => RegistryEntry[] {
  const docs = db.prepare(`select doc from registry where ${IS_PERSON} and ${HOME_OF_PERSON} = ?`);
  return (home) => docs.all(home).map(({ doc }) => JSON.parse(String(doc)) as RegistryEntry);
}

/** The entries of one noun, by key. */
function* piecesOf(db: DatabaseSync, noun: Noun): Generator<RegistryEntry[]> {
  const texts = db.prepare(
    `select group_concat(doc, ',') as docs, max(key) as last
       from (select key, doc from registry where noun = ? and key > ? order by key limit ${ENTRIES_PER_TEXT})`,
  );
  for (let after = ''; ; ) {
    const { docs, last } = texts.get(noun, after) as { docs: string | null; last: string | null };
    if (docs === null || last === null) return;
    yield JSON.parse(`[${docs}]`) as RegistryEntry[];
    after = last;
  }
}

/** What is stored of a subject. Its state is read when it is asked for: most of what stands in the file is that. */
class StoredSubject implements SubjectRow {
  readonly subject: string;
  readonly seq: number;
  readonly due: number | undefined;
  readonly #states: StatementSync;

  constructor(row: { subject: string; seq: number; due: number | null }, states: StatementSync) {
    this.subject = row.subject;
    this.seq = row.seq;
    this.due = row.due ?? undefined;
    this.#states = states;
  }

  get state(): string {
    const { subject, seq } = this;
    const row = this.#states.get(subject, seq) as { state: string } | undefined;
    if (!row) throw new Error(`the state of ${subject} as of input ${seq} is not in the records any more`);
    return row.state;
  }
}

/** All stored states, by subject. Other work may come in between two pages. */
export async function* eachSubject(db: DatabaseSync): AsyncGenerator<SubjectRow[]> {
  const page = db.prepare(
    `select subject, seq, due from subjects where subject > ? order by subject limit ${SUBJECTS_PER_PAGE}`,
  );
  const states = db.prepare('select state from subjects where subject = ? and seq = ?');
  for (let after = ''; ; ) {
    const rows = page.all(after) as { subject: string; seq: number; due: number | null }[];
    if (rows.length > 0) yield rows.map((row) => new StoredSubject(row, states));
    if (rows.length < SUBJECTS_PER_PAGE) return;
    after = rows.at(-1)?.subject as string;
  }
}
