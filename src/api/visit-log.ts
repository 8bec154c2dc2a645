import { LIMITS } from '../model/limits.ts';
import {
  CHANGES_KEPT_MAX,
  type KnownChange,
  type VisitKey,
  type VisitLine,
  type VisitTold,
} from '../model/visit.ts';
import { isMet } from '../model/visit-words.ts';
import type { RecordStore, VisitFilter } from '../ports/records.ts';
import { pageRequest } from './query.ts';

/** What routes ask of the log of visits. */
type Log = Pick<RecordStore, 'visits' | 'findVisits'>;

export const keyOf = ({ home, at, by }: Pick<VisitTold, 'home' | 'at' | 'by'>): VisitKey => ({
  kind: 'visit',
  home,
  at,
  by,
});
export const nameOf = ({ kind, home, at, by }: VisitKey): string => JSON.stringify([kind, home, at, by]);

/** How often one that was withdrawn may be told anew for the same instant. */
const CORRECTIONS_MAX = 10;

/** What was withdrawn keeps its name: who corrects it at once tells of another visit, a moment later. */
export async function freeInstant(
  log: Log,
  told: Pick<VisitTold, 'home' | 'by'>,
  from: number,
): Promise<number> {
  const instants = Array.from({ length: CORRECTIONS_MAX }, (_, i) => from + i);
  const known = await log.findVisits(instants.map((at) => keyOf({ ...told, at })));
  const gone = new Set(known.filter(({ withdrawn }) => withdrawn).map(({ at }) => at));
  return instants.find((at) => !gone.has(at)) ?? from;
}

/** When somebody was last met in this home, as far as the log says, but for this line; null: never. */
export async function metWithout(log: Log, but: VisitKey): Promise<number | null> {
  const isLeft = (line: VisitLine): boolean =>
    !line.withdrawn && line.result !== undefined && isMet(line.result) && nameOf(line) !== nameOf(but);
  for await (const line of linesOf(log, { paths: [''], home: but.home, kind: 'visit' }))
    if (isLeft(line)) return line.at;
  return null;
}

/** The major changes in this home after that instant, as far as the log says, but for this line: the oldest, and the newest. */
export async function changesWithout(log: Log, but: VisitKey, met: number | null): Promise<KnownChange[]> {
  const changes: KnownChange[] = [];
  for await (const line of linesOf(log, { paths: [''], home: but.home, kind: 'change' })) {
    if (met !== null && line.at <= met) break;
    const { at, change: what, withdrawn } = line;
    if (what === undefined || withdrawn || nameOf(line) === nameOf(but)) continue;
    if (changes.length === CHANGES_KEPT_MAX) changes.pop();
    changes.push({ at, what });
  }
  return changes.reverse();
}

/** All lines, the newest first. */
export async function* linesOf(log: Log, filter: VisitFilter): AsyncGenerator<VisitLine> {
  let cursor: string | undefined;
  do {
    const page = await log.visits(
      filter,
      pageRequest({ limit: LIMITS.pageLengthMax, ...(cursor === undefined ? {} : { cursor }) }),
    );
    yield* page.items;
    cursor = page.next;
  } while (cursor !== undefined);
}
