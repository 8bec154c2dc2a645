import type { Clock } from '../lib/clock.ts';
import type { Timers } from '../lib/timers.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import type { Answer, CaseNews } from './define.ts';
import type { Lane } from './lane.ts';
import { backoffMs } from './notice-state.ts';

export interface CardUpdatesOptions {
  readonly wall: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  /** One try to change the notice where it was sent. */
  readonly attempt: (notice: Notice, news: CaseNews, lane: Lane) => Promise<Answer>;
}

interface Update {
  readonly notice: Notice;
  readonly news: CaseNews;
  readonly attempts: number;
}

/** What became of changes since the start. */
export interface CardUpdateCounts {
  readonly done: number;
  readonly failed: number;
  /** Not tried, because too many waited for the channel. */
  readonly dropped: number;
}

/**
 * Changes notices where they were sent, when their case was taken or resolved: a card whose buttons go. Best effort, in
 * memory: who presses a button that should have gone is told who has the case. They go through the limits of the channel,
 * behind what is graver than upkeep.
 */
export class CardUpdates {
  readonly #options: CardUpdatesOptions;
  readonly #waiting = new Map<Lane, Update[]>();
  readonly #timers = new Map<Lane, () => void>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #counts = { done: 0, failed: 0, dropped: 0 };
  #stopped = false;

  constructor(options: CardUpdatesOptions) {
    this.#options = options;
  }

  get counts(): CardUpdateCounts {
    return { ...this.#counts };
  }

  get underWay(): readonly Promise<void>[] {
    return [...this.#underWay];
  }

  add(lane: Lane, notice: Notice, news: CaseNews): void {
    const waiting = this.#waiting.get(lane) ?? [];
    // Only the newest word about a notice matters.
    const others = waiting.filter(({ notice: { id } }) => id !== notice.id);
    if (others.length >= LIMITS.noticeUpdatesMax) this.#counts.dropped++;
    else others.push({ notice, news, attempts: 0 });
    this.#waiting.set(lane, others);
    this.#work(lane);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#waiting.clear();
  }

  #work(lane: Lane): void {
    const waiting = this.#waiting.get(lane);
    if (this.#stopped || !waiting || this.#timers.has(lane)) return;
    while (waiting.length > 0) {
      const now = this.#options.wall.now();
      const freeAt = lane.freeAt('P4', now);
      if (freeAt > now) {
        this.#later(lane, Math.min(freeAt - now, LIMITS.noticeBackoffMsFirst));
        return;
      }
      const update = waiting.shift() as Update;
      lane.take(now);
      const work = this.#carry(lane, update, now).finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    }
    this.#waiting.delete(lane);
  }

  #later(lane: Lane, ms: number): void {
    const again = (): void => {
      this.#timers.delete(lane);
      this.#work(lane);
    };
    this.#timers.set(lane, this.#options.timers.after(ms, again));
  }

  async #carry(lane: Lane, update: Update, takenAt: number): Promise<void> {
    const attempts = update.attempts + 1;
    const answer = await this.#options.attempt(update.notice, update.news, lane);
    lane.giveBack(takenAt, false);
    if (answer.kind === 'accepted') this.#counts.done++;
    else if (answer.kind === 'refused' || attempts >= LIMITS.noticeUpdateAttemptsMax || this.#stopped)
      this.#counts.failed++;
    else {
      this.#waiting.set(lane, [...(this.#waiting.get(lane) ?? []), { ...update, attempts }]);
      if (!this.#timers.has(lane)) this.#later(lane, backoffMs(attempts, this.#options.random()));
    }
  }
}
