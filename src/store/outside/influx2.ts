import { HttpError, InfluxDB, type QueryApi } from '@influxdata/influxdb-client';
import { LIMITS } from '../../model/limits.ts';
import { EVENTS, type EventName, METRIC_NAMES, METRICS, type MetricName } from '../../model/metrics.ts';
import type { Bucket, DownsampleQuery, LastPoint, Point, RangeQuery } from '../../ports/telemetry.ts';
import type { StoredEvent } from '../telemetry/hot-log.ts';
import { clockOf } from '../telemetry/points.ts';
import { NEVER_WRITTEN, writeOnlyRefusal } from './asked-first.ts';
import { type Agent, agentFor, isOfStore, noAnswer, post, within, writeAnswer } from './http.ts';
import { CLOCK_FIELD, EVENT_MEASUREMENT, FIELD } from './lines.ts';
import {
  type Cutoffs,
  grownIn,
  OUTSIDE_INSTANT_MAX,
  OUTSIDE_INSTANT_MIN,
  OutsideRefused,
  type OutsideStore,
  PAGE_POINTS,
  type WriteAnswer,
  withinOutside,
} from './outside-store.ts';

export interface Influx2Options {
  /** Such as https://influx.example:8086. */
  readonly url: string;
  readonly org: string;
  /** It must exist: making one needs more rights than a service should have. */
  readonly bucket: string;
  /** With the right to read and write the bucket. */
  readonly token: string;
  /** PEM of the authority of its certificate. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/** InfluxDB 2: https://docs.influxdata.com/influxdb/v2/. */
export function influx2(options: Influx2Options): OutsideStore {
  return new Influx2(options);
}

const text = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&').replace(/\$\{/g, '\\${')}"`;
const instant = (at: number): string => new Date(withinOutside(at)).toISOString();
const oneOf = (column: string, values: readonly string[]): string =>
  `(${values.map((value) => `r.${column} == ${text(value)}`).join(' or ')})`;

/** A row of an answer; times are RFC 3339. */
interface Row {
  readonly result?: string;
  readonly _time?: string;
  readonly _value?: number | string | null;
  readonly value?: number;
  readonly clock?: number;
  readonly _measurement?: string;
  readonly device?: string;
  readonly event?: string;
}
const pointOf = ({ _time = '', value, clock }: Row): Point => ({
  at: Date.parse(_time),
  value: Number(value),
  ...clockOf(Number(clock ?? 0)),
});

/** Both fields of a point in one row, by series, in the order of time. */
const TOGETHER = `group(columns: ["_measurement", "device"]) |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value") |> sort(columns: ["_time"])`;

class Influx2 implements OutsideStore {
  readonly kind = 'influx2';
  readonly #options: Influx2Options;
  readonly #client: InfluxDB;
  readonly #queries: QueryApi;
  readonly #agent: Agent;
  /** For questions: what is written has connections of its own. */
  readonly #asking: Agent;
  readonly #timeoutMs: number;
  #answersQuestions = false;

  constructor(options: Influx2Options) {
    this.#options = options;
    const { url, org, token, ca } = options;
    this.#agent = agentFor(new URL(url), ca);
    this.#asking = agentFor(new URL(url), ca);
    this.#timeoutMs = options.timeoutMs ?? LIMITS.outsideTimeoutMs;
    const clientOver = (agent: Agent): InfluxDB =>
      new InfluxDB({ url, token, timeout: 2 * this.#timeoutMs, transportOptions: { agent } });
    this.#client = clientOver(this.#agent);
    this.#queries = clientOver(this.#asking).getQueryApi(org);
  }

  /**
   * One batch, one request. The client's own buffer, timer and retries are all off: by default it would hold lines for
   * up to a minute, give up after three, and drop the oldest of 32,000.
   */
  async write(lines: string): Promise<WriteAnswer> {
    const refusal = await this.askFirst();
    if (refusal) return refusal;
    const { org, bucket } = this.#options;
    const records = lines.split('\n').filter((line) => line !== '');
    const api = this.#client.getWriteApi(org, bucket, 'ms', {
      batchSize: records.length + 1,
      flushInterval: 0,
      maxRetries: 0,
      // A promise of our own is what flush resolves to: otherwise the error is only logged.
      writeFailed: (error) => Promise.reject(error),
    });
    try {
      api.writeRecords(records);
      await within(this.#timeoutMs, this.#agent, api.flush());
      return { ok: true };
    } catch (error) {
      return answerTo(error);
    } finally {
      await api.close().catch(() => undefined);
    }
  }

  async askFirst(): Promise<WriteAnswer | undefined> {
    if (this.#answersQuestions) return undefined;
    const { url, org, token } = this.#options;
    const address = new URL(`${new URL(url).pathname.replace(/\/$/, '')}/api/v2/query`, url);
    address.search = new URLSearchParams({ org }).toString();
    // A second in which nothing is: it costs the server nothing.
    const series = this.#series('', NEVER_WRITTEN, OUTSIDE_INSTANT_MAX - 1_000, OUTSIDE_INSTANT_MAX);
    const body = JSON.stringify({ query: `${series} |> last() |> keep(columns: ["_time", "_value"])` });
    const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
    try {
      const asked = { headers, body, agent: this.#agent, timeoutMs: this.#timeoutMs };
      const answer = await post(address, asked);
      this.#answersQuestions = answer.status === 200 && writeOnlyRefusal(answer) === undefined;
      return writeOnlyRefusal(answer);
    } catch (error) {
      return noAnswer(error);
    }
  }

  async range({ device, metric, from, to, limit = Number.POSITIVE_INFINITY }: RangeQuery): Promise<Point[]> {
    const points: Point[] = [];
    for (let begin = from; points.length < limit && begin < to; ) {
      const most = Math.min(limit - points.length, PAGE_POINTS);
      const page = await this.#ask(`${this.#points(device, metric, begin, to)} |> limit(n: ${most})`);
      points.push(...page.map(pointOf));
      if (page.length < most) break;
      begin = (points.at(-1) as Point).at + 1;
    }
    return points;
  }

  async before(device: string, metric: MetricName, at: number): Promise<Point | undefined> {
    const [row] = await this.#ask(
      `${this.#series(device, metric, OUTSIDE_INSTANT_MIN, at)} |> last() |> keep(columns: ["_time", "_value"])`,
    );
    return row && { at: Date.parse(row._time ?? ''), value: Number(row._value) };
  }

  async downsample(query: DownsampleQuery): Promise<Bucket[]> {
    const { device, metric, from, to, stepMs, limit } = query;
    if (from >= to) return [];
    const before = await this.before(device, metric, from);
    const offset = ((from % stepMs) + stepMs) % stepMs;
    const steps = (fn: string): string =>
      `aggregateWindow(every: ${stepMs}ms, offset: ${offset}ms, fn: ${fn}, createEmpty: false, timeSrc: "_start") |> keep(columns: ["_time", "_value"])`;
    const kinds = ['count', 'first', 'last', 'min', 'max', 'mean'];
    const rows = await this.#ask(
      [
        `points = ${this.#series(device, metric, from, to)}`,
        ...kinds.map((fn) => `points |> ${steps(fn)} |> yield(name: "${fn}")`),
        `${this.#series(device, metric, before?.at ?? from, to)} |> difference() |> filter(fn: (r) => r._value > 0.0) |> ${steps('sum')} |> yield(name: "increase")`,
      ].join('\n'),
    );
    const found = new Map<number, Record<string, number>>();
    for (const { result = '', _time = '', _value } of rows) {
      const at = Date.parse(_time);
      found.set(at, { ...found.get(at), [result]: Number(_value ?? 0) });
    }
    return [...found]
      .filter(([, { count }]) => count)
      .sort(([a], [b]) => a - b)
      .slice(0, limit)
      .map(([at, { count = 0, first = 0, last = 0, min = 0, max = 0, mean = 0, increase = 0 }]) => {
        return { from: at, count, first, last, min, max, mean, increase: grownIn(metric, increase) };
      });
  }

  async last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]> {
    if (devices.length === 0 || metrics.length === 0) return [];
    const rows = await this.#ask(
      `${this.#all(OUTSIDE_INSTANT_MIN, OUTSIDE_INSTANT_MAX, true)} |> filter(fn: (r) => ${oneOf('_measurement', metrics)} and ${oneOf('device', devices)}) |> last() |> ${TOGETHER}`,
    );
    const found = new Map(
      rows.map((row) => {
        const { _measurement = '', device = '' } = row;
        return [`${_measurement} ${device}`, { device, metric: _measurement as MetricName, ...pointOf(row) }];
      }),
    );
    return devices.flatMap((device) => metrics.flatMap((metric) => found.get(`${metric} ${device}`) ?? []));
  }

  async events(query: { device: string; from: number; to: number; limit: number }): Promise<StoredEvent[]> {
    const { device, from, to, limit } = query;
    if (from >= to) return [];
    const rows = await this.#ask(
      `${this.#series(device, EVENT_MEASUREMENT, from, to)} |> keep(columns: ["_time", "event"]) |> group() |> sort(columns: ["_time"]) |> limit(n: ${limit})`,
    );
    return rows
      .filter(({ event = '' }) => Object.hasOwn(EVENTS, event))
      .map(({ _time = '', event }) => ({ event: event as EventName, at: Date.parse(_time) }));
  }

  async devices(after: string, limit: number): Promise<string[]> {
    const rows = await this.#ask(
      `import "influxdata/influxdb/schema"\nschema.tagValues(bucket: ${text(this.#options.bucket)}, tag: "device", start: ${instant(OUTSIDE_INSTANT_MIN)}, stop: ${instant(OUTSIDE_INSTANT_MAX)}) |> filter(fn: (r) => r._value > ${text(after)}) |> sort(columns: ["_value"]) |> limit(n: ${limit})`,
    );
    return rows.map(({ _value }) => String(_value));
  }

  async removeDevice(device: string): Promise<number> {
    const gone = await this.#count(`r.device == ${text(device)}`, OUTSIDE_INSTANT_MAX);
    await this.#delete(`device=${text(device)}`, OUTSIDE_INSTANT_MAX);
    return gone;
  }

  async retain(cutoffs: Cutoffs): Promise<number> {
    let gone = 0;
    for (const metric of METRIC_NAMES) {
      const before = cutoffs[metric] ?? cutoffs.default;
      const count = await this.#count(`r._measurement == ${text(metric)}`, before);
      // It would go through all series to delete nothing.
      if (count > 0) await this.#delete(`_measurement=${text(metric)}`, before);
      gone += count;
    }
    await this.#delete(`_measurement=${text(EVENT_MEASUREMENT)}`, cutoffs.default);
    return gone;
  }

  async #count(which: string, before: number): Promise<number> {
    if (before <= OUTSIDE_INSTANT_MIN) return 0;
    const rows = await this.#ask(
      `${this.#all(OUTSIDE_INSTANT_MIN, before)} |> filter(fn: (r) => ${which}) |> group(columns: ["_measurement"]) |> count() |> keep(columns: ["_measurement", "_value"])`,
    );
    return rows
      .filter(({ _measurement = '' }) => Object.hasOwn(METRICS, _measurement))
      .reduce((sum, { _value }) => sum + Number(_value), 0);
  }

  async #delete(predicate: string, before: number): Promise<void> {
    if (before <= OUTSIDE_INSTANT_MIN) return;
    const { url, org, bucket, token } = this.#options;
    const address = new URL(`${new URL(url).pathname.replace(/\/$/, '')}/api/v2/delete`, url);
    address.search = new URLSearchParams({ org, bucket }).toString();
    // Whether `stop` itself is deleted is not documented: no reading of ours is that near to a whole millisecond.
    const stop = instant(before - 1).replace('Z', '999999Z');
    const answer = await post(address, {
      headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ start: instant(OUTSIDE_INSTANT_MIN), stop, predicate }),
      agent: this.#agent,
      timeoutMs: this.#timeoutMs,
    });
    const { ok, detail } = { detail: '', ...writeAnswer(answer, Date.now()) };
    if (ok) return;
    if ((answer.status === 400 || answer.status === 422) && isOfStore(answer.body))
      throw new OutsideRefused(detail);
    throw new Error(detail);
  }

  #all(from: number, to: number, withClock = false): string {
    return `from(bucket: ${text(this.#options.bucket)}) |> range(start: ${instant(from)}, stop: ${instant(to)}) |> filter(fn: (r) => ${withClock ? oneOf('_field', [FIELD, CLOCK_FIELD]) : `r._field == "${FIELD}"`})`;
  }

  #points(device: string, metric: MetricName, from: number, to: number): string {
    const which = `r._measurement == ${text(metric)} and r.device == ${text(device)}`;
    return `${this.#all(from, to, true)} |> filter(fn: (r) => ${which}) |> ${TOGETHER}`;
  }

  #series(device: string, measurement: string, from: number, to: number): string {
    return `${this.#all(from, to)} |> filter(fn: (r) => r._measurement == ${text(measurement)} and r.device == ${text(device)})`;
  }

  async #ask(query: string): Promise<Row[]> {
    try {
      return await within(this.#timeoutMs, this.#asking, this.#queries.collectRows<Row>(query));
    } catch (error) {
      if (error instanceof HttpError && error.statusCode === 400 && isOfStore(error.body ?? ''))
        throw new OutsideRefused(error.message);
      throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
    this.#asking.destroy();
  }
}

function answerTo(error: unknown): WriteAnswer {
  if (error instanceof HttpError) {
    const header = error.headers?.['retry-after'];
    const retryAfter = Array.isArray(header) ? header[0] : header;
    return writeAnswer({ status: error.statusCode, retryAfter, body: error.body ?? '' }, Date.now());
  }
  return noAnswer(error);
}
