import { connect, type Socket } from 'node:net';

/** An MQTT client in bytes, for what a proper client would never do. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  isClosed = false;
  #bytes = Buffer.alloc(0);
  #waiting: { until: (bytes: Buffer) => boolean; resolve: () => void }[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isClosed = true;
        resolve();
      });
    });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#waiting = this.#waiting.filter(({ until, resolve }) => {
        if (!until(this.#bytes)) return true;
        resolve();
        return false;
      });
    });
  }

  static async open(address: string): Promise<RawClient> {
    const { port, hostname } = new URL(address);
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return client;
  }

  /** Opens, sends CONNECT and waits until it is let in. */
  static async login(address: string, id: string, keepAliveS = 60): Promise<RawClient> {
    const client = await RawClient.open(address);
    client.socket.write(connectFrame(id, keepAliveS));
    await client.receives((bytes) => bytes.length >= 4);
    return client;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  receives(until: (bytes: Buffer) => boolean): Promise<void> {
    if (until(this.#bytes)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  /** Packet identifiers of the PUBACKs so far, behind the CONNACK. */
  pubacks(): number[] {
    const ids: number[] = [];
    for (let at = 4; at + 4 <= this.#bytes.length; at += 4) {
      if (this.#bytes[at] === 0x40) ids.push(this.#bytes.readUInt16BE(at + 2));
    }
    return ids;
  }
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function frame(first: number, body: Buffer): Buffer {
  const header = [first];
  for (let rest = body.length; ; rest >>= 7) {
    header.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from(header), body]);
}

/** Asks for a persistent session (clean = false), which the broker does not give. */
export function connectFrame(id: string, keepAliveS = 60): Buffer {
  const flags = 0b1100_0000;
  const head = Buffer.from([0, 4, 77, 81, 84, 84, 4, flags, keepAliveS >> 8, keepAliveS & 255]);
  return frame(0x10, Buffer.concat([head, text(id), text(id), text(`secret of ${id}`)]));
}

export function publishFrame(
  topic: string,
  payload: string | Buffer,
  qos: 0 | 1 | 2 = 0,
  packetId = 1,
): Buffer {
  const id = qos > 0 ? Buffer.from([packetId >> 8, packetId & 255]) : Buffer.alloc(0);
  return frame(0x30 | (qos << 1), Buffer.concat([text(topic), id, Buffer.from(payload)]));
}

export function subscribeFrame(filter: string, qos: 0 | 1, packetId = 1): Buffer {
  return frame(
    0x82,
    Buffer.concat([Buffer.from([packetId >> 8, packetId & 255]), text(filter), Buffer.from([qos])]),
  );
}

export const DISCONNECT = Buffer.from([0xe0, 0]);
