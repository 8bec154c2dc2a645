/**
 * What a cumulative counter said over the last days, as a total that only grows: roll-over, reset and exchange of the
 * meter have been taken out. Totals are whole millionths of the metric's unit (millilitres for m³), so
 * that sums are exact.
 *
 * Its numbers lie in one block, because a step on a city costs as much as the places in memory that it touches: a head
 * and a ring of points. Who wants to look at it asks the functions below; what is stored is `StoredHistory`.
 */
export interface CounterHistory {
  /** FIRST, COUNT, FROM, OFFSET, RESTARTED, RING, FLOWS, some days of FLOOR, then a ring of points: instant, total. */
  cells: number[];
  /** Epochs before the present one, oldest first. Nearly no meter has any. */
  older: Epoch[] | undefined;
  /** A step that cannot be true by itself; the next reading confirms or drops it. */
  held: Held | undefined;
  /** Of when the meter's own last word is, where what it did not say has been taken for standstill since. */
  saidAt: number | undefined;
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

/** The same as plain data. */
export interface StoredHistory {
  /** Event times, ascending. */
  readonly at: readonly number[];
  /** Total at each of them, in millionths of the metric's unit. */
  readonly total: readonly number[];
  /** Ascending. */
  readonly epochs: readonly Epoch[];
  readonly held?: Held | undefined;
  readonly saidAt?: number;
  /** When the register began anew for the last time (exchange, reset), if it ever did. A roll-over is none. */
  readonly restartedAt?: number;
  /**
   * Smallest flow over four hours of each of the last days: what runs even when nobody draws. Pairs of a UTC day number
   * and millionths an hour, ascending.
   */
  readonly floor: readonly number[];
}

/** As it is stored as JSON: numbers that grow little from one to the next take half the room, and half the time. */
export interface PackedHistory extends Omit<StoredHistory, 'at' | 'total' | 'floor'> {
  /** Event time and total of the oldest point. */
  readonly oldest: readonly number[];
  /**
   * What each next one adds to the total. Where its time is not as far from the one before as that was from its own, that
   * comes first, negative: a meter speaks in even steps.
   */
  readonly steps: readonly number[];
  /** The day of the first flow, then the flows of that day and the next ones without a gap; else as pairs. */
  readonly floors?: readonly number[];
  readonly floor?: readonly number[];
}

/** As it was stored when each point had both: event time and total of the oldest one, then what each adds to both. */
export interface PairedHistory extends Omit<StoredHistory, 'at' | 'total'> {
  readonly points: readonly number[];
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
/** Where the ring of points begins: behind as many days of FLOOR as there has been use for. */
export const RING = 5;
/**
 * Between which readings a reader has found each to show a flow of at least so much: from, to, how much. Not stored, and
 * gone with late data: whoever finds nothing here looks again.
 */
const FLOWS = 6;
/** Day number and smallest flow of the last days that have one, newest first; day NO_DAY where there is none. */
export const FLOOR = 9;
/** Enough to say, for the oldest day of the history, what ran on the days before it. */
export const FLOOR_KEPT = 17;
export const NO_DAY = -1;
/** A ring grows by so many points: an array that grows by itself would take half as much again. */
const GROWTH = 4;
/** Room for days of FLOOR grows by so many. */
const FLOOR_GROWTH = 2;

/** Doubles lie in their array only if it never held anything else: new blocks are cut from this one. */
const BLANK: readonly number[] = Array.from({ length: FLOOR + 2 * FLOOR_KEPT + 2 * 128 }, () => 0.5).fill(0);

function blank(points: number, floors: number): number[] {
  const ring = FLOOR + 2 * floors;
  const length = ring + 2 * points;
  const cells = BLANK.slice(0, length);
  while (cells.length < length) cells.push(0);
  cells[RING] = ring;
  for (let i = FLOOR; i < ring; i += 2) cells[i] = NO_DAY;
  return cells;
}

/** Room for at least so many days of FLOOR. */
const floorsFor = (days: number): number =>
  Math.min(FLOOR_KEPT, Math.max(1, Math.ceil(days / FLOOR_GROWTH)) * FLOOR_GROWTH);

export function emptyHistory(): CounterHistory {
  return { cells: blank(GROWTH, FLOOR_GROWTH), older: undefined, held: undefined, saidAt: undefined };
}

/** How many points it remembers. */
export const countOf = ({ cells }: CounterHistory): number => cells[COUNT] as number;

/** Where in the block the point with this number stands; 0 is the oldest. */
export function placeOf(cells: readonly number[], index: number): number {
  const ring = cells[RING] as number;
  const place = ring + (cells[FIRST] as number) + 2 * index;
  return place < cells.length ? place : place - cells.length + ring;
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
export function storedHistory(history: CounterHistory): StoredHistory {
  const { cells } = history;
  const at: number[] = [];
  const total: number[] = [];
  const count = cells[COUNT] as number;
  for (let i = 0; i < count; i++) {
    at.push(timeOf(cells, i));
    total.push(totalOf(cells, i));
  }
  return { at, total, ...besidePoints(history), floor: floorOf(cells) };
}

function besidePoints({
  cells,
  older,
  held,
  saidAt,
}: CounterHistory): Omit<StoredHistory, 'at' | 'total' | 'floor'> {
  const present = { from: cells[FROM] as number, offset: cells[OFFSET] as number };
  const epochs = cells[COUNT] === 0 ? [] : older ? [...older, present] : [present];
  const restartedAt = cells[RESTARTED] as number;
  return {
    epochs,
    ...(held ? { held } : {}),
    ...(restartedAt > 0 ? { restartedAt } : {}),
    ...(saidAt === undefined ? {} : { saidAt }),
  };
}

/** Day and flow of each day that has one, the oldest first. */
function floorOf(cells: readonly number[]): number[] {
  const floor: number[] = [];
  for (let i = (cells[RING] as number) - 2; i >= FLOOR; i -= 2)
    if (cells[i] !== NO_DAY) floor.push(cells[i] as number, cells[i + 1] as number);
  return floor;
}

/** As it is stored. Times that are no whole milliseconds would not add up again: such a history is stored as it is. */
export function packedHistory(history: CounterHistory): PackedHistory | StoredHistory {
  const { cells } = history;
  const steps = stepsOf(cells);
  if (!steps) return storedHistory(history);
  return {
    oldest: cells[COUNT] === 0 ? [] : [timeOf(cells, 0), totalOf(cells, 0)],
    steps,
    ...besidePoints(history),
    ...packedFloor(floorOf(cells)),
  };
}

/**
 * Undefined where the points do not follow one another in steps. Read from the block itself: in a city 5,000 histories a
 * second are stored, and lists of times and totals in between were a quarter of all that the service allocated.
 */
function stepsOf(cells: readonly number[]): number[] | undefined {
  const count = cells[COUNT] as number;
  const steps: number[] = [];
  let even = 0;
  for (let i = 0, at = 0, total = 0; i < count; i++) {
    const place = placeOf(cells, i);
    const before = at;
    const totalBefore = total;
    at = cells[place] as number;
    total = cells[place + 1] as number;
    if (!Number.isSafeInteger(at)) return undefined;
    if (i === 0) continue;
    const time = at - before;
    const used = total - totalBefore;
    if (used < 0 || time <= 0) return undefined;
    if (time !== even) steps.push(-time);
    steps.push(used);
    even = time;
  }
  return steps;
}

function packedFloor(floor: readonly number[]): { floors: number[] } | { floor: readonly number[] } {
  const first = floor[0];
  const isWhole = floor.every((day, i) => i % 2 === 1 || day === (first as number) + i / 2);
  if (first === undefined || !isWhole) return { floor };
  return { floors: [first, ...floor.filter((_, i) => i % 2 === 1)] };
}

const unpackedFloor = ([first = 0, ...flows]: readonly number[]): number[] =>
  flows.flatMap((flow, i) => [first + i, flow]);

function unpacked(stored: StoredHistory | PackedHistory | PairedHistory): StoredHistory {
  if ('points' in stored) return unpairedHistory(stored);
  if (!('steps' in stored)) return stored;
  const { oldest, steps, floors, floor = unpackedFloor(floors ?? []), ...others } = stored;
  const at = oldest.slice(0, 1);
  const total = oldest.slice(1);
  let even = 0;
  for (const step of steps) {
    if (step < 0) {
      even = -step;
      continue;
    }
    at.push((at.at(-1) as number) + even);
    total.push((total.at(-1) as number) + step);
  }
  return { at, total, ...others, floor };
}

function unpairedHistory({ points, ...others }: PairedHistory): StoredHistory {
  const at: number[] = [];
  const total: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    at.push((at.at(-1) ?? 0) + (points[i] as number));
    total.push((total.at(-1) ?? 0) + (points[i + 1] as number));
  }
  return { at, total, ...others };
}

/** The history that was stored, packed or (by earlier versions) not. */
export function restoredHistory(stored: StoredHistory | PackedHistory | PairedHistory): CounterHistory {
  const { at, total, epochs, held, saidAt, floor, restartedAt = 0 } = unpacked(stored);
  const cells = blank(
    Math.max(1, Math.ceil(at.length / GROWTH)) * GROWTH,
    floorsFor(Math.min(FLOOR_KEPT, floor.length / 2)),
  );
  const ring = cells[RING] as number;
  cells[COUNT] = at.length;
  for (let i = 0; i < at.length; i++) {
    cells[ring + 2 * i] = at[i] as number;
    cells[ring + 2 * i + 1] = total[i] as number;
  }
  const present = epochs[epochs.length - 1];
  cells[FROM] = present?.from ?? 0;
  cells[OFFSET] = present?.offset ?? 0;
  cells[RESTARTED] = restartedAt;
  for (let i = 0; i < floor.length && i < 2 * FLOOR_KEPT; i += 2) {
    cells[FLOOR + i] = floor[floor.length - 2 - i] as number;
    cells[FLOOR + i + 1] = floor[floor.length - 1 - i] as number;
  }
  return { cells, older: epochs.length > 1 ? epochs.slice(0, -1) : undefined, held, saidAt };
}

/** The same with room for more points. */
export const withMorePoints = (cells: readonly number[]): number[] =>
  copied(cells, (cells[COUNT] as number) + GROWTH, floorsOf(cells));

/** The same with room for more days of FLOOR. */
export const withMoreFloors = (cells: readonly number[]): number[] =>
  copied(cells, (cells.length - (cells[RING] as number)) / 2, floorsFor(floorsOf(cells) + 1));

/** For how many days of FLOOR there is room. */
export const floorsOf = (cells: readonly number[]): number => ((cells[RING] as number) - FLOOR) / 2;

/** With room for so much, its points in order from the beginning of the ring. */
function copied(cells: readonly number[], points: number, floors: number): number[] {
  const larger = blank(points, floors);
  const ring = larger[RING] as number;
  for (let i = COUNT; i < RING; i++) larger[i] = cells[i] as number;
  for (let i = FLOWS; i < (cells[RING] as number); i++) larger[i] = cells[i] as number;
  const count = cells[COUNT] as number;
  for (let i = 0; i < count; i++) {
    const place = placeOf(cells, i);
    larger[ring + 2 * i] = cells[place] as number;
    larger[ring + 2 * i + 1] = cells[place + 1] as number;
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
  if (guess < 0 && timeOf(cells, 0) > at) return -1;
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

/**
 * The last readings that were found to show a flow of at least `flow`: all after `from` and until `to`. Nothing is known
 * of others; both are 0 where nothing is known at all.
 */
export const knownToFlow = ({ cells }: CounterHistory, flow: number): { from: number; to: number } =>
  cells[FLOWS + 2] === flow
    ? { from: cells[FLOWS] as number, to: cells[FLOWS + 1] as number }
    : { from: 0, to: 0 };

/** Remembers that, for as long as nothing late comes. */
export function noteFlow({ cells }: CounterHistory, from: number, to: number, flow: number): void {
  cells[FLOWS] = from;
  cells[FLOWS + 1] = to;
  cells[FLOWS + 2] = flow;
}

export const forgetFlow = (history: CounterHistory): void => noteFlow(history, 0, 0, 0);

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
