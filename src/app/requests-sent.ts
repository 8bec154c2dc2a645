import { DAY, HOUR } from '../lib/clock.ts';
import { hashToken } from '../lib/secrets.ts';
import { doorNote } from '../model/door-notes.ts';
import { LIMITS } from '../model/limits.ts';
import type { Home, Visitor } from '../model/registry.ts';
import type { RequestCategory } from '../model/request-category.ts';
import type { SentRequest } from '../ports/home-door.ts';
import type { RecordStore } from '../ports/records.ts';

/** Who goes back to the form and sends the same words once more wants to be sure, and wants no second one. */
const SAME_WORDS_MS = HOUR;
/** So long somebody sees what became of what they sent, and of so many. */
const SHOWN_MS = 30 * DAY;
const SHOWN_MAX = 10;
/** More than may be sent in a day: today's are all among them. */
const KEPT_MAX = 20;

/** One request that was taken. The words themselves stand in its case alone. */
interface Sent {
  readonly at: number;
  /** Under which it was entered. Of those that a version before counted nothing but the instant is known. */
  readonly key?: string;
  readonly words?: string;
  readonly case?: string;
}

export interface Wanted {
  readonly from: string;
  readonly category: RequestCategory;
  readonly said: string;
  /** Which form it was: the same one is never two requests. */
  readonly once: string;
}

/** What people sent over their personal links lately: how many more may come, which came twice, and what became of them. */
export class RequestsSent {
  readonly #records: Pick<RecordStore, 'meta' | 'saveMeta' | 'case'>;

  constructor(records: Pick<RecordStore, 'meta' | 'saveMeta' | 'case'>) {
    this.#records = records;
  }

  /** `taken`: it is known already. `too-many`: no further one today. Otherwise the key to enter it under. */
  async look(visitor: Visitor, wanted: Wanted, now: number): Promise<'taken' | 'too-many' | { key: string }> {
    const sent = await this.#of(visitor);
    const { key, words } = marksOf(wanted);
    const isSame = (one: Sent): boolean =>
      one.key === key || (one.words === words && now - one.at < SAME_WORDS_MS);
    if (sent.some(isSame)) return 'taken';
    const today = sent.filter(({ at }) => at > now - DAY).length;
    return today >= LIMITS.homeLinkRequestsPerDayMax ? 'too-many' : { key };
  }

  async note(visitor: Visitor, wanted: Wanted, of: string | undefined, at: number): Promise<void> {
    const one: Sent = { at, ...marksOf(wanted), ...(of === undefined ? {} : { case: of }) };
    const sent = (await this.#of(visitor)).filter((before) => before.at > at - SHOWN_MS);
    const kept = [...sent, one].slice(-KEPT_MAX);
    await this.#records.saveMeta(doorNote('home-requests', visitor), JSON.stringify(kept));
  }

  /** What became of those of this home, the newest first. */
  async became(visitor: Visitor, home: Home, now: number): Promise<readonly SentRequest[]> {
    const sent = (await this.#of(visitor)).filter(({ at }) => at > now - SHOWN_MS);
    const known = await Promise.all(
      sent
        .flatMap(({ at, case: of }) => (of === undefined ? [] : [{ at, of }]))
        .slice(-SHOWN_MAX)
        .map(async ({ at, of }) => ({ at, found: await this.#records.case(of) })),
    );
    return known
      .flatMap(({ at, found }) =>
        found?.category && found.home === home.id
          ? [{ at, category: found.category, status: found.status }]
          : [],
      )
      .reverse();
  }

  async #of(visitor: Visitor): Promise<Sent[]> {
    const text = await this.#records.meta(doorNote('home-requests', visitor));
    const kept = JSON.parse(text ?? '[]') as (Sent | number)[];
    return kept.map((one) => (typeof one === 'number' ? { at: one } : one));
  }
}

const marksOf = ({ from, category, said, once }: Wanted) => ({
  key: hashToken(['request', from, category, said, once].join('\n')).slice(0, 40),
  words: hashToken([category, said].join('\n')).slice(0, 12),
});
