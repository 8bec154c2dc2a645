import type { EventEmitter } from 'node:events';
import type { Client } from 'aedes';

/** What a parser has to know of its client: how it speaks, which its CONNECT said. */
interface Settings {
  readonly protocolVersion?: number;
  readonly bridgeMode?: boolean;
}
/** What mqtt-packet 9 has and its types do not tell. */
interface Parser extends EventEmitter {
  parse(bytes: Buffer): number;
  settings: Settings;
  /** Set: what is left of the bytes is thrown away before the next ones are read. */
  error: Error | null;
  /** Where in a frame it reads: it forgets to go back there after an error. */
  _pos: number;
}
interface ClientInside {
  _parser: FramesOf | Parser;
}

/**
 * The one parser of all clients that are in. The library gives each client a parser of its own, which keeps lists, streams
 * and the whole CONNECT with the password in it, some 1.5 KB, for as long as the client is there. But what our frame
 * reader lets through are whole frames, so that nothing is left in a parser between one read and the next.
 */
export class SharedParser {
  #parser: Parser | undefined;
  /** Whose frames are read now. */
  #current: FramesOf | undefined;
  /** What comes while a frame is dealt with waits here: a parser can't be entered twice. */
  readonly #waiting: { readonly of: FramesOf; readonly bytes: Buffer }[] = [];

  /** Takes the place of the parser of a client that was just let in, of whom nothing was read since its CONNECT. */
  adopt(client: Client): void {
    const inside = client as unknown as ClientInside;
    // It went while it was told that it is let in: its parser listens no more, and nothing comes of it.
    if (client.closed) return;
    const own = inside._parser as Parser;
    // The first to come leaves us its parser.
    this.#parser ??= this.#share(own);
    inside._parser = new FramesOf(client, this, settingsLike(own.settings));
  }

  read(of: FramesOf, bytes: Buffer): void {
    this.#waiting.push({ of, bytes });
    if (this.#current) return;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift())
        this.#readNow(next.of, next.bytes);
    } finally {
      this.#current = undefined;
    }
  }

  #readNow(of: FramesOf, bytes: Buffer): void {
    const parser = this.#parser as Parser;
    this.#current = of;
    parser.settings = of.settings;
    parser._pos = 0;
    if (parser.parse(bytes) > 0) parser.error ??= new Error('more than whole frames');
  }

  #share(parser: Parser): Parser {
    const [take] = parser.listeners('packet') as ((this: unknown, packet: unknown) => void)[];
    if (!take) throw new Error('the MQTT library does not listen to its parser');
    parser.removeAllListeners();
    parser.on('packet', (packet) => {
      const client = this.#current?.client;
      if (client && !client.closed && !client.conn.destroyed) take.call(this.#current, packet);
    });
    parser.on('error', (error) => this.#current?.client.emit('error', error));
    return parser;
  }
}

/** What stands in a client where aedes 1.2 looks for its parser. */
class FramesOf {
  readonly client: Client;
  readonly settings: Settings;
  readonly #parser: SharedParser;
  /** Packets that came before the client was in: none since. */
  _queue: readonly unknown[] | null = null;

  constructor(client: Client, parser: SharedParser, settings: Settings) {
    this.client = client;
    this.settings = settings;
    this.#parser = parser;
  }

  parse(bytes: Buffer): void {
    this.#parser.read(this, bytes);
  }

  /** Asked for when the client is closed: such a one is not listened to. */
  removeAllListeners(): void {}
}

/** Few clients differ in how they speak: those that speak alike share what is known of it. */
const known = new Map<string, Settings>();
function settingsLike({ protocolVersion = 4, bridgeMode = false }: Settings): Settings {
  const key = `${protocolVersion} ${bridgeMode}`;
  const settings = known.get(key) ?? { protocolVersion, bridgeMode };
  known.set(key, settings);
  return settings;
}
