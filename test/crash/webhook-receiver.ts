import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** A platform that listens to webhooks, is down at times, and remembers what it has accepted. */
export class WebhookReceiver {
  readonly #server: Server;
  mode: 'up' | 'error' | 'drop' = 'up';
  /**
   * By webhook-id: how often it was accepted; digests of the bodies that came under it, accepted or not, and the numbers
   * of the case in them. While the records are away a notice goes without the number: what it says is the same.
   */
  readonly accepted = new Map<string, number>();
  readonly bodies = new Map<string, Set<string>>();
  readonly numbers = new Map<string, Set<string>>();
  port = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const id = String(request.headers['webhook-id']);
        const body = Buffer.concat(chunks).toString('utf8');
        const number = /"number":(\d+),/.exec(body)?.[1];
        if (number !== undefined) addTo(this.numbers, id, number);
        addTo(this.bodies, id, createHash('sha256').update(withoutNumber(body, number)).digest('hex'));
        if (this.mode === 'drop') {
          request.socket.destroy();
          return;
        }
        if (this.mode === 'up') this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
        response.writeHead(this.mode === 'up' ? 204 : 503).end();
      });
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const addTo = (found: Map<string, Set<string>>, id: string, value: string): void => {
  found.set(id, (found.get(id) ?? new Set()).add(value));
};

const withoutNumber = (body: string, number: string | undefined): string =>
  number === undefined
    ? body
    : body.replace(`"number":${number},`, '').replace(`事项 ${number}：`, '').replace(`Case ${number}: `, '');
