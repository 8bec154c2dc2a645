import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { RecordTables } from './schema.ts';

type Db = Kysely<RecordTables>;

/** Stands for the value of a question that is asked later. */
class Place {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/** The question is put together with these in place of its values. */
const placesOf = <V extends readonly unknown[]>(values: V): V =>
  values.map((_, i) => new Place(i)) as unknown as V;

/**
 * A question that comes with each alert and each notice: put together once for each store. To put one together takes
 * several times as long as to ask it, on the thread on which alerts are found.
 *
 * @param ask uses its values as they are: the question must be the same whatever they are
 */
export function keptQuery<V extends readonly unknown[], R>(
  ask: (db: Db, ...values: V) => Compilable<R>,
): (db: Db, ...values: V) => Promise<R[]> {
  const known = new WeakMap<Db, CompiledQuery<R>>();
  return async (db, ...values) => {
    const kept = known.get(db) ?? ask(db, ...placesOf(values)).compile();
    known.set(db, kept);
    const parameters = kept.parameters.map((one) => (one instanceof Place ? values[one.index] : one));
    return (await db.executeQuery<R>({ ...kept, parameters })).rows;
  };
}
