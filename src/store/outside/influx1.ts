import { InfluxDB } from 'influx';
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
  OutsideRefused,
  type OutsideStore,
  PAGE_POINTS,
  type WriteAnswer,
  withinOutside,
} from './outside-store.ts';

export interface Influx1Options {
  /** Such as http://influx.example:8086. */
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** The default one of the database if absent. */
  readonly retentionPolicy?: string;
  /** PEM of the authority of its certificate. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/** InfluxDB 1.x: https://docs.influxdata.com/influxdb/v1/. */
export function influx1(options: Influx1Options): OutsideStore {
  return new Influx1(options);
}

/** Its pool would take the only host out of use after one slow answer; what is tried again, and when, is decided elsewhere. */
const NEVER_OUT = { getDelay: () => 0, next: () => NEVER_OUT, reset: () => NEVER_OUT };

/** What a question that was understood is answered with, where a writing says 204. */
const ANSWERED = 200;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly partial?: boolean;
}
interface RawAnswer {
  readonly results: readonly {
    readonly series?: readonly Series[];
    readonly error?: string;
    readonly partial?: boolean;
  }[];
}

const quoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
const named = (name: string): string => `"${name.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
const ofDevice = (device: string): string => `"device" = ${quoted(device)}`;
const between = (from: number, to: number): string =>
  `time >= ${withinOutside(from)}ms AND time < ${withinOutside(to)}ms`;

const POINT = `"${FIELD}", "${CLOCK_FIELD}"`;
const pointOf = ([at, value, clock]: readonly unknown[]): Point => ({
  at: at as number,
  value: value as number,
  ...clockOf((clock ?? 0) as number),
});

class Influx1 implements OutsideStore {
  readonly kind = 'influx1';
  readonly #options: Influx1Options;
  readonly #client: InfluxDB;
  readonly #agent: Agent;
  /** For questions, which the client asks: what is written has connections of its own. */
  readonly #asking: Agent;
  readonly #timeoutMs: number;
  readonly #writeUrl: URL;
  readonly #queryUrl: URL;
  readonly #headers: Readonly<Record<string, string>>;
  #devices: readonly string[] | undefined;
  #answersQuestions = false;

  constructor(options: Influx1Options) {
    this.#options = options;
    const { database, username, password = '', retentionPolicy, ca } = options;
    const url = new URL(options.url);
    this.#agent = agentFor(url, ca);
    this.#asking = agentFor(url, ca);
    this.#timeoutMs = options.timeoutMs ?? LIMITS.outsideTimeoutMs;
    const isHttps = url.protocol === 'https:';
    const path = url.pathname.replace(/\/$/, '');
    this.#client = new InfluxDB({
      database,
      ...(username !== undefined && { username, password }),
      hosts: [
        {
          host: url.hostname,
          port: Number(url.port) || (isHttps ? 443 : 80),
          protocol: isHttps ? 'https' : 'http',
          ...(path !== '' && { path }),
          options: { agent: this.#asking },
        },
      ],
      pool: { maxRetries: 0, requestTimeout: 2 * this.#timeoutMs, backoff: NEVER_OUT },
    });
    this.#queryUrl = new URL(`${path}/query`, url);
    this.#writeUrl = new URL(`${path}/write`, url);
    this.#writeUrl.search = new URLSearchParams({
      db: database,
      precision: 'ms',
      ...(retentionPolicy !== undefined && { rp: retentionPolicy }),
    }).toString();
    this.#headers =
      username === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  }

  /**
   * The lines lie ready in the spool, and are sent as they are: the client would take them apart and put them together
   * again, and of a server that is busy it neither passes on the words nor how long it wants to be left alone.
   */
  async write(lines: string): Promise<WriteAnswer> {
    const refusal = await this.askFirst();
    if (refusal) return refusal;
    const answer = await this.#post(lines);
    if (answer.ok || answer.problem !== 'no-database') return answer;
    // Not by the client, which waits for ever where the server dies in the middle of its answer.
    const q = `CREATE DATABASE ${named(this.#options.database)}`;
    const created = await this.#post(new URLSearchParams({ q }).toString(), this.#queryUrl, FORM, ANSWERED);
    if (!created.ok)
      return { ...answer, detail: `${answer.detail}; it cannot be created: ${created.detail}` };
    return this.#post(lines);
  }

  async askFirst(): Promise<WriteAnswer | undefined> {
    if (this.#answersQuestions) return undefined;
    const q = `SELECT * FROM ${named(NEVER_WRITTEN)} LIMIT 1`;
    const body = new URLSearchParams({ db: this.#options.database, q }).toString();
    const headers = { ...this.#headers, ...FORM };
    try {
      const answer = await post(this.#queryUrl, {
        headers,
        body,
        agent: this.#agent,
        timeoutMs: this.#timeoutMs,
      });
      this.#answersQuestions = answer.status === ANSWERED && writeOnlyRefusal(answer) === undefined;
      return writeOnlyRefusal(answer);
    } catch (error) {
      return noAnswer(error);
    }
  }

  async #post(
    body: string,
    url = this.#writeUrl,
    more: Readonly<Record<string, string>> = {},
    done?: number,
  ): Promise<WriteAnswer> {
    const headers = { ...this.#headers, ...more };
    try {
      return writeAnswer(
        await post(url, { headers, body, agent: this.#agent, timeoutMs: this.#timeoutMs }),
        Date.now(),
        done,
      );
    } catch (error) {
      return noAnswer(error);
    }
  }

  async range({ device, metric, from, to, limit = Number.POSITIVE_INFINITY }: RangeQuery): Promise<Point[]> {
    const points: Point[] = [];
    for (let begin = from; points.length < limit; ) {
      const most = Math.min(limit - points.length, PAGE_POINTS);
      const [series] = await this.#ask(
        `SELECT ${POINT} FROM ${this.#of(metric)} WHERE ${ofDevice(device)} AND ${between(begin, to)} ORDER BY time LIMIT ${most}`,
      );
      const page = (series?.values ?? []).map(pointOf);
      points.push(...page);
      if (page.length < most) break;
      begin = (page.at(-1) as Point).at + 1;
    }
    return points;
  }

  async before(device: string, metric: MetricName, at: number): Promise<Point | undefined> {
    const [series] = await this.#ask(
      `SELECT ${POINT} FROM ${this.#of(metric)} WHERE ${ofDevice(device)} AND time < ${withinOutside(at)}ms ORDER BY time DESC LIMIT 1`,
    );
    const [found] = series?.values ?? [];
    return found && pointOf(found);
  }

  async downsample(query: DownsampleQuery): Promise<Bucket[]> {
    const { device, metric, from, to, stepMs, limit } = query;
    const before = await this.before(device, metric, from);
    const offset = ((from % stepMs) + stepMs) % stepMs;
    const steps = `GROUP BY time(${stepMs}ms, ${offset}ms) fill(none)`;
    const f = `"${FIELD}"`;
    const source = `FROM ${this.#of(metric)} WHERE ${ofDevice(device)} AND`;
    const [[buckets], [growth]] = await Promise.all([
      this.#ask(
        `SELECT count(${f}), first(${f}), last(${f}), min(${f}), max(${f}), mean(${f}) ${source} ${between(from, to)} ${steps}${limit === undefined ? '' : ` LIMIT ${limit}`}`,
      ),
      this.#ask(
        `SELECT sum("grown") FROM (SELECT non_negative_difference(${f}) AS "grown" ${source} ${between(before?.at ?? from, to)}) WHERE ${between(before?.at ?? from, to)} ${steps}`,
      ),
    ]);
    const grown = new Map((growth?.values ?? []).map(([at, sum]) => [at as number, sum as number]));
    return (buckets?.values ?? []).map((row) => {
      const [at, count, first, last, min, max, mean] = row as number[] as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return { from: at, count, first, last, min, max, mean, increase: grownIn(metric, grown.get(at)) };
    });
  }

  async last(devices: readonly string[], metrics: readonly MetricName[]): Promise<LastPoint[]> {
    if (devices.length === 0 || metrics.length === 0) return [];
    const series = await this.#ask(
      `SELECT last("${FIELD}"), "${CLOCK_FIELD}" FROM ${metrics.map((metric) => this.#of(metric)).join(', ')} WHERE ${devices.map(ofDevice).join(' OR ')} GROUP BY "device"`,
    );
    const found = new Map(
      series.map(({ name, tags, values: [row] }) => {
        const device = tags?.['device'] ?? '';
        return [`${name} ${device}`, { device, metric: name as MetricName, ...pointOf(row ?? []) }];
      }),
    );
    return devices.flatMap((device) => metrics.flatMap((metric) => found.get(`${metric} ${device}`) ?? []));
  }

  async events(query: { device: string; from: number; to: number; limit: number }): Promise<StoredEvent[]> {
    const { device, from, to, limit } = query;
    const [series] = await this.#ask(
      `SELECT "${FIELD}", "event" FROM ${this.#of(EVENT_MEASUREMENT)} WHERE ${ofDevice(device)} AND ${between(from, to)} ORDER BY time LIMIT ${limit}`,
    );
    return (series?.values ?? [])
      .map(([at, , event]) => ({ event: event as EventName, at: at as number }))
      .filter(({ event }) => Object.hasOwn(EVENTS, event));
  }

  async devices(after: string, limit: number): Promise<string[]> {
    // It cannot page through the values of a tag: the list is read once and kept for the pages that follow.
    if (after === '' || !this.#devices) {
      const series = await this.#ask('SHOW TAG VALUES WITH KEY = "device"');
      const names = series.flatMap(({ values }) => values.map(([, device]) => device as string));
      this.#devices = [...new Set(names)].sort();
    }
    return this.#devices.filter((device) => device > after).slice(0, limit);
  }

  async removeDevice(device: string): Promise<number> {
    const gone = await this.#count(ofDevice(device));
    await this.#ask(`DROP SERIES WHERE ${ofDevice(device)}`);
    return gone;
  }

  async retain(cutoffs: Cutoffs): Promise<number> {
    let gone = 0;
    const there = new Set(
      (await this.#ask('SHOW MEASUREMENTS')).flatMap(({ values }) => values.map(([name]) => name)),
    );
    for (const metric of METRIC_NAMES) {
      if (!there.has(metric)) continue;
      const old = `time < ${withinOutside(cutoffs[metric] ?? cutoffs.default)}ms`;
      const count = await this.#count(old, metric);
      // It would go through all series to delete nothing.
      if (count > 0) await this.#ask(`DELETE FROM ${named(metric)} WHERE ${old}`);
      gone += count;
    }
    if (there.has(EVENT_MEASUREMENT))
      await this.#ask(
        `DELETE FROM ${named(EVENT_MEASUREMENT)} WHERE time < ${withinOutside(cutoffs.default)}ms`,
      );
    return gone;
  }

  async #count(where: string, metric?: MetricName): Promise<number> {
    const { retentionPolicy } = this.#options;
    const all = retentionPolicy === undefined ? '/.+/' : `${named(retentionPolicy)}./.+/`;
    const from = metric === undefined ? all : this.#of(metric);
    const series = await this.#ask(`SELECT count("${FIELD}") FROM ${from} WHERE ${where}`);
    return series
      .filter(({ name }) => Object.hasOwn(METRICS, name))
      .reduce((sum, { values: [row] }) => sum + Number(row?.[1] ?? 0), 0);
  }

  #of(measurement: string): string {
    const { retentionPolicy } = this.#options;
    return retentionPolicy === undefined
      ? named(measurement)
      : `${named(retentionPolicy)}.${named(measurement)}`;
  }

  async #ask(query: string): Promise<readonly Series[]> {
    let answer: RawAnswer;
    try {
      const asked = this.#client.queryRaw(query, { precision: 'ms' });
      answer = (await within(this.#timeoutMs, this.#asking, asked)) as RawAnswer;
    } catch (error) {
      // What it cannot be asked it will never answer; the client says the code in its message only.
      const { message } = error as Error;
      const [, said = ''] = /^A 400 .*? error occurred: (.*)$/s.exec(message) ?? [];
      if (isOfStore(said)) throw new OutsideRefused(message);
      throw error;
    }
    const [result] = answer.results;
    // Nothing was written yet.
    if (result?.error && /database not found/.test(result.error)) return [];
    if (result?.error) throw new Error(result.error);
    if (result?.partial || result?.series?.some(({ partial }) => partial))
      throw new Error('the server cuts answers short: its max-row-limit is lower than 20000');
    return result?.series ?? [];
  }

  close(): void {
    this.#agent.destroy();
    this.#asking.destroy();
  }
}
