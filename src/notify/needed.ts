import { isDone } from '../model/case.ts';
import type { Notice, NoticeFailure } from '../model/notice.ts';
import type { RecordStore } from '../ports/records.ts';
import { isNewsTo, isOutdated } from './follow-ups.ts';
import type { OutboxOptions } from './outbox-options.ts';

interface NeededRecords {
  readonly records: Pick<RecordStore, 'case'>;
}

/**
 * Why nobody needs this notice any more; undefined where somebody does. Nobody hears of a case that was resolved, or
 * taken after this was to be said, unless others are needed all the same; who is asked to call back is told until somebody has.
 */
export async function notNeeded(
  notice: Notice,
  options: Pick<OutboxOptions, 'isWanted' | 'addressNow'> & NeededRecords,
): Promise<NoticeFailure | undefined> {
  const because = await settledBy(notice, options);
  if (because !== undefined || options.addressNow === undefined) return because;
  if (options.addressNow(notice) !== undefined) return undefined;
  // What becomes of a case is no business of who has left; that somebody is needed others have to hear.
  return notice.follows ? 'outdated' : 'recipient-gone';
}

/** The notice to where its person is reached now; as it is, where they are reached nowhere. */
export const readdressed = (notice: Notice, { addressNow }: Pick<OutboxOptions, 'addressNow'>): Notice => {
  const address = addressNow?.(notice) ?? notice.address;
  return address === notice.address ? notice : { ...notice, address };
};

async function settledBy(
  notice: Notice,
  { records, isWanted = () => false }: Pick<OutboxOptions, 'isWanted'> & NeededRecords,
): Promise<NoticeFailure | undefined> {
  const { case: id, createdAt, content, follows } = notice;
  try {
    const about = await records.case(id);
    if (!about) return undefined;
    if (follows) return isOutdated(follows.news, about) ? 'outdated' : undefined;
    if (content.event === 'case-call-back')
      return about.status === 'open' || about.status === 'struck-off' ? 'case-resolved' : undefined;
    if (isDone(about.status)) return 'case-resolved';
    const isTaken = createdAt < (about.acknowledgedAt ?? 0) && !isWanted(about);
    return isTaken && !isNewsTo(notice, about.acknowledgedBy ?? '') ? 'case-taken' : undefined;
  } catch {
    return undefined; // Better once too often than never.
  }
}
