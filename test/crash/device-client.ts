import { connect, type Socket } from 'node:net';
import type { Random } from '../../src/lib/random.ts';
import { connectFrame, publishFrame } from '../edges/raw-client.ts';

/** What was sent, and whether the service said that it is safe. */
export interface Sent {
  readonly topic: string;
  readonly payload: string;
  acknowledged: boolean;
}

const RECONNECT_MS = 150;
/** Messages that a device leaves unacknowledged before it waits. */
const WINDOW = 4;

/**
 * One device, or a gateway that speaks for several, over MQTT as its bytes: publishes with QoS 1, keeps what was not
 * acknowledged, and sends it again, first of all and in the old order, when it is connected anew.
 */
export class DeviceClient {
  readonly id: string;
  readonly #port: number;
  readonly #random: Random;
  readonly #waiting: Sent[] = [];
  #underWay = new Map<number, Sent>();
  #socket: Socket | undefined;
  #let = false;
  #packet = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(id: string, port: number, random: Random) {
    this.id = id;
    this.#port = port;
    this.#random = random;
    this.#connect();
  }

  get connected(): boolean {
    return this.#let;
  }

  get pending(): number {
    return this.#waiting.length + this.#underWay.size;
  }

  publish(device: string, payload: unknown): Sent {
    const sent = {
      topic: `shouwang/${device}/telemetry`,
      payload: JSON.stringify(payload),
      acknowledged: false,
    };
    this.#waiting.push(sent);
    this.#flush();
    return sent;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    this.#rest = Buffer.alloc(0);
    socket.on('connect', () => socket.write(connectFrame(this.id)));
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost());
  }

  #lost(): void {
    this.#let = false;
    this.#waiting.unshift(...this.#underWay.values());
    this.#underWay = new Map();
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#connect(), RECONNECT_MS * (0.5 + this.#random.next()));
  }

  /** CONNACK and PUBACK are four bytes each; nothing else is sent to a client that subscribes to nothing. */
  #read(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      if (bytes[at] === 0x20) this.#let = bytes[at + 3] === 0;
      else if (bytes[at] === 0x40) this.#acknowledged(bytes.readUInt16BE(at + 2));
      else throw new Error(`${this.id} received a frame of type ${bytes[at]}`);
    }
    this.#rest = bytes.subarray(at);
    this.#flush();
  }

  #acknowledged(packet: number): void {
    const sent = this.#underWay.get(packet);
    if (!sent) throw new Error(`${this.id}: an acknowledgement for ${packet}, which was not sent`);
    sent.acknowledged = true;
    this.#underWay.delete(packet);
  }

  #flush(): void {
    while (this.#let && this.#underWay.size < WINDOW) {
      const sent = this.#waiting.shift();
      if (!sent) return;
      this.#packet = (this.#packet % 65_535) + 1;
      this.#underWay.set(this.#packet, sent);
      this.#socket?.write(publishFrame(sent.topic, sent.payload, 1, this.#packet));
    }
  }
}
