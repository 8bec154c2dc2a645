import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { until } from './figure.ts';
import { FrameCounter } from './frame-counter.ts';
import { connectFrame, subscribeFrame } from './mqtt-frames.ts';
import { SECRET, SLEEPER, WATCHER } from './names.ts';
import type { Site } from './site.ts';

/** Reads the stream as the console does, and says when the first word of a home's alert arrives. */
export class StreamReader {
  readonly #response: IncomingMessage;
  readonly #onAlert: (home: string, change: string) => void;
  #rest = '';
  alerts = 0;
  ended = false;

  private constructor(response: IncomingMessage, onAlert: (home: string, change: string) => void) {
    this.#response = response;
    this.#onAlert = onAlert;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#take(text));
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => undefined);
  }

  static async open(
    site: Pick<Site, 'streamUrl' | 'authorization'>,
    onAlert: (home: string, change: string) => void = () => {},
  ): Promise<StreamReader> {
    const reader = new StreamReader(await openStream(site), onAlert);
    await until('the stream says hello', () => reader.#saidHello, 10_000, 5);
    return reader;
  }

  #saidHello = false;

  #take(text: string): void {
    this.#saidHello = true;
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      if (!block.includes('\nevent: alert\n')) continue;
      const home = /"home":"([^"]*)"/.exec(block)?.[1];
      const change = /"change":"([^"]*)"/.exec(block)?.[1];
      if (home === undefined || change === undefined) throw new Error(`an alert without home: ${block}`);
      this.alerts++;
      this.#onAlert(home, change);
    }
  }

  close(): void {
    this.#response.destroy();
  }
}

function openStream(site: Pick<Site, 'streamUrl' | 'authorization'>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request(site.streamUrl, { headers: { authorization: site.authorization } }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`the stream answers ${response.statusCode}`));
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** Opens the stream and never reads it. */
export async function stalledStream(site: Site): Promise<{ ended(): boolean; close(): void }> {
  const response = await openStream(site);
  response.pause();
  response.socket.pause();
  let ended = false;
  response.on('error', () => undefined);
  response.socket.on('close', () => {
    ended = true;
  });
  return { ended: () => ended, close: () => response.destroy() };
}

export interface SubscriberOptions {
  readonly port: number;
  readonly filter: string;
  /** Never reads what it has subscribed to. */
  readonly stalled?: boolean;
  readonly onData?: () => void;
}

/** A program that subscribes, and counts what it gets. */
export class Subscriber {
  readonly #socket: Socket;
  readonly #counter = new FrameCounter();
  ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('close', () => {
      this.ended = true;
    });
    socket.on('error', () => undefined);
  }

  static async open({ port, filter, stalled = false, onData }: SubscriberOptions): Promise<Subscriber> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const subscriber = new Subscriber(socket);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.write(connectFrame(stalled ? SLEEPER : WATCHER, SECRET));
    socket.on('data', (chunk) => {
      subscriber.#counter.take(chunk);
    });
    await until('the subscriber is let in', () => subscriber.#counter.frames >= 1, 10_000, 5);
    socket.write(subscribeFrame(filter, 0));
    await until('the subscriber is subscribed', () => subscriber.#counter.frames >= 2, 10_000, 5);
    subscriber.#counter.frames = 0;
    if (stalled) socket.pause();
    if (onData) socket.on('data', onData);
    return subscriber;
  }

  /** Messages so far. */
  get messages(): number {
    return this.#counter.frames;
  }

  close(): void {
    this.#socket.destroy();
  }
}
