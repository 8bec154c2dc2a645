import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What the network does to a message that holds a word: pass it on, lose it, or pass it on and lose the answer. */
export type Fate = 'cut-before' | 'cut-after';

/** The network between the service and a server, as a test wants it. */
export class TcpProxy {
  readonly #server: Server;
  #targetPort: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #fate: { readonly fate: Fate; readonly word: string } | undefined;
  #slow: { readonly ms: number; readonly word: string } | undefined;
  #isHole = false;
  #isClosed = false;
  /** Messages that met their fate. */
  fated = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#pair(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address leads to another server from now on; who is connected stays so. */
  turnTo(port: number): void {
    this.#targetPort = port;
  }

  /** The next message of the client that holds this word. */
  next(fate: Fate, word: string): void {
    this.#fate = { fate, word };
  }

  /** Each message of a client that holds this word takes so long from now on. */
  delay(ms: number, word: string): void {
    this.#slow = { ms, word };
  }

  /** Nothing passes any more in either direction, and nobody is told. */
  hole(): void {
    this.#isHole = true;
  }

  /** What was in the hole is lost; new connections pass again. */
  mend(): void {
    this.#isHole = false;
    this.#isClosed = false;
  }

  /** Ends all connections, and refuses new ones until it is mended. */
  close(): void {
    this.#isClosed = true;
    for (const [client, server] of this.#pairs) this.#end(client, server);
  }

  async stop(): Promise<void> {
    this.close();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pair(client: Socket): void {
    if (this.#isClosed) {
      client.destroy();
      return;
    }
    const server = connect(this.#targetPort, '127.0.0.1');
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    const bornInHole = this.#isHole;
    let isDeaf = false;
    client.on('data', (chunk) => {
      if (this.#isHole || bornInHole) {
        isDeaf = true;
        return;
      }
      const fated = this.#fate && chunk.includes(this.#fate.word) ? this.#fate.fate : undefined;
      if (fated) {
        this.#fate = undefined;
        this.fated++;
      }
      if (fated === 'cut-before') this.#end(client, server);
      else {
        if (fated === 'cut-after')
          server
            .once('data', () => this.#end(client, server))
            .pause()
            .resume();
        isDeaf ||= fated === 'cut-after';
        const slow = this.#slow;
        if (slow && chunk.includes(slow.word)) {
          client.pause();
          setTimeout(() => server.write(chunk) && client.resume(), slow.ms);
        } else server.write(chunk);
      }
    });
    server.on('data', (chunk) => {
      if (this.#isHole || isDeaf) isDeaf = true;
      else client.write(chunk);
    });
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // In the hole nobody hears that the other is gone.
        if (!isDeaf) this.#end(client, server);
        this.#pairs.delete(pair);
      });
    }
  }

  #end(client: Socket, server: Socket): void {
    client.destroy();
    server.destroy();
  }
}
