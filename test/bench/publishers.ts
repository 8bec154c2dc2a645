import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { sleep, until } from './figure.ts';
import { connectFrame, publishFrame } from './mqtt-frames.ts';
import { SECRET } from './names.ts';
import { LOAD_INSTANT_MS, Readings } from './readings.ts';

/** One connection of the load, and the homes whose devices speak through it: `first`, and `homes` of them. */
export interface PublisherPlan {
  readonly id: string;
  readonly first: number;
  readonly homes: number;
  /** Address of ours from which it connects; 127.0.0.1 if absent. */
  readonly from?: string;
}

const [CONNACK, PUBACK] = [0x20, 0x40];
/** Packet ids go round in this circle: more than a client ever has outstanding. */
const IDS = 4096;
/** All sockets read into one buffer: what is in it is consumed before the next read. */
const READ_BUFFER = Buffer.alloc(64 * 1024);
const CONNECTING_MAX = 100;
const CONNECT_WITHIN_MS = 60_000;

/** One raw MQTT connection. Each message is one write; a system call of our own, where the stream would cost as much as the server. */
class Publisher {
  readonly plan: PublisherPlan;
  readonly socket: Socket;
  readonly sentAt: Float64Array | undefined;
  readonly #fleet: Publishers;
  readonly #waiting = new Uint8Array(IDS);
  readonly #carry: number[] = [];
  #fd: number | undefined;
  #id = 0;
  /** Readings sent. */
  turns = 0;
  outstanding = 0;
  letIn = false;
  ended = false;

  constructor(fleet: Publishers, plan: PublisherPlan) {
    this.#fleet = fleet;
    this.plan = plan;
    this.sentAt = fleet.options.timed ? new Float64Array(IDS) : undefined;
    this.socket = connect({
      port: fleet.options.port,
      host: '127.0.0.1',
      noDelay: true,
      ...(plan.from === undefined ? {} : { localAddress: plan.from }),
      onread: { buffer: READ_BUFFER, callback: (bytes, buffer) => this.#read(bytes, buffer) },
    });
    this.socket.once('connect', () => {
      this.#fd = (this.socket as unknown as { _handle?: { fd?: number } })._handle?.fd;
      this.socket.write(connectFrame(plan.id, SECRET));
    });
    this.socket.on('error', (error) => fleet.fault(`${plan.id}: ${error.message}`));
    this.socket.on('close', () => {
      this.ended = true;
      if (!fleet.closing) fleet.fault(`${plan.id}: the server closed the connection`);
    });
  }

  /** Sends the next reading of one of its devices. */
  send(readings: Readings, qos: 0 | 1, aheadMs = 0): void {
    const turn = this.turns++;
    // All meters of the homes, then all bands, so that each home's devices speak equally often.
    const home = this.plan.first + (turn % this.plan.homes);
    const kind = Math.floor(turn / this.plan.homes) % 2 === 0 ? 'meter' : 'band';
    const id = qos === 1 ? this.#nextId() : 0;
    this.write(readings.next(home, kind, id, aheadMs));
  }

  /** Sends anything else, QoS 1. */
  sendText(topic: string, payload: string): void {
    const { bytes, packetId } = publishFrame(topic, payload, 1);
    bytes.writeUInt16BE(this.#nextId(), packetId);
    this.write(bytes);
  }

  #nextId(): number {
    this.#id = (this.#id % (IDS - 1)) + 1;
    const id = this.#id;
    if (this.#waiting[id] === 1) this.#fleet.fault(`${this.plan.id}: ${IDS} messages without an answer`);
    this.#waiting[id] = 1;
    this.outstanding++;
    this.#fleet.outstanding++;
    if (this.sentAt) this.sentAt[id] = performance.now();
    return id;
  }

  /** Writes now if the kernel has room; the rest goes the way of streams. */
  write(bytes: Buffer): void {
    this.#fleet.sent++;
    if (this.#fd === undefined || this.socket.writableLength > 0) {
      this.socket.write(Buffer.from(bytes));
      return;
    }
    let written = 0;
    try {
      written = writeSync(this.#fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        this.#fleet.fault(`${this.plan.id}: ${(error as Error).message}`);
        return;
      }
    }
    if (written < bytes.length) this.socket.write(Buffer.from(bytes.subarray(written)));
  }

  #read(length: number, buffer: Uint8Array): boolean {
    let at = 0;
    while (at < length) {
      if (this.#carry.length === 0 && length - at >= 4) {
        this.#frame(buffer[at]!, buffer[at + 2]!, buffer[at + 3]!);
        at += 4;
        continue;
      }
      this.#carry.push(buffer[at++]!);
      if (this.#carry.length < 4) continue;
      const [first = 0, , high = 0, low = 0] = this.#carry;
      this.#carry.length = 0;
      this.#frame(first, high, low);
    }
    return true;
  }

  /** CONNACK and PUBACK have four bytes each; a publisher gets nothing else. */
  #frame(first: number, high: number, low: number): void {
    if (first === CONNACK) {
      if (low !== 0) this.#fleet.fault(`${this.plan.id}: refused with ${low}`);
      this.letIn = true;
      return;
    }
    const id = high * 256 + low;
    if (first !== PUBACK || this.#waiting[id] !== 1) {
      this.#fleet.fault(`${this.plan.id}: frame ${first} for ${id}, which is not outstanding`);
      return;
    }
    this.#waiting[id] = 0;
    this.outstanding--;
    this.#fleet.acknowledged(this, id);
  }
}

export interface PublishersOptions {
  readonly port: number;
  /** Keeps the time from sending to PUBACK. */
  readonly timed?: boolean;
}

/** Many connections that publish readings: as fast as a window lets them, or at a steady rate. */
export class Publishers {
  readonly options: PublishersOptions;
  readonly #publishers: Publisher[] = [];
  readonly #readings = { 0: new Readings(0), 1: new Readings(1) };
  readonly #faults: string[] = [];
  #window = 0;
  #turn = 0;
  sent = 0;
  acked = 0;
  outstanding = 0;
  /** Messages of a steady rate that could not be sent because too much was outstanding. */
  heldBack = 0;
  closing = false;
  /** Milliseconds to PUBACK since `ackTimes` was last emptied, when timed. */
  readonly ackTimes: number[] = [];

  private constructor(options: PublishersOptions) {
    this.options = options;
  }

  static async connect(options: PublishersOptions, plans: readonly PublisherPlan[]): Promise<Publishers> {
    const fleet = new Publishers(options);
    for (let at = 0; at < plans.length; at += CONNECTING_MAX) {
      const some = plans.slice(at, at + CONNECTING_MAX).map((plan) => new Publisher(fleet, plan));
      fleet.#publishers.push(...some);
      await until(
        'clients are let in',
        () => {
          fleet.check();
          return some.every(({ letIn }) => letIn);
        },
        CONNECT_WITHIN_MS,
        1,
      );
    }
    return fleet;
  }

  get size(): number {
    return this.#publishers.length;
  }

  fault(words: string): void {
    if (this.#faults.length < 10) this.#faults.push(words);
  }

  /** @throws with what went wrong, if anything did. */
  check(): void {
    if (this.#faults.length > 0) throw new Error(this.#faults.join('; '));
  }

  acknowledged(publisher: Publisher, id: number): void {
    this.acked++;
    this.outstanding--;
    if (publisher.sentAt) this.ackTimes.push(performance.now() - (publisher.sentAt[id] ?? 0));
    if (publisher.outstanding < this.#window && !publisher.ended) publisher.send(this.#readings[1], 1);
  }

  /** QoS 1 with so many outstanding over all, as long as it takes. What is outstanding afterwards is not waited for. */
  saturate(outstanding: number): { stop(): Promise<void> } {
    this.#window = Math.max(1, Math.floor(outstanding / this.size));
    for (const publisher of this.#publishers) {
      while (publisher.outstanding < this.#window) publisher.send(this.#readings[1], 1);
    }
    return {
      stop: async () => {
        this.#window = 0;
        await this.allAcknowledged();
      },
    };
  }

  /** Every device speaks at least once: what a first word costs is no part of a steady rate. */
  async everyDeviceSpeaks(): Promise<void> {
    const devices = 2 * this.#publishers.reduce((sum, { plan }) => sum + plan.homes, 0);
    const most = 2 * Math.max(...this.#publishers.map(({ plan }) => plan.homes));
    const flow = this.saturate(2_000);
    await until(
      'every device has spoken',
      () => this.acked >= devices && this.#publishers.every(({ turns }) => turns >= most),
      120_000,
    );
    await flow.stop();
  }

  async allAcknowledged(withinMs = 30_000): Promise<void> {
    await until('every message is acknowledged', () => this.outstanding === 0, withinMs, 1);
    this.check();
  }

  /**
   * So many messages a second, each at its own instant: bursts of a millisecond would spare the server half its
   * wake-ups. Between them the thread sleeps for fractions of a millisecond, which timers cannot.
   */
  steady(perSecond: number, qos: 0 | 1 = 1): { stop(): Promise<void> } {
    const gapMs = 1000 / perSecond;
    // Twenty seconds of messages without an answer: the server is gone, not slow.
    const outstandingMax = Math.min(perSecond * 20, this.size * (IDS - 1));
    let due = performance.now();
    let running = true;
    const turn = (): void => {
      if (!running || this.closing) return;
      const now = performance.now();
      for (let sent = 0; due <= now && sent < 64; sent++, due += gapMs) {
        const publisher = this.#publishers[this.#turn++ % this.size]!;
        if (this.outstanding >= outstandingMax || publisher.ended) this.heldBack++;
        else publisher.send(this.#readings[qos], qos);
      }
      nap(Math.min(NAP_MS_MAX, due - performance.now()));
      setImmediate(turn);
    };
    turn();
    return {
      stop: async () => {
        running = false;
        await this.allAcknowledged();
      },
    };
  }

  /** Sends something for one home, QoS 1, over the connection that speaks for it. */
  sendFor(home: number, topic: string, payload: string): void {
    const publisher = this.#publishers.find(
      ({ plan }) => plan.first <= home && home < plan.first + plan.homes,
    );
    if (!publisher) throw new Error(`no connection speaks for home ${home}`);
    publisher.sendText(topic, payload);
  }

  /** Each connection sends something for each of its homes, QoS 1, with so many outstanding; what is heard meanwhile is read. */
  async eachHome(
    outstanding: number,
    make: (home: number) => { device: string; payload: string },
    withinMs?: number,
  ): Promise<number> {
    let total = 0;
    const homesMax = Math.max(...this.#publishers.map(({ plan }) => plan.homes));
    for (let turn = 0; turn < homesMax; turn++) {
      for (const publisher of this.#publishers) {
        if (turn >= publisher.plan.homes) continue;
        const { device, payload } = make(publisher.plan.first + turn);
        publisher.sendText(`shouwang/${device}/telemetry`, payload);
        total++;
        if (total % SENT_AT_ONCE === 0) await turnOfLoop();
        while (this.outstanding >= outstanding) await turnOfLoop();
      }
      this.check();
    }
    await this.allAcknowledged(withinMs);
    return total;
  }

  /** Hands so many QoS 0 messages of each connection to its socket at once, without looking whether they are taken. */
  flood(each: number): void {
    for (const publisher of this.#publishers) {
      publisher.socket.cork();
      // Whoever speaks twice at one instant says the same twice: each time round is one instant of the load later.
      const devices = 2 * publisher.plan.homes;
      for (let i = 0; i < each; i++)
        publisher.send(this.#readings[0], 0, Math.floor(i / devices) * LOAD_INSTANT_MS);
      publisher.socket.uncork();
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    this.#window = 0;
    for (const { socket } of this.#publishers) socket.destroy();
    await sleep(50);
  }
}

const SENT_AT_ONCE = 50;
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const NAP_MS_MAX = 0.25;
const NAP_MS_MIN = 0.04;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps for less than a timer can; the event loop waits. */
function nap(ms: number): void {
  if (ms > NAP_MS_MIN) Atomics.wait(never, 0, 0, ms);
}
