import { type Kysely, sql } from 'kysely';
import { DOOR_NOTES, ownerOfNote } from '../../model/door-notes.ts';
import type { Effect } from '../../model/effect.ts';
import { deviceOfLeft, LEFT_HOMES, leftHomeKey, leftHomesIn } from '../../model/left-home.ts';
import { entryKey, type Noun, type RegistryEntry } from '../../model/registry.ts';
import { listMeta } from './accounts.ts';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/** After which there may be something to forget. */
export const isRemoval = ({ type }: Effect): boolean => type === 'registry-remove';

/** Ids that are looked at in one go: some two milliseconds. */
const IDS_PER_STEP = 1_000;
/** People who are asked for in one go. */
const NOTES_PER_STEP = 500;

/**
 * Deletes what the stream told of entries that are in the registry no more: their names, telephones and places, which whoever asked for
 * the events of before went on getting. That they were removed stays told. Nothing has to be remembered of what was removed: what
 * a crash left is found the next time.
 *
 * @param stops asked between two steps
 * @returns events deleted
 */
export async function forgetRemoved(
  db: Db,
  pause: () => Promise<void>,
  stops: () => boolean = () => false,
): Promise<number> {
  const edge = (which: 'min' | 'max') =>
    db
      .selectFrom('events')
      .select((eb) => eb.fn[which]('id').as('id'))
      .executeTakeFirst();
  const last = (await edge('max'))?.id ?? 0;
  let deleted = 0;
  for (let from = (await edge('min'))?.id ?? 0; from <= last && !stops(); from += IDS_PER_STEP) {
    deleted += await forgetAmong(db, from, from + IDS_PER_STEP);
    await pause();
  }
  return deleted;
}

async function forgetAmong(db: Db, from: number, before: number): Promise<number> {
  const rows = await db
    .selectFrom('events')
    .select(['id', 'data'])
    .where('id', '>=', from)
    .where('id', '<', before)
    .where('type', '=', 'registry')
    .execute();
  const told = new Map<Noun, Map<string, number[]>>();
  for (const { id, data } of rows) {
    const { entry } = JSON.parse(data) as { entry?: RegistryEntry };
    if (!entry) continue;
    const ofNoun = told.get(entry.noun) ?? new Map<string, number[]>();
    told.set(entry.noun, ofNoun);
    ofNoun.set(entryKey(entry), [...(ofNoun.get(entryKey(entry)) ?? []), id]);
  }
  const gone: number[] = [];
  for (const [noun, ids] of told) {
    const stay = db.selectFrom('registry').select('key').where('noun', '=', noun);
    for (const { key } of await stay.where('key', 'in', [...ids.keys()]).execute()) ids.delete(key);
    gone.push(...[...ids.values()].flat());
  }
  if (gone.length > 0) await db.deleteFrom('events').where('id', 'in', gone).execute();
  return gone.length;
}

/**
 * Deletes what is kept of the personal links of people who are in the registry no more. It goes with them, but for what versions before
 * left, and what somebody did over their link in the moment of their removal.
 */
export async function forgetNotes(db: Db): Promise<number> {
  const isNote = DOOR_NOTES.map((what) => sql<boolean>`key like ${`${what}.%`}`);
  const rows = await db
    .selectFrom('meta')
    .select('key')
    .where((eb) => eb.or(isNote))
    .execute();
  let deleted = 0;
  for (let at = 0; at < rows.length; at += NOTES_PER_STEP) {
    const notes = rows.slice(at, at + NOTES_PER_STEP).flatMap(({ key }) => {
      const owner = ownerOfNote(key);
      return owner ? [{ key, owner }] : [];
    });
    const ids = notes.map(({ owner }) => owner.id);
    const stay = db
      .selectFrom('registry')
      .select(['noun', 'key'])
      .where('noun', 'in', ['contact', 'resident']);
    const people = ids.length === 0 ? [] : await stay.where('key', 'in', ids).execute();
    const known = new Set(people.map(({ noun, key }) => `${noun}.${key}`));
    const gone = notes.filter(({ owner }) => !known.has(`${owner.kind}.${owner.id}`)).map(({ key }) => key);
    if (gone.length > 0) await db.deleteFrom('meta').where('key', 'in', gone).execute();
    deleted += gone.length;
  }
  return deleted;
}

/**
 * Deletes where devices were that left: of those that are enrolled again, and what is too old or too much. What a removal has noted anew
 * meanwhile stays.
 */
export async function forgetLeft(db: Db, now: number, pause: () => Promise<void>): Promise<number> {
  const rows = await listMeta(db, LEFT_HOMES);
  const enrolled = new Set<string>();
  for (let at = 0; at < rows.length; at += NOTES_PER_STEP) {
    const keys = rows.slice(at, at + NOTES_PER_STEP).map(({ key }) => deviceOfLeft(key));
    const found = db
      .selectFrom('registry')
      .select('key')
      .where('noun', '=', 'device')
      .where('key', 'in', keys);
    for (const { key } of await found.execute()) enrolled.add(leftHomeKey(key));
  }
  const away = rows.filter(({ key }) => !enrolled.has(key));
  const gone = new Set([...enrolled, ...leftHomesIn(away).overAt(now).map(leftHomeKey)]);
  const over = rows.filter(({ key }) => gone.has(key));
  for (let at = 0; at < over.length; at += NOTES_PER_STEP) {
    const some = over.slice(at, at + NOTES_PER_STEP);
    const [keys, values] = [some.map(({ key }) => key), some.map(({ value }) => value)];
    await db.deleteFrom('meta').where('key', 'in', keys).where('value', 'in', values).execute();
    await pause();
  }
  return over.length;
}

/** The same at once after a removal, beside what else the records do. What fails, or is cut off, the next night does. */
export class Forgetting {
  readonly #forget: (stops: () => boolean) => Promise<unknown>;
  #running: Promise<void> | undefined;
  #isAsked = false;
  #hasEnded = false;

  constructor(forget: (stops: () => boolean) => Promise<unknown>) {
    this.#forget = forget;
  }

  begin(): void {
    this.#isAsked = true;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing of it is under way: the store may be closed. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#running;
  }

  /** Many removals one after the other are one look at the events, and another for those that came meanwhile. */
  async #run(): Promise<void> {
    while (this.#isAsked && !this.#hasEnded) {
      this.#isAsked = false;
      await this.#forget(() => this.#hasEnded).catch(() => undefined);
    }
    this.#running = undefined;
  }
}
