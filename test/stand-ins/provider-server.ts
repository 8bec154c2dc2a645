import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the stand-ins of the chat providers have in common: HTTP and WebSocket on one free port of this machine. */
export class ProviderServer {
  readonly sockets: WebSocketServer;
  readonly #server: Server;
  /** Upgrades are refused with this, if set. */
  refuseUpgrade: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;

  private constructor(
    onRequest: (request: IncomingMessage, body: string, response: ServerResponse) => void,
    onSocket: (socket: WebSocket, request: IncomingMessage) => void,
  ) {
    this.sockets = new WebSocketServer({ noServer: true });
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => onRequest(request, Buffer.concat(chunks).toString(), response));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.refuseUpgrade) {
        const { status, headers } = this.refuseUpgrade;
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}content-length: 0\r\n\r\n`);
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (opened) => onSocket(opened, request));
    });
  }

  static async open(
    onRequest: (request: IncomingMessage, body: string, response: ServerResponse) => void,
    onSocket: (socket: WebSocket, request: IncomingMessage) => void,
  ): Promise<ProviderServer> {
    const opened = new ProviderServer(onRequest, onSocket);
    await new Promise<void>((resolve) => opened.#server.listen(0, '127.0.0.1', resolve));
    return opened;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every connection breaks at once, as when a cable is pulled. */
  breakAll(): void {
    for (const socket of this.sockets.clients) socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.breakAll();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
