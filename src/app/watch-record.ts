import { setImmediate as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Clock, MINUTE } from '../lib/clock.ts';
import { visitEach } from '../lib/unhurried.ts';
import {
  firstQuarterOf,
  type HomeState,
  lastFound,
  looksOf,
  monthOf,
  PART_NUMBERS,
  partKey,
  partOf,
  QUARTER_MS,
  quarterOf,
  readLooks,
  readPart,
  WATCH_BEGAN,
  withFound,
  withLook,
  writeLooks,
  writePart,
} from '../model/watch-record.ts';
import type { RecordStore } from '../ports/records.ts';

export interface WatchRecordOptions {
  readonly records: Pick<RecordStore, 'meta' | 'saveMeta'>;
  readonly clock: Clock;
  readonly homes: () => Iterable<{ readonly id: string }>;
  /** Undefined: no such home any more. */
  readonly stateOf: (home: string) => HomeState | undefined;
  /** Devices are heard. */
  readonly isListening: () => boolean;
  /** All is read, and what is due is judged: what is found is so. */
  readonly isReady: () => boolean;
  readonly logger: Logger;
}

/** After a start states are woken and what is due is caught up; by the clock of the service. */
const BEGINS_MS = MINUTE;
/** Records that are away are not asked five times a second; in milliseconds of the wall. */
const AGAIN_MS = 30_000;
/** How far back it is looked for how a home was at the end of a month: the service may have been switched off for long. */
const MONTHS_BACK = 3;

/**
 * Writes down how each home is watched, every quarter of an hour, for the figures of past months. It looks part by part, in
 * small pieces; the quarter counts when all of it is stored, so that a crash leaves a quarter in which nobody was watched, and never one that is made up.
 */
export class WatchRecord {
  readonly #options: WatchRecordOptions;
  readonly #beginsAt: number;
  #done = Number.NEGATIVE_INFINITY;
  /** When it was looked last, since when devices were heard without a break. */
  #lastAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #againAt = Number.NEGATIVE_INFINITY;
  #stops = false;

  constructor(options: WatchRecordOptions) {
    this.#options = options;
    this.#beginsAt = options.clock.now() + BEGINS_MS;
  }

  /** Cheap; to be called as often as the clock is looked at. */
  look(): void {
    const { clock, isListening, isReady, logger } = this.#options;
    if (!isListening()) {
      this.#lastAt = Number.NEGATIVE_INFINITY;
      return;
    }
    const now = clock.now();
    const quarter = quarterOf(now);
    if (this.#looking || this.#stops || quarter <= this.#done || now < this.#beginsAt) return;
    if (performance.now() < this.#againAt || !isReady()) return;
    // Where the clock is fast, quarters pass between two looks of a service that was there all the time.
    const isOneTime = (now - this.#lastAt) / clock.speed < QUARTER_MS;
    const from = isOneTime ? Math.min(quarter, this.#done + 1) : quarter;
    this.#lastAt = now;
    this.#looking = this.#lookAt(from, quarter).then(
      () => {
        this.#looking = undefined;
      },
      (error: unknown) => {
        this.#looking = undefined;
        this.#lastAt = Number.NEGATIVE_INFINITY;
        this.#againAt = performance.now() + AGAIN_MS;
        logger.warn({ err: error }, 'how homes are watched could not be written down; it is tried again');
      },
    );
  }

  /** Resolves when what was begun is written, or given up. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  async ends(): Promise<void> {
    this.#stops = true;
    await this.#looking;
  }

  async #lookAt(from: number, quarter: number): Promise<void> {
    const { records, homes } = this.#options;
    const month = monthOf(quarter);
    const start = firstQuarterOf(month);
    const inMonth = quarter - start;
    const looks = readLooks(await records.meta(looksOf(month)));
    // Another run has looked in this quarter, or the clock was set back: what is written stays.
    if (inMonth < (looks.at(-1)?.[1] ?? 0)) {
      this.#done = quarter;
      return;
    }
    const parts = PART_NUMBERS.map((): string[] => []);
    await visitEach(homes(), ({ id }) => parts[partOf(id)]?.push(id));
    for (const [part, ids] of parts.entries()) {
      if (this.#stops) return;
      if (ids.length > 0) await this.#write({ month, part, ids, inMonth, isFirst: looks.length === 0 });
      await pause();
    }
    if ((await records.meta(WATCH_BEGAN)) === undefined) await records.saveMeta(WATCH_BEGAN, String(quarter));
    await records.saveMeta(looksOf(month), writeLooks(withLook(looks, Math.max(0, from - start), inMonth)));
    this.#done = quarter;
  }

  /** Whoever is in the registry no more is left out: what was written of them goes with the home. */
  async #write({ month, part, ids, inMonth, isFirst }: Look): Promise<void> {
    const { records, stateOf } = this.#options;
    const stored = await records.meta(partKey(month, part));
    const before = readPart(stored);
    const carried = isFirst && inMonth > 0 ? await this.#endOf(month, part) : undefined;
    const now = new Map<string, string>();
    await visitEach(ids, (id) => {
      const state = stateOf(id);
      if (state === undefined) return;
      const known = carried?.get(id);
      // It was there at the end of the month before, so it is counted from the beginning of this one.
      const line = before.get(id) ?? (known && withFound(undefined, 0, known));
      now.set(id, withFound(line, inMonth, state));
    });
    const text = writePart(now);
    if (text !== stored) await records.saveMeta(partKey(month, part), text);
  }

  async #endOf(month: string, part: number): Promise<ReadonlyMap<string, HomeState>> {
    const found = new Map<string, HomeState>();
    let earlier = month;
    for (let back = 0; back < MONTHS_BACK && found.size === 0; back++) {
      earlier = monthOf(firstQuarterOf(earlier) - 1);
      for (const [home, line] of readPart(await this.#options.records.meta(partKey(earlier, part)))) {
        const state = lastFound(line);
        if (state) found.set(home, state);
      }
    }
    return found;
  }
}

interface Look {
  readonly month: string;
  readonly part: number;
  readonly ids: readonly string[];
  readonly inMonth: number;
  /** The first of its month. */
  readonly isFirst: boolean;
}
