import { HOUR } from '../../lib/clock.ts';
import {
  firstQuarterOf,
  looksOf,
  monthOf,
  QUARTER_MS,
  quarterOf,
  type Run,
  readLooks,
  WATCH_BEGAN,
} from '../../model/watch-record.ts';
import type { RecordStore } from '../../ports/records.ts';

/** A break of one quarter is a restart: whoever was told, was told in it. */
const STOP_QUARTERS = 2;

/** In which whole hours of a period the service ran, as it wrote down. */
export class Attendance {
  /** The first hour of the period, and the one after the last. */
  readonly #first: number;
  readonly #end: number;
  readonly #runs: readonly Run[];
  readonly #began: number | undefined;
  readonly #attended: Uint8Array;
  /** Since when it is written down. */
  readonly recordedFrom: number | undefined;
  readonly hours: number;

  constructor({ from, to }: { from: number; to: number }, began: number | undefined, runs: readonly Run[]) {
    this.#first = Math.ceil(from / HOUR);
    this.#end = Math.max(this.#first, Math.floor(to / HOUR));
    this.#runs = runs;
    this.#began = began;
    this.recordedFrom = began === undefined ? undefined : began * QUARTER_MS;
    this.#attended = new Uint8Array(this.#end - this.#first);
    const perHour = HOUR / QUARTER_MS;
    for (const [a, b] of runs)
      this.#attended.fill(1, this.#place(Math.floor(a / perHour)), this.#place(Math.ceil(b / perHour)));
    this.hours = this.#attended.reduce((sum, one) => sum + one, 0);
  }

  #place(hour: number): number {
    return Math.min(this.#end, Math.max(this.#first, hour)) - this.#first;
  }

  /** The same from a later instant on. */
  from(from: number): Attendance {
    return new Attendance({ from, to: this.#end * HOUR }, this.#began, this.#runs);
  }

  /** Counted from 1970; undefined: it is of no hour of the period in which the service ran. */
  hourOf(at: number): number | undefined {
    const hour = Math.floor(at / HOUR);
    return this.#attended[hour - this.#first] === 1 ? hour : undefined;
  }

  /**
   * When people could first hear of what was raised at this instant. What was due while the service was stopped bears the instant at
   * which it was due, and comes all at once when it is back.
   */
  heardAt(raisedAt: number): number {
    const quarter = quarterOf(raisedAt);
    const next = this.#runs.findIndex(([, end]) => end > quarter);
    const [start] = this.#runs[next] ?? [quarter];
    const stoppedFrom = this.#runs[next - 1]?.[1];
    const isStop = stoppedFrom !== undefined && start > quarter && start - stoppedFrom >= STOP_QUARTERS;
    return isStop ? start * QUARTER_MS : raisedAt;
  }

  /** The hours of the period, one after the other. */
  *stretches(): Generator<{ from: number; to: number }> {
    for (let i = 0; i < this.#attended.length; i++) {
      if (this.#attended[i] !== 1) continue;
      const from = i;
      while (this.#attended[i + 1] === 1) i++;
      yield { from: (this.#first + from) * HOUR, to: (this.#first + i + 1) * HOUR };
    }
  }
}

/** A month before as well: what was raised in a stop is heard after it. */
export async function readAttendance(
  records: Pick<RecordStore, 'meta'>,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<Attendance> {
  const until = Math.min(to, now);
  const first = await records.meta(WATCH_BEGAN);
  const began = first === undefined ? undefined : Number(first);
  const runs: Run[] = [];
  let start = firstQuarterOf(monthOf(firstQuarterOf(monthOf(quarterOf(from))) - 1));
  while (began !== undefined && start <= quarterOf(until)) {
    const looks = readLooks(await records.meta(looksOf(monthOf(start))));
    for (const [a, b] of looks) {
      const last = runs.at(-1);
      if (last && last[1] === a + start) runs[runs.length - 1] = [last[0], b + start];
      else runs.push([a + start, b + start]);
    }
    start = firstQuarterOf(monthOf(start + 31 * 96 + 1));
  }
  return new Attendance({ from, to: until }, began, runs);
}
