import { EVENTS, METRIC_NAMES, type MetricName } from '../../model/metrics.ts';
import type { OutsideTrouble } from '../../model/outside-store.ts';
import {
  type Bucket,
  type DownsampleQuery,
  HistoryAway,
  type HistoryPiece,
  type LastPoint,
  type Period,
  type Point,
  type RangeQuery,
  type TelemetryStore,
} from '../../ports/telemetry.ts';
import type { StoredEvent } from '../telemetry/hot-log.ts';
import type { NearStore } from '../telemetry/near-store.ts';
import { OUTSIDE_INSTANT_MIN, type OutsideStore, PAGE_POINTS } from './outside-store.ts';
import type { Sender } from './sender.ts';
import { bucketsOf, unionOfEvents, unionOfLast, unionOfPoints } from './union.ts';

/** Troubles of a server that would not answer a question either, or with something else. */
const UNASKED: ReadonlySet<OutsideTrouble> = new Set(['away', 'slow', 'not-authorized', 'write-only']);

/**
 * What the local store and the server know together. The local store answers alone for what is recent; before that the
 * server does, and what it does not have yet is here.
 */
export class UnionReads {
  readonly #near: NearStore;
  readonly #outside: OutsideStore;
  readonly #sender: () => Pick<Sender, 'trouble' | 'removing'>;

  constructor(near: NearStore, outside: OutsideStore, sender: () => Pick<Sender, 'trouble' | 'removing'>) {
    this.#near = near;
    this.#outside = outside;
    this.#sender = sender;
  }

  /** Whether the local store alone can answer for everything from this instant on. */
  #isHere(device: string, from: number): boolean {
    return from >= this.#localFrom || this.#sender().removing.has(device);
  }
  get #localFrom(): number {
    return this.#near.localFrom();
  }

  /** Asks the server. While it is known to be away, nobody waits for its time-out, nor takes what is no answer for readings. @throws HistoryAway */
  async #ask<T>(call: () => Promise<T>, here?: readonly LastPoint[]): Promise<T> {
    const { trouble } = this.#sender();
    if (trouble && UNASKED.has(trouble.code)) throw new HistoryAway(this.#localFrom, trouble.detail, here);
    try {
      return await call();
    } catch (error) {
      throw new HistoryAway(this.#localFrom, (error as Error).message, here);
    }
  }

  async range(query: RangeQuery): Promise<Point[]> {
    const { device, from, to, limit } = query;
    if (this.#isHere(device, from)) return this.#near.range(query);
    const localFrom = this.#localFrom;
    const there = await this.#ask(() => this.#outside.range({ ...query, to: Math.min(to, localFrom) }));
    // After what came from there, so that nothing is in neither: a reading may be on its way.
    const here = await this.#near.range({ ...query, from, to });
    return unionOfPoints(there, here).slice(0, limit);
  }

  /** @throws RangeError for a step that is not positive. */
  async downsample(query: DownsampleQuery): Promise<Bucket[]> {
    const { device, metric, from, to, stepMs, limit } = query;
    if (this.#isHere(device, from) && this.#localFrom === Number.NEGATIVE_INFINITY)
      return this.#near.downsample(query);
    if (!(stepMs > 0)) throw new RangeError('a step must be positive');
    if (this.#sender().removing.has(device)) return this.#near.downsample(query);
    const localFrom = this.#localFrom;
    const late =
      from < localFrom
        ? await this.#near.range({
            device,
            metric,
            from: OUTSIDE_INSTANT_MIN,
            to: Math.min(to, localFrom),
            limit: 1,
          })
        : [];
    // Up to here whole buckets are the server's alone, unless something came late that it may not have yet.
    const steps = Math.floor((Math.min(to, localFrom) - from) / stepMs);
    const edge = late.length > 0 || steps <= 0 ? from : from + steps * stepMs;
    const there = edge > from ? await this.#ask(() => this.#outside.downsample({ ...query, to: edge })) : [];
    if (limit !== undefined && there.length >= limit) return there.slice(0, limit);
    const rest = { ...query, from: edge };
    const points = await this.range({ device, metric, from: edge, to });
    const before = await this.#before(device, metric, edge);
    return [...there, ...bucketsOf(before, points, rest)].slice(0, limit);
  }

  /** The newest point before this instant, wherever it is. */
  async #before(device: string, metric: MetricName, at: number): Promise<Point | undefined> {
    const localFrom = this.#localFrom;
    const here = (await this.#near.range({ device, metric, from: OUTSIDE_INSTANT_MIN, to: at })).at(-1);
    if (here && here.at >= localFrom) return here;
    if (this.#sender().removing.has(device)) return here;
    try {
      const there = await this.#ask(() => this.#outside.before(device, metric, Math.min(at, localFrom)));
      return there && (!here || there.at > here.at) ? there : here;
    } catch (error) {
      // Then the first bucket's increase begins with its first point: all of the period itself is here.
      if (error instanceof HistoryAway) return here;
      throw error;
    }
  }

  async last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]> {
    const here = await this.#near.last(devices, metrics);
    const localFrom = this.#localFrom;
    if (localFrom === Number.NEGATIVE_INFINITY) return here;
    const known = new Set(
      here.filter(({ at }) => at >= localFrom).map(({ device, metric }) => `${metric} ${device}`),
    );
    const unknown = devices.filter(
      (device) =>
        !this.#sender().removing.has(device) && metrics.some((metric) => !known.has(`${metric} ${device}`)),
    );
    const wanted = metrics.filter((metric) => unknown.some((device) => !known.has(`${metric} ${device}`)));
    if (unknown.length === 0) return here;
    const there = await this.#ask(() => this.#outside.last(unknown, wanted), here);
    return unionOfLast(there, here, devices, metrics);
  }

  async events(query: { device: string; from: number; to: number; limit: number }): Promise<StoredEvent[]> {
    const { device, from, to, limit } = query;
    if (this.#isHere(device, from)) return this.#near.events(query);
    const localFrom = this.#localFrom;
    const there = await this.#ask(() => this.#outside.events({ ...query, to: Math.min(to, localFrom) }));
    const here = await this.#near.events(query);
    return unionOfEvents(there, here, ({ event }) => EVENTS[event].id).slice(0, limit);
  }

  async devices(after: string, limit: number): Promise<string[]> {
    const here = await this.#near.devices(after, limit);
    if (this.#localFrom === Number.NEGATIVE_INFINITY) return here;
    const there = (await this.#ask(() => this.#outside.devices(after, limit))).filter(
      (device) => !this.#sender().removing.has(device),
    );
    return [...new Set([...here, ...there])].sort().slice(0, limit);
  }

  async *history(device: string, period: Period): AsyncGenerator<HistoryPiece> {
    if (this.#isHere(device, period.from)) yield* this.#near.history(device, period);
    else yield* historyOf(this, device, period);
  }
}

/** Through the questions that every store answers, page by page. */
export async function* historyOf(
  store: Pick<TelemetryStore, 'last' | 'range' | 'events'>,
  device: string,
  { from, to }: Period,
): AsyncGenerator<HistoryPiece> {
  const there = await store.last([device], METRIC_NAMES);
  for (const { metric } of there)
    for (let begin = from; ; ) {
      const points = await store.range({ device, metric, from: begin, to, limit: PAGE_POINTS });
      if (points.length > 0) yield { metric, points };
      if (points.length < PAGE_POINTS) break;
      begin = (points.at(-1) as Point).at + 1;
    }
  for (let begin = from; ; ) {
    const events = await store.events({ device, from: begin, to, limit: PAGE_POINTS });
    const last = events.at(-1);
    if (!last) return;
    // Those of the last instant may be cut in two: they are read again.
    const isAll = events.length < PAGE_POINTS;
    yield { events: isAll ? events : events.filter(({ at }) => at < last.at) };
    if (isAll) return;
    begin = last.at;
  }
}
