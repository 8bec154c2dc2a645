import type { Bucket, DownsampleQuery, LastPoint, Point } from '../../ports/telemetry.ts';
import type { StoredEvent } from '../telemetry/hot-log.ts';
import { clockCode, clockOf, mergeLayers, type PointList } from '../telemetry/points.ts';
import { toBuckets } from '../telemetry/reading.ts';

export const listOf = (points: readonly Point[]): PointList => ({
  at: points.map(({ at }) => at),
  value: points.map(({ value }) => value),
  clock: points.map(({ clock }) => (clock === undefined ? 0 : clockCode(clock))),
});

/** What is here stands above what is there: here is the later writing. */
export function unionOfPoints(there: readonly Point[], here: readonly Point[]): Point[] {
  const { at, value, clock } = mergeLayers([listOf(there), listOf(here)]);
  return at.map((instant, i) => ({ at: instant, value: value[i] as number, ...clockOf(clock[i]) }));
}

export function unionOfEvents(
  there: readonly StoredEvent[],
  here: readonly StoredEvent[],
  order: (event: StoredEvent) => number,
): StoredEvent[] {
  const once = new Map([...there, ...here].map((one) => [`${one.at} ${one.event}`, one]));
  return [...once.values()].sort((a, b) => a.at - b.at || order(a) - order(b));
}

/** The newer of both, for each device and metric, in the order in which they were asked for. */
export function unionOfLast(
  there: readonly LastPoint[],
  here: readonly LastPoint[],
  devices: readonly string[],
  metrics: readonly string[],
): LastPoint[] {
  const newest = new Map<string, LastPoint>();
  for (const point of [...there, ...here]) {
    const key = `${point.metric} ${point.device}`;
    const known = newest.get(key);
    if (!known || known.at <= point.at) newest.set(key, point);
  }
  return devices.flatMap((device) => metrics.flatMap((metric) => newest.get(`${metric} ${device}`) ?? []));
}

/** Buckets of points of which the one before the period is known. */
export function bucketsOf(
  before: Point | undefined,
  points: readonly Point[],
  query: DownsampleQuery,
): Bucket[] {
  return toBuckets([listOf(before ? [before, ...points] : points)], query);
}
