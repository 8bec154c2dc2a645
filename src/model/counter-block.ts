/**
 * What a cumulative counter said over the last days, as a total that only grows: roll-over, reset and exchange of the
 * meter have been taken out. Totals are whole millionths of the metric's unit (millilitres for m³), so
 * that sums are exact.
 *
 * Its numbers lie in one block, because a step on a city costs as much as the places in memory that it touches: a head
 * and a ring of points. Who wants to look at it asks the functions below; what is stored is `StoredHistory`.
 */
export interface CounterHistory {
  /** FIRST, COUNT, FROM, OFFSET, RESTARTED, some days of FLOOR, then a ring of points: instant, total. */
  cells: number[];
  /** Epochs before the present one, oldest first. Nearly no meter has any. */
  older: Epoch[] | undefined;
  /** A step that cannot be true by itself; the next reading confirms or drops it. */
  held: Held | undefined;
}

/** From which instant on which offset (in millionths) is added to the raw value. */
export interface Epoch {
  readonly from: number;
  readonly offset: number;
}

export interface Held {
  readonly at: number;
  readonly raw: number;
}

/** The same as plain data: this is what is stored as JSON. */
export interface StoredHistory {
  /** Event times, ascending. */
  readonly at: readonly number[];
  /** Total at each of them, in millionths of the metric's unit. */
  readonly total: readonly number[];
  /** Ascending. */
  readonly epochs: readonly Epoch[];
  readonly held?: Held | undefined;
  /** When the register began anew for the last time (exchange, reset), if it ever did. A roll-over is none. */
  readonly restartedAt?: number;
  /**
   * Smallest flow over four hours of each of the last days: what runs even when nobody draws. Pairs of a UTC day number
   * and millionths an hour, ascending.
   */
  readonly floor: readonly number[];
}

/** Where the oldest point stands in the ring, in cells. */
export const FIRST = 0;
/** How many points there are. */
export const COUNT = 1;
/** The present epoch. */
export const FROM = 2;
export const OFFSET = 3;
/** When the register began anew for the last time; 0: never. */
export const RESTARTED = 4;
/** Day number and smallest flow of the last days that have one, newest first; day NO_DAY where there is none. */
export const FLOOR = 5;
/** Enough to say, for the oldest day of the history, what ran on the days before it. */
export const FLOOR_KEPT = 17;
export const HEAD = FLOOR + 2 * FLOOR_KEPT;
export const NO_DAY = -1;
/** A ring grows by so many points: an array that grows by itself would take half as much again. */
const GROWTH = 8;

/** Doubles lie in their array only if it never held anything else: new blocks are cut from this one. */
const BLANK: readonly number[] = Array.from({ length: HEAD + 2 * 128 }, () => 0.5).fill(0);

function blank(points: number): number[] {
  const length = HEAD + 2 * points;
  const cells = BLANK.slice(0, length);
  while (cells.length < length) cells.push(0);
  for (let i = FLOOR; i < HEAD; i += 2) cells[i] = NO_DAY;
  return cells;
}

export function emptyHistory(): CounterHistory {
  return { cells: blank(GROWTH), older: undefined, held: undefined };
}

/** How many points it remembers. */
export const countOf = ({ cells }: CounterHistory): number => cells[COUNT] as number;

/** Where in the block the point with this number stands; 0 is the oldest. */
export function placeOf(cells: readonly number[], index: number): number {
  const place = HEAD + (cells[FIRST] as number) + 2 * index;
  return place < cells.length ? place : place - cells.length + HEAD;
}

export const timeOf = (cells: readonly number[], index: number): number =>
  cells[placeOf(cells, index)] as number;
export const totalOf = (cells: readonly number[], index: number): number =>
  cells[placeOf(cells, index) + 1] as number;

/** Event time of the newest point; 0 while there is none. */
export function newestAt({ cells }: CounterHistory): number {
  const count = cells[COUNT] as number;
  return count === 0 ? 0 : timeOf(cells, count - 1);
}

/** What the meter showed at the point of this very instant, in millionths of the unit; undefined if there is none. */
export function shownAt(history: CounterHistory, at: number): number | undefined {
  const { cells } = history;
  const index = indexAtOrBefore(cells, at);
  if (index < 0 || timeOf(cells, index) !== at) return undefined;
  return totalOf(cells, index) - offsetAt(history, at);
}

/** As plain data, to store it or to look at all of it. */
export function storedHistory({ cells, older, held }: CounterHistory): StoredHistory {
  const at: number[] = [];
  const total: number[] = [];
  const count = cells[COUNT] as number;
  for (let i = 0; i < count; i++) {
    at.push(timeOf(cells, i));
    total.push(totalOf(cells, i));
  }
  const present = { from: cells[FROM] as number, offset: cells[OFFSET] as number };
  const floor: number[] = [];
  for (let i = HEAD - 2; i >= FLOOR; i -= 2)
    if (cells[i] !== NO_DAY) floor.push(cells[i] as number, cells[i + 1] as number);
  const epochs = count === 0 ? [] : [...(older ?? []), present];
  const restartedAt = cells[RESTARTED] as number;
  return { at, total, epochs, ...(held ? { held } : {}), ...(restartedAt > 0 ? { restartedAt } : {}), floor };
}

/** The history that was stored. */
export function restoredHistory(stored: StoredHistory): CounterHistory {
  const { at, total, epochs, held, floor } = stored;
  const cells = blank(Math.max(1, Math.ceil(at.length / GROWTH)) * GROWTH);
  cells[COUNT] = at.length;
  for (let i = 0; i < at.length; i++) {
    cells[HEAD + 2 * i] = at[i] as number;
    cells[HEAD + 2 * i + 1] = total[i] as number;
  }
  const present = epochs[epochs.length - 1];
  cells[FROM] = present?.from ?? 0;
  cells[OFFSET] = present?.offset ?? 0;
  cells[RESTARTED] = stored.restartedAt ?? 0;
  for (let i = 0; i < floor.length && i < 2 * FLOOR_KEPT; i += 2) {
    cells[FLOOR + i] = floor[floor.length - 2 - i] as number;
    cells[FLOOR + i + 1] = floor[floor.length - 1 - i] as number;
  }
  return { cells, older: epochs.length > 1 ? epochs.slice(0, -1) : undefined, held };
}

/** The same with room for more, its points in order from the beginning of the ring. */
export function grown(cells: readonly number[]): number[] {
  const count = cells[COUNT] as number;
  const larger = blank(count + GROWTH);
  for (let i = COUNT; i < HEAD; i++) larger[i] = cells[i] as number;
  for (let i = 0; i < count; i++) {
    const place = placeOf(cells, i);
    larger[HEAD + 2 * i] = cells[place] as number;
    larger[HEAD + 2 * i + 1] = cells[place + 1] as number;
  }
  return larger;
}

/**
 * Number of the last point at or before an instant; -1 if there is none. Looks first where it must be if readings come
 * evenly, which they do: each look elsewhere costs more than all arithmetic.
 */
export function indexAtOrBefore(cells: readonly number[], at: number): number {
  const last = (cells[COUNT] as number) - 1;
  if (last < 0) return -1;
  const newest = timeOf(cells, last);
  if (newest <= at) return last;
  if (last === 0) return -1;
  const guess = last - Math.ceil((newest - at) / (newest - timeOf(cells, last - 1)));
  if (guess >= 0 && timeOf(cells, guess) <= at && timeOf(cells, guess + 1) > at) return guess;
  return search(cells, last + 1, at);
}

function search(cells: readonly number[], count: number, at: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(cells, middle) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function offsetAt({ cells, older }: CounterHistory, at: number): number {
  if (at >= (cells[FROM] as number)) return cells[OFFSET] as number;
  return older?.findLast((epoch) => epoch.from <= at)?.offset ?? 0;
}

/** When a point of the history was read; the oldest has the index 0. */
export const pointAt = ({ cells }: CounterHistory, index: number): number => timeOf(cells, index);

/** The total then, in millionths of the unit. Only the difference of two totals means something. */
export const pointTotal = ({ cells }: CounterHistory, index: number): number => totalOf(cells, index);

/** Index of the last point at or before `at`; -1 if there is none. */
export const pointAtOrBefore = ({ cells }: CounterHistory, at: number): number => indexAtOrBefore(cells, at);

/** When the register began anew for the last time; 0: never, as far as is remembered. */
export const restartedAt = ({ cells }: CounterHistory): number => cells[RESTARTED] as number;

/**
 * Whether the register began anew (exchange, reset) after `from` and until `to`. What passed between the reading before
 * and this one is not known, so that no window over it is measured. Knows the last time only.
 */
export function restartedWithin({ cells }: CounterHistory, from: number, to: number): boolean {
  const restartedAt = cells[RESTARTED] as number;
  return restartedAt > from && restartedAt <= to;
}

/** Does an epoch begin with the point of this very instant: a reset, an exchange or a roll-over lies before it? */
export const beginsEpoch = ({ cells, older }: CounterHistory, at: number): boolean =>
  cells[FROM] === at || (older?.some((epoch) => epoch.from === at) ?? false);
