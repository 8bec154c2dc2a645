import type { Logger } from 'pino';
import { type Timers, wallTimers } from '../lib/timers.ts';
import type { Case, CaseEntry } from '../model/case.ts';
import type { Text } from '../model/text.ts';
import type { Outbox } from '../notify/outbox.ts';
import { type RecordStore, RecordsAway, type StreamEvent } from '../ports/records.ts';
import { caseNewsOf, type NewsContext } from './case-news.ts';

export interface NewsFollowerOptions {
  readonly records: Pick<RecordStore, 'meta' | 'saveMeta' | 'events' | 'eventSpan'>;
  readonly outbox: Pick<Outbox, 'caseNews'>;
  readonly timeZone: (path: string) => string;
  /** What a case is called after, without the place; undefined where its title does not say it apart. */
  readonly finding: (one: Case) => Text | undefined;
  /** Whether a contact has it, and where they are. */
  readonly contact: (one: Case) => NewsContext['contact'];
  readonly logger: Pick<Logger, 'error'>;
  readonly timers?: Timers;
}

const KEY = 'outbox.news';
const PAGE = 256;
/** Events of other kinds pass by without a write; after so many the place is noted all the same. */
const SAVE_EVERY = 5_000;
const AGAIN_MS = 2_000;
/** What cannot be told is passed by after so many tries, so that it does not stop all that follows. */
const TRIES_MAX = 5;

/**
 * Tells the outbox what becomes of cases, from the events that a commit wrote with it: what was taken in the instant before
 * a crash is told after it. How far it has come is noted when the follow-ups stand in the records, and they have ids by
 * which telling once more changes nothing.
 */
export class NewsFollower {
  readonly #options: NewsFollowerOptions;
  readonly #timers: Timers;
  /** The last event that is done, that is known, and that was noted as done. */
  #done: number;
  #known: number;
  #noted: number;
  #work: Promise<void> | undefined;
  #cancelAgain: () => void = () => {};
  #tries = 0;
  #stopped = false;

  private constructor(options: NewsFollowerOptions, done: number, known: number, noted: number) {
    this.#options = options;
    this.#timers = options.timers ?? wallTimers;
    [this.#done, this.#known, this.#noted] = [done, known, noted];
  }

  static async from(options: NewsFollowerOptions): Promise<NewsFollower> {
    const { first, last } = await options.records.eventSpan();
    const noted = await options.records.meta(KEY);
    // Of what happened before there was such a note nobody is told now.
    const done = noted === undefined ? last : Math.max(Number(noted), first - 1);
    const follower = new NewsFollower(options, Math.min(done, last), last, noted === undefined ? -1 : done);
    follower.#go();
    return follower;
  }

  /** After a commit, with the events that it wrote. */
  committed(events: readonly StreamEvent[], hasNews: boolean): void {
    const last = events.at(-1)?.id;
    if (last === undefined) return;
    const isCaughtUp = this.#done === this.#known && !this.#work;
    this.#known = Math.max(this.#known, last);
    if (!hasNews && isCaughtUp && last - this.#noted < SAVE_EVERY) this.#done = this.#known;
    else this.#go();
  }

  /** Resolves when all that was committed has been told. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelAgain();
    await this.idle();
  }

  #go(): void {
    if (this.#stopped) return;
    this.#work ??= this.#follow().finally(() => {
      this.#work = undefined;
    });
  }

  async #follow(): Promise<void> {
    const { logger } = this.#options;
    while (!this.#stopped && this.#done < this.#known) {
      try {
        await this.#page();
        this.#tries = 0;
      } catch (error) {
        logger.error({ err: error }, 'what became of a case could not be told to those who were told of it');
        if (!(error instanceof RecordsAway) && ++this.#tries >= TRIES_MAX) {
          this.#tries = 0;
          this.#done++;
          continue;
        }
        this.#cancelAgain = this.#timers.after(AGAIN_MS, () => this.#go());
        return;
      }
    }
  }

  async #page(): Promise<void> {
    const { records } = this.#options;
    const known = this.#known;
    const events = await records.events(this.#done, [''], PAGE);
    // An event of a notice may be there before one of a case that has a smaller number.
    const told = events.filter(({ id }) => id <= known);
    for (const event of told) {
      await this.#tell(event);
      this.#done = event.id;
    }
    if (told.length < PAGE) this.#done = Math.max(this.#done, known);
    await records.saveMeta(KEY, String(this.#done));
    this.#noted = this.#done;
  }

  async #tell({ type, data }: StreamEvent): Promise<void> {
    if (type !== 'case') return;
    const { case: one, entries } = JSON.parse(data) as { case: Case; entries: readonly CaseEntry[] };
    const { timeZone, finding, contact } = this.#options;
    const context = { finding: finding(one), contact: contact(one) };
    const news = caseNewsOf(one, entries, timeZone(one.path), context);
    if (news) await this.#options.outbox.caseNews(one.id, news);
  }
}
