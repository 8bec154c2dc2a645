import type { Socket } from 'node:net';
import type { Place } from '../../lib/places.ts';
import type { InboundMessage } from '../../ports/broker.ts';
import type { GatewayDevice } from '../../ports/gateway.ts';
import { bracket } from './bracket.ts';
import { h02 } from './h02.ts';
import { iwap } from './iwap.ts';
import { minifinder } from './minifinder.ts';
import { minifinder2 } from './minifinder2.ts';
import type { WatchAddress, WatchProtocol } from './protocol.ts';
import { pt60 } from './pt60.ts';
import { yx } from './yx.ts';

/** Known by their first byte. */
export const WATCH_PROTOCOLS: readonly WatchProtocol[] = [
  bracket,
  iwap,
  pt60,
  h02,
  minifinder,
  minifinder2,
  yx,
];

/** Models that speak over the watch port. */
export const WATCH_MODELS: ReadonlySet<string> = new Set(WATCH_PROTOCOLS.map(({ model }) => model));

/** What the front of the stream turned out to be. */
export type Next =
  | { readonly kind: 'frame'; readonly frame: Uint8Array; readonly protocol: WatchProtocol }
  | { readonly kind: 'more' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'too-large' };

export interface FrameLimits {
  readonly watchFirstFrameBytesMax: number;
  readonly watchFrameBytesMax: number;
}

const MORE: Next = { kind: 'more' };

/** One connection: the bytes that came, cut into frames, and who it turned out to be. */
export class WatchSession {
  readonly socket: Socket;
  readonly from: string;
  /** Of a steady clock, to the precision of the sweep. */
  readonly openedAt: number;
  heardAt: number;
  /** Set by the first frame. */
  protocol: WatchProtocol | undefined;
  /** Set by the login: how the watch calls itself, and which device that is. */
  address: WatchAddress | undefined;
  device: GatewayDevice | undefined;
  /** Its place with its address. */
  place: Place | undefined;
  /** Grows with each connection of a device; 0 until it has logged in. */
  number = 0;
  lastFrame: Uint8Array = new Uint8Array();
  /** What found no room in the inbox: until it does, the socket is not read. */
  waiting: InboundMessage | undefined;
  closed = false;
  /** Nobody enrolled it: what it said already is looked through, and then it is closed. */
  isStranger = false;
  readonly #limits: FrameLimits;
  #bytes: Buffer = Buffer.alloc(0);
  #received = 0;

  constructor(socket: Socket, from: string, now: number, limits: FrameLimits) {
    this.socket = socket;
    this.from = from;
    this.openedAt = now;
    this.heardAt = now;
    this.#limits = limits;
  }

  close(): void {
    this.closed = true;
    this.socket.destroy();
  }

  /** What came and is no frame yet, for whoever must see why it was refused. */
  get unread(): Uint8Array {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#received += chunk.length;
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** Takes the next frame off the front. */
  next(): Next {
    const protocol = this.#recognised();
    if (!protocol) return this.#bytes.length === 0 ? MORE : { kind: 'unknown' };
    const max = this.device ? this.#limits.watchFrameBytesMax : this.#limits.watchFirstFrameBytesMax;
    while (this.#bytes.length > 0) {
      const { frame, used } = protocol.cut(this.#bytes);
      if (frame && frame.length > max) return { kind: 'too-large' };
      if (used === 0) return this.#bytes.length > max ? { kind: 'too-large' } : MORE;
      this.#bytes = this.#bytes.subarray(used);
      if (frame) return { kind: 'frame', frame, protocol };
    }
    // Whoever sends rubbish without end has not said who it is.
    return !this.device && this.#received > max ? { kind: 'too-large' } : MORE;
  }

  #recognised(): WatchProtocol | undefined {
    if (this.protocol) return this.protocol;
    const start = this.#bytes.findIndex((byte) => byte !== 0x0d && byte !== 0x0a && byte !== 0x20);
    this.#bytes = this.#bytes.subarray(start < 0 ? this.#bytes.length : start);
    const first = this.#bytes[0];
    if (first !== undefined) this.protocol = WATCH_PROTOCOLS.find(({ starts }) => starts(first));
    return this.protocol;
  }
}
