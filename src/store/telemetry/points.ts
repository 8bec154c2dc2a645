import type { ClockSource } from '../../model/message.ts';
import { CLOCK_SOURCES } from '../../model/message.ts';

/** Points of one series, by time: instants in epoch milliseconds, strictly growing, each with its value. */
export interface PointList {
  readonly at: number[];
  readonly value: number[];
  /** By its number (`clockCode`), whose clock says the instant. */
  readonly clock: number[];
}

export const NO_POINTS: PointList = { at: [], value: [], clock: [] };

export const clockCode = (clock: ClockSource): number => CLOCK_SOURCES.indexOf(clock) + 1;

/** As a part of a point: nothing where it is not known. */
export function clockOf(code: number | undefined): { clock?: ClockSource } {
  const clock = CLOCK_SOURCES[(code ?? 0) - 1];
  return clock === undefined ? {} : { clock };
}

/** Index of the first point at or after this instant; the length if there is none. */
export function firstIndexFrom(points: PointList, instant: number): number {
  let low = 0;
  let high = points.at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points.at[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const slicePoints = (points: PointList, from: number, to?: number): PointList => ({
  at: points.at.slice(from, to),
  value: points.value.slice(from, to),
  clock: points.clock.slice(from, to),
});

/** Points in the order of their coming → by time; of several at one instant the last stands. */
export function sortedPoints(points: PointList): PointList {
  const { at, value, clock } = points;
  if (isGrowing(at)) return points;
  // The sort is stable, so that the last of several at one instant stays the last.
  const order = at.map((_, i) => i).sort((a, b) => (at[a] as number) - (at[b] as number));
  const sorted: PointList = { at: [], value: [], clock: [] };
  for (const i of order) {
    if (sorted.at.at(-1) !== at[i]) sorted.at.push(at[i] as number);
    sorted.value[sorted.at.length - 1] = value[i] as number;
    sorted.clock[sorted.at.length - 1] = clock[i] as number;
  }
  return sorted;
}

function isGrowing(at: readonly number[]): boolean {
  for (let i = 1; i < at.length; i++) if ((at[i] as number) <= (at[i - 1] as number)) return false;
  return true;
}

/** All layers as one, the oldest writing first: at the same instant a later layer stands. */
export const mergeLayers = (layers: readonly PointList[]): PointList => joined(rowOf(layers));

/** The same as pieces that follow one another: chunks of a series, which do so anyway, are not copied. */
export function rowOf(layers: readonly PointList[]): PointList[] {
  let merged = NO_POINTS;
  // Chunks of a series follow one another: joined at once, a long series is copied once and not once for each of them.
  let row: PointList[] = [];
  for (const layer of layers) {
    if (layer.at.length === 0) continue;
    const last = row.at(-1)?.at.at(-1);
    if (last !== undefined && last >= (layer.at[0] as number)) {
      merged = mergeTwo(merged, joined(row));
      row = [];
    }
    row.push(layer);
  }
  if (merged.at.length === 0) return row;
  const [first] = row;
  const follows = first === undefined || (merged.at.at(-1) as number) < (first.at[0] as number);
  return follows ? [merged, ...row] : [mergeTwo(merged, joined(row))];
}

function joined(row: readonly PointList[]): PointList {
  const [first = NO_POINTS, ...others] = row;
  if (others.length === 0) return first;
  return {
    at: first.at.concat(...others.map(({ at }) => at)),
    value: first.value.concat(...others.map(({ value }) => value)),
    clock: first.clock.concat(...others.map(({ clock }) => clock)),
  };
}

function mergeTwo(older: PointList, newer: PointList): PointList {
  if (older.at.length === 0) return newer;
  if (newer.at.length === 0) return older;
  if ((older.at.at(-1) as number) < (newer.at[0] as number))
    return {
      at: older.at.concat(newer.at),
      value: older.value.concat(newer.value),
      clock: older.clock.concat(newer.clock),
    };
  const merged: PointList = { at: [], value: [], clock: [] };
  const push = (list: PointList, i: number) => {
    merged.at.push(list.at[i] as number);
    merged.value.push(list.value[i] as number);
    merged.clock.push(list.clock[i] as number);
  };
  let o = 0;
  let n = 0;
  while (o < older.at.length && n < newer.at.length) {
    const difference = (older.at[o] as number) - (newer.at[n] as number);
    if (difference < 0) push(older, o++);
    else {
      push(newer, n++);
      if (difference === 0) o++;
    }
  }
  while (o < older.at.length) push(older, o++);
  while (n < newer.at.length) push(newer, n++);
  return merged;
}
