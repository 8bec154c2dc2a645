import { connect, type Socket } from 'node:net';

/** A watch in bytes: says what it is told, and keeps what it hears. */
export class WatchClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #heard = '';
  #waiting: { text: string; resolve: () => void }[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#heard += chunk;
      this.#waiting = this.#waiting.filter(({ text, resolve }) => {
        if (!this.#heard.includes(text)) return true;
        resolve();
        return false;
      });
    });
  }

  /** @param address `tcp://127.0.0.1:8001` */
  static async open(address: string): Promise<WatchClient> {
    const { hostname, port } = new URL(address.replace('tcp:', 'http:'));
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new WatchClient(socket);
  }

  get heard(): string {
    return this.#heard;
  }

  say(frame: string | Uint8Array): this {
    this.socket.write(typeof frame === 'string' ? Buffer.from(frame, 'latin1') : frame);
    return this;
  }

  /** Resolves once this has been heard. */
  async hears(text: string): Promise<void> {
    if (this.#heard.includes(text)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ text, resolve }));
  }

  async end(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
