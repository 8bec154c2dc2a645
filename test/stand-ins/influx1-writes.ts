import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in does with one request for writing. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly stores?: boolean;
    }
  /** Takes the request, and then: says nothing, or cuts the line; what it was sent may be stored all the same. */
  | { readonly silent: true }
  | { readonly cut: true; readonly stores: boolean };

/**
 * A stand-in for the writing side of InfluxDB 1 (https://docs.influxdata.com/influxdb/v1/tools/api/#write-http-endpoint),
 * for faults that a real server does not show when it is asked to. What it can really do is examined against a real one.
 */
export class Influx1Writes {
  /** The last value of each series and instant, as the server would have it. */
  readonly points = new Map<string, string>();
  /** Bodies in the order of their coming. */
  readonly bodies: string[] = [];
  readonly queries: string[] = [];
  /** What happens to the next requests; after them all is well. */
  faults: Fault[] = [];
  /** Answers to the next questions and orders; after them all is well. */
  answers: { readonly status: number; readonly body: string }[] = [];
  /** A fault for what is in a body, whenever it comes. */
  judge: (body: string) => Fault | undefined = () => undefined;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request as AsyncIterable<Buffer>) body += piece.toString();
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === '/query') {
      this.queries.push(url.searchParams.get('q') ?? new URLSearchParams(body).get('q') ?? '');
      const { status, body: said } = this.answers.shift() ?? { status: 200, body: '{"results":[{}]}' };
      response.writeHead(status).end(said);
      return;
    }
    this.bodies.push(body);
    const fault = this.faults.shift() ?? this.judge(body);
    if (!fault || ('stores' in fault && fault.stores)) this.#store(body);
    if (!fault) response.writeHead(204).end();
    else if ('cut' in fault) request.socket.destroy();
    else if ('status' in fault) response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
  }

  #store(body: string): void {
    for (const line of body.split('\n').filter(Boolean)) {
      const [series = '', fields = '', at = ''] = line.split(' ');
      this.points.set(`${series} ${at}`, fields);
    }
  }
}
