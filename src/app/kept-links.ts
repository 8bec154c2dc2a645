import { doorNote } from '../model/door-notes.ts';
import type { Notice } from '../model/notice.ts';
import type { Visitor } from '../model/registry.ts';
import type { RecordStore } from '../ports/records.ts';

/** What is kept of the links of one person: the last one, which alone is good. */
export interface KeptLink {
  readonly generation: number;
  readonly madeAt: number;
  readonly madeBy: string;
  /** 0: it was revoked. */
  readonly until: number;
  /** Links in notices that were made before open nothing any more, also where a new personal link was made since. */
  readonly revokedAt?: number;
  readonly usedAt?: number;
  /** Which key the last one was signed with (`fingerprintOf`). With another it opens nothing. */
  readonly key?: string;
}

export async function keptLink(
  records: Pick<RecordStore, 'meta'>,
  { kind, id }: Visitor,
): Promise<KeptLink | undefined> {
  const text = await records.meta(doorNote('home-link', { kind, id }));
  return text === undefined ? undefined : (JSON.parse(text) as KeptLink);
}

/**
 * Was what this person had of links withdrawn after the notice was made? A telephone that was lost, or whoever is of the family no more,
 * has all of them alike.
 */
export async function isWithdrawn(
  { recipient: { kind, id }, createdAt }: Pick<Notice, 'recipient' | 'createdAt'>,
  records: Pick<RecordStore, 'meta'>,
): Promise<boolean> {
  if (kind !== 'contact' && kind !== 'resident') return false;
  const { revokedAt } = (await keptLink(records, { kind, id })) ?? {};
  return revokedAt !== undefined && createdAt <= revokedAt;
}
