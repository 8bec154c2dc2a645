import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VendorRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export interface VendorAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The HTTP side of a stand-in for a vendor's cloud: POST to /, JSON back. */
export abstract class VendorServer {
  readonly #server: Server;

  protected constructor() {
    this.#server = createServer(async (request, response) => {
      const { status, body } =
        request.method === 'POST' ? this.answer(await read(request)) : { status: 405, body: {} };
      response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' });
      response.end(JSON.stringify(body));
    });
  }

  protected abstract answer(request: VendorRequest): VendorAnswer;

  protected async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

async function read(request: IncomingMessage): Promise<VendorRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    url: new URL(request.url ?? '/', 'http://vendor'),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
  };
}
