import { WebSocket } from 'ws';
import type { Timers } from '../../lib/timers.ts';
import { LIMITS } from '../../model/limits.ts';
import type { LinkEnd } from './kept-link.ts';
import { proxyAgent } from './proxy.ts';

export interface SocketOptions {
  readonly url: string;
  readonly timers: Timers;
  /** How often we show that we are there, in milliseconds; the provider's own way, or a ping of WebSocket. */
  readonly heartbeatMs: () => number;
  readonly heartbeat?: (send: (data: string | Uint8Array) => void) => void;
  readonly onOpen: () => void;
  readonly onMessage: (data: Buffer) => void;
  /** Once: it failed, was closed by the provider, or fell silent. Not after `close`. */
  readonly onEnd: (end: LinkEnd) => void;
  /** What a refused upgrade means, by its status and headers. */
  readonly onRefusedUpgrade?: (
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ) => LinkEnd | undefined;
}

/** A WebSocket to a provider that tells its end exactly once, also when it only falls silent. Nothing is thrown out of it. */
export class ProviderSocket {
  readonly #socket: WebSocket;
  readonly #options: SocketOptions;
  #opened = false;
  #ended = false;
  #silentFor = 0;
  #cancelHeartbeat: () => void = () => {};

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, {
      agent: proxyAgent(options.url),
      handshakeTimeout: LIMITS.sessionConnectMs,
      maxPayload: LIMITS.sessionFrameBytesMax,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#listen();
  }

  send(data: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data, () => {});
  }

  /** Says goodbye and waits a moment for the answer. */
  close(): Promise<void> {
    this.#end();
    const socket = this.#socket;
    if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.timers.after(LIMITS.sessionCloseMs, () => socket.terminate());
      socket.once('close', () => {
        cancel();
        resolve();
      });
      if (socket.readyState === WebSocket.OPEN) socket.close(1000);
      else socket.terminate();
    });
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on('open', () => {
      if (this.#ended) return;
      this.#opened = true;
      this.#options.onOpen();
      this.#beat();
    });
    socket.on('message', (data) => {
      this.#silentFor = 0;
      if (!this.#ended) this.#options.onMessage(data as Buffer);
    });
    socket.on('pong', () => {
      this.#silentFor = 0;
    });
    // Stays for as long as the socket: an error without a listener would end the process.
    socket.on('error', (error) =>
      this.#end({ problem: this.#opened ? 'lost' : 'unreachable', detail: words(error) }),
    );
    socket.on('close', (code, reason) =>
      this.#end({ problem: 'lost', detail: `${code} ${reason.toString()}` }),
    );
    socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      const end = this.#options.onRefusedUpgrade?.(status, response.headers);
      this.#end(end ?? { problem: 'unreachable', detail: `HTTP ${status}` });
      socket.terminate();
    });
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#options.timers.after(this.#options.heartbeatMs(), () => {
      if (this.#silentFor >= LIMITS.sessionSilentHeartbeatsMax) {
        this.#end({ problem: 'lost', detail: `silent for ${this.#silentFor} heartbeats` });
        this.#socket.terminate();
        return;
      }
      this.#silentFor++;
      const { heartbeat } = this.#options;
      if (heartbeat) heartbeat((data) => this.send(data));
      else if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
      this.#beat();
    });
  }

  #end(end?: LinkEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelHeartbeat();
    if (end) this.#options.onEnd(end);
  }
}

const words = (error: Error): string =>
  `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim();
