import { DAY } from '../lib/clock.ts';
import type { CaseEntry } from '../model/case.ts';
import { isDone } from '../model/case.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import type { RecordStore } from '../ports/records.ts';
import { isNewsOfCase, type Moment } from './stuck.ts';

type Records = Pick<RecordStore, 'notice' | 'notices' | 'dueNotices' | 'case' | 'caseEntries'>;

/** What did not arrive, of which the case may not have heard. */
export interface Unreported {
  /** The notice of the case. */
  readonly notice: Notice;
  /** The same, or the digest in whose place it stood. */
  readonly became: Notice;
}

/**
 * Notices that failed, or are tried in vain, and of which no line of their case says so: the process ended after the result
 * was on disk, and before the case heard of it. By that line a case learns that nobody was reached and that others are to be
 * told, so it is looked for at each start: in what waits, the gravest first, and in what was queued and failed within a day.
 */
export async function unreported(records: Records, at: Moment): Promise<Unreported[]> {
  const lines = new Map<string, Promise<readonly CaseEntry[] | undefined>>();
  const linesOf = (id: string) => {
    const known = lines.get(id) ?? linesOfOpen(records, id);
    lines.set(id, known);
    return known;
  };
  const found: Unreported[] = [];
  for (const became of [...(await failedOfLate(records, at.now - DAY)), ...(await waiting(records))]) {
    const since = became.failedAt ?? 0;
    if (became.follows || !isNewsOfCase(became, at) || (became.failedAt ?? at.now) < at.now - DAY) continue;
    for (const notice of await membersOf(records, became)) {
      const told = notice.case === '' ? undefined : await linesOf(notice.case);
      if (told && !told.some((line) => line.notice === notice.id && line.at >= since))
        found.push({ notice, became });
    }
  }
  return found;
}

/** By the index of what is due: of all notices of years few wait. */
const waiting = (records: Records): Promise<readonly Notice[]> =>
  records.dueNotices(Number.MAX_SAFE_INTEGER, LIMITS.unreportedNoticesMax);

/** No index knows what failed: the newest are looked through as far as a day, and not all that are stored. */
async function failedOfLate(records: Records, from: number): Promise<Notice[]> {
  const failed: Notice[] = [];
  let cursor: string | undefined;
  for (let looked = 0; looked < LIMITS.unreportedLookedMax; looked += LIMITS.unreportedNoticesMax) {
    const page = await records.notices(
      { paths: [''] },
      { limit: LIMITS.unreportedNoticesMax, ...(cursor === undefined ? {} : { cursor }) },
    );
    failed.push(...page.items.filter(({ state }) => state === 'failed'));
    cursor = page.next;
    if (cursor === undefined || (page.items.at(-1)?.createdAt ?? 0) < from) break;
  }
  return failed;
}

async function membersOf(records: Records, became: Notice): Promise<Notice[]> {
  if (!became.standsFor) return [became];
  const members = await Promise.all(became.standsFor.map((id) => records.notice(id)));
  return members.filter((one) => one !== undefined);
}

/** Undefined where nobody waits for the case any more. */
async function linesOfOpen(records: Records, id: string): Promise<readonly CaseEntry[] | undefined> {
  const about = await records.case(id);
  return about && !isDone(about.status)
    ? records.caseEntries(id, { limit: LIMITS.caseEntriesShownMax })
    : undefined;
}
