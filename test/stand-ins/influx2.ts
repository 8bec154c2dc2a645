import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface Stored {
  readonly value: number;
  readonly clock: number;
}
interface Series {
  readonly measurement: string;
  readonly device: string;
  readonly event: string | undefined;
  /** Values by instant in milliseconds. */
  readonly points: Map<number, Stored>;
}
type Bucket = Map<string, Series>;
interface Row {
  readonly [column: string]: string | number;
}

export const TOKEN = 'a-token-of-the-tests';

/**
 * A STAND-IN for InfluxDB 2, not InfluxDB. It follows the documented wire format
 * (https://docs.influxdata.com/influxdb/v2/api/): POST /api/v2/write takes line protocol, POST /api/v2/query takes Flux
 * and answers in annotated CSV, POST /api/v2/delete takes a predicate, GET /health. Of Flux it knows the queries that
 * this product sends, and refuses every other. Buckets are there when they are first named.
 */
export class Influx2StandIn {
  readonly buckets = new Map<string, Bucket>();
  /** Answers to the next requests for writing; after them all is well. */
  faults: { status: number; headers?: Record<string, string>; body?: string }[] = [];
  readonly #server: Server;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name) ?? new Map<string, Series>();
    this.buckets.set(name, bucket);
    return bucket;
  }

  copy(from: string, to: string): void {
    for (const [key, series] of this.bucket(from))
      this.bucket(to).set(key, { ...series, points: new Map(series.points) });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const raw = Buffer.concat(pieces);
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
    const refuse = (status: number, code: string, message: string): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ code, message }));
    if (url.pathname === '/health') return void response.end('{"name":"influxdb","status":"pass"}');
    if (request.headers.authorization !== `Token ${TOKEN}`)
      return refuse(401, 'unauthorized', 'unauthorized access');
    const bucket = this.bucket(url.searchParams.get('bucket') ?? '');
    if (url.pathname === '/api/v2/write') {
      const fault = this.faults.shift();
      if (fault) return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      const bad = write(bucket, body, url.searchParams.get('precision') ?? 'ns');
      return bad ? refuse(400, 'invalid', `unable to parse '${bad}'`) : void response.writeHead(204).end();
    }
    if (url.pathname === '/api/v2/delete') {
      erase(bucket, JSON.parse(body) as { start: string; stop: string; predicate: string });
      return void response.writeHead(204).end();
    }
    const { query = '' } = url.pathname === '/api/v2/query' ? (JSON.parse(body) as { query?: string }) : {};
    const tables = answer(this, query);
    if (!tables) return refuse(400, 'invalid', `the stand-in does not know this query: ${query}`);
    response
      .writeHead(200, { 'content-type': 'text/csv; charset=utf-8' })
      .end(tables.map(csvOf).join('\r\n'));
  }
}

const LINE =
  /^(\w+),device=((?:[^,= \\]|\\.)+)(?:,event=(\w+))? value=([-+\d.eE]+)(?:,clock=(\d)i)? (-?\d+)$/;

/** Like the real one it takes all or, if one cannot be read, says which; the others are stored. */
function write(bucket: Bucket, lines: string, precision: string): string | undefined {
  let bad: string | undefined;
  for (const line of lines.split('\n').filter(Boolean)) {
    const [, measurement = '', tag = '', event, value, clock = '0', time] = LINE.exec(line) ?? [];
    if (measurement === '') {
      bad ??= line;
      continue;
    }
    const device = tag.replace(/\\(.)/g, '$1');
    const key = `${measurement} ${device} ${event}`;
    const series = bucket.get(key) ?? { measurement, device, event, points: new Map<number, Stored>() };
    bucket.set(key, series);
    series.points.set(precision === 'ms' ? Number(time) : Number(time) / 1e6, {
      value: Number(value),
      clock: Number(clock),
    });
  }
  return bad;
}

function erase(
  bucket: Bucket,
  { start, stop, predicate }: { start: string; stop: string; predicate: string },
): void {
  const [, column, value] = /^(\w+)="(.*)"$/.exec(predicate) ?? [];
  for (const series of bucket.values()) {
    if (value !== (column === 'device' ? series.device : series.measurement)) continue;
    for (const at of [...series.points.keys()])
      if (at >= Date.parse(start) && at <= Date.parse(stop)) series.points.delete(at);
  }
}

const RANGE =
  /^from\(bucket: "([^"]+)"\) \|> range\(start: (\S+), stop: (\S+)\) \|> filter\(fn: \(r\) => (?:r\._field == "value"|\(r\._field == "value" or r\._field == "clock"\))\)/;
const wanted = (filter: string, column: string): string[] =>
  [...filter.matchAll(new RegExp(`r\\.${column} == "([^"]*)"`, 'g'))].map(([, value]) => value ?? '');

interface Found {
  readonly series: Series;
  readonly points: readonly (readonly [at: number, of: Stored])[];
}

function found(server: Influx2StandIn, query: string): Found[] | undefined {
  const [head, name = '', start = '', stop = ''] = RANGE.exec(query) ?? [];
  if (!head) return undefined;
  const measurements = wanted(query, '_measurement');
  const devices = wanted(query, 'device');
  return [...server.bucket(name).values()]
    .filter(({ measurement }) => measurements.length === 0 || measurements.includes(measurement))
    .filter(({ device }) => devices.length === 0 || devices.includes(device))
    .map((series) => ({
      series,
      points: [...series.points]
        .filter(([at]) => at >= Date.parse(start) && at < Date.parse(stop))
        .sort(([a], [b]) => a - b),
    }))
    .filter(({ points }) => points.length > 0);
}

const time = (at: number): string => new Date(at).toISOString();
const limitOf = (query: string): number => Number(/\|> limit\(n: (\d+)\)$/.exec(query)?.[1] ?? Number.NaN);

/** Tables of rows, or undefined for a query that is none of ours. */
function answer(server: Influx2StandIn, query: string): Row[][] | undefined {
  if (query.startsWith('import ')) return tagValues(server, query);
  if (query.startsWith('points = ')) return windows(server, query);
  const all = found(server, query);
  if (!all) return undefined;
  if (/\|> count\(\) \|> keep\(columns: \["_measurement", "_value"\]\)$/.test(query))
    return all.map(({ series, points }) => [{ _measurement: series.measurement, _value: points.length }]);
  const pivoted = query.includes('|> pivot(');
  if (query.includes('|> last() |> group('))
    return all.map(({ series, points }) => {
      const { measurement: _measurement, device } = series;
      return points.slice(-1).map(([at, of]) => ({ _time: time(at), ...of, _measurement, device }));
    });
  if (/\|> last\(\) \|> keep/.test(query))
    return all.map(({ points }) =>
      points.slice(-1).map(([at, { value }]) => ({ _time: time(at), _value: value })),
    );
  const limit = limitOf(query);
  if (Number.isNaN(limit)) return undefined;
  if (query.includes('|> group()')) {
    const rows = all.flatMap(({ series, points }) =>
      points.map(([at]) => ({ _time: time(at), event: series.event ?? '' })),
    );
    return [rows.sort((a, b) => Date.parse(a._time) - Date.parse(b._time)).slice(0, limit)];
  }
  if (!pivoted) return undefined;
  return all.map(({ points }) => points.slice(0, limit).map(([at, of]) => ({ _time: time(at), ...of })));
}

function tagValues(server: Influx2StandIn, query: string): Row[][] | undefined {
  const [, bucket = ''] = /schema\.tagValues\(bucket: "([^"]+)", tag: "device"/.exec(query) ?? [];
  const [, after = ''] = /r\._value > "([^"]*)"/.exec(query) ?? [];
  const names = new Set(
    [...server.bucket(bucket).values()].filter(({ points }) => points.size > 0).map(({ device }) => device),
  );
  return [
    [...names]
      .filter((name) => name > after)
      .sort()
      .slice(0, limitOf(query))
      .map((_value) => ({ _value })),
  ];
}

const FUNCTIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  count: (values) => values.length,
  first: (values) => values[0] as number,
  last: (values) => values.at(-1) as number,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
};

/** `points = …`, then for each function `points |> aggregateWindow(…) |> yield(…)`, then the same of the differences. */
function windows(server: Influx2StandIn, query: string): Row[][] | undefined {
  const [first = '', ...lines] = query.split('\n');
  const points = found(server, first.slice('points = '.length));
  const tables: Row[][] = [];
  for (const line of lines) {
    const [, every = '', offset = '', fn = ''] =
      /aggregateWindow\(every: (\d+)ms, offset: (\d+)ms, fn: (\w+), createEmpty: false, timeSrc: "_start"\)/.exec(
        line,
      ) ?? [];
    const [, result = ''] = /yield\(name: "(\w+)"\)$/.exec(line) ?? [];
    const make = FUNCTIONS[fn];
    const source = line.startsWith('points |>') ? points : found(server, line);
    if (!make || !source || result === '') return undefined;
    for (const one of source) {
      const numbers = one.points.map(([at, { value }]) => [at, value] as const);
      const values = line.includes('difference() |> filter(fn: (r) => r._value > 0.0)')
        ? growth(numbers)
        : numbers;
      const byWindow = new Map<number, number[]>();
      for (const [at, value] of values) {
        const start = Math.floor((at - Number(offset)) / Number(every)) * Number(every) + Number(offset);
        byWindow.set(start, [...(byWindow.get(start) ?? []), value]);
      }
      tables.push([...byWindow].map(([at, some]) => ({ result, _time: time(at), _value: make(some) })));
    }
  }
  return tables;
}

const growth = (points: readonly (readonly [number, number])[]): (readonly [number, number])[] =>
  points
    .slice(1)
    .map(([at, value], i): [number, number] => [at, value - (points[i]?.[1] ?? 0)])
    .filter(([, grown]) => grown > 0);

/** https://docs.influxdata.com/influxdb/v2/reference/syntax/annotated-csv/ */
function csvOf(rows: readonly Row[], table: number): string {
  const [first] = rows;
  if (!first) return '';
  const columns = Object.keys(first).filter((column) => column !== 'result');
  const type = (column: string): string =>
    column === '_time' ? 'dateTime:RFC3339' : typeof first[column] === 'number' ? 'double' : 'string';
  const result = String(first['result'] ?? '_result');
  return [
    ['#datatype', 'string', 'long', ...columns.map(type)],
    ['#group', 'false', 'false', ...columns.map(() => 'false')],
    ['#default', result, '', ...columns.map(() => '')],
    ['', 'result', 'table', ...columns],
    ...rows.map((row) => ['', '', String(table), ...columns.map((column) => String(row[column]))]),
    [],
  ]
    .map((cells) => cells.join(','))
    .join('\r\n');
}
