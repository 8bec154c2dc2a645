import type { Clock } from '../src/lib/clock.ts';
import { seededRandom } from '../src/lib/random.ts';
import type { Text } from '../src/model/text.ts';
import { Connection } from './connection.ts';
import type { FleetMessage } from './fleet.ts';

/** What goes out: when, by whose connection, under which topic. */
export interface Outgoing {
  /** In epoch milliseconds of the simulated clock. */
  readonly at: number;
  /** Client id of the connection that sends it. */
  readonly sender: string;
  readonly topic: string;
  readonly payload: string | Uint8Array;
  /** Instead of being sent: the sender's connection breaks off, or is made again. */
  readonly connection?: 'cut' | 'open';
}

export interface PublishOptions {
  readonly url: string;
  /** User name and password of a sender; undefined if there are none. */
  readonly credentials: (sender: string) => { username?: string; password: string } | undefined;
  /** Senders that connect at once, before the first message is due; the others connect when they have to speak. */
  readonly connectFirst?: Iterable<string>;
  /** Messages leave when this clock says so; as fast as they are acknowledged if absent. */
  readonly clock?: Clock;
  /** Senders announce themselves on their status topic and leave a last will there; true if absent. */
  readonly presence?: boolean;
  /** Of each connection, in seconds of the wall; a minute if absent. */
  readonly keepAliveS?: number;
  /** Messages that wait for their acknowledgement; above it no more are sent. */
  readonly inFlightMax?: number;
  /** Connections that are being made at the same time. */
  readonly connectingMax?: number;
  /**
   * Ends the sending once nobody has been connected for so long, in milliseconds of the wall, or nothing was acknowledged
   * of what waits for it, or the service refuses whoever there is; absent: goes on trying.
   */
  readonly giveUpAfterMs?: number;
  /** Ends the sending; what is under way is still waited for. */
  readonly signal?: AbortSignal;
  /** Called about once a second of the wall, and at the end. */
  readonly onProgress?: (progress: PublishProgress) => void;
  /** How long to wait at the end for what was not acknowledged, in milliseconds of the wall. */
  readonly drainMs?: number;
}

export interface PublishProgress {
  /** Simulated instant that has been reached. */
  readonly at: number;
  readonly sent: number;
  readonly acknowledged: number;
  /** Sent or kept for sending, and not yet acknowledged. */
  readonly inFlight: number;
  /** Given up because the service does not let the sender in, or because it has no secret. */
  readonly dropped: number;
  readonly connections: number;
  readonly reconnects: number;
  /** Why nobody is connected. */
  readonly away?: Text;
  /** Senders that were refused time and again. */
  readonly refused: readonly string[];
  /** How far the sending is behind its clock now, and at its worst, in milliseconds of the simulated clock. */
  readonly behindMs: number;
  readonly behindMsMax: number;
  /** Milliseconds of the simulated clock in one of the wall. */
  readonly speed: number;
  /** It was ended before its end. */
  readonly interrupted: boolean;
  /** It ended itself, because it could not connect, or nothing was acknowledged. */
  readonly gaveUp: boolean;
}

/** Behind by less than this, in milliseconds of the wall, is how timers are. */
const BEHIND_TOLD_MS = 1_000;

/** The same of a run that goes on now, with how many are connected. */
export const liveRemarks = (progress: PublishProgress): Text[] => [
  { zh: `${progress.connections} 个连接`, en: `${progress.connections} connections` },
  ...remarks(progress),
];

/** What there is to say about a sending beside its numbers; one text each. */
export function remarks(progress: PublishProgress): Text[] {
  const { away, behindMs, behindMsMax, speed, reconnects, refused, dropped, interrupted, at } = progress;
  const said: Text[] = [];
  if (away) said.push({ zh: `连不上：${away.zh}`, en: `no connection: ${away.en}` });
  const wall = (ms: number): string => (ms / speed / 1000).toFixed(1);
  if (behindMs > BEHIND_TOLD_MS * speed)
    said.push({ zh: `落后于其时钟 ${wall(behindMs)} 秒`, en: `${wall(behindMs)} s behind its clock` });
  else if (behindMsMax > BEHIND_TOLD_MS * speed)
    said.push({
      zh: `最多落后于其时钟 ${wall(behindMsMax)} 秒`,
      en: `at worst ${wall(behindMsMax)} s behind its clock`,
    });
  if (reconnects > 0) said.push({ zh: `重连 ${reconnects} 次`, en: `${reconnects} reconnects` });
  const names = `${refused.slice(0, 3).join(' ')}${refused.length > 3 ? ' …' : ''}`;
  if (refused.length > 0) said.push({ zh: `被拒绝：${names}`, en: `refused: ${names}` });
  if (dropped > 0) said.push({ zh: `放弃 ${dropped} 条报文`, en: `${dropped} messages given up` });
  const until = new Date(at).toISOString();
  if (interrupted && at === 0)
    said.push({ zh: '第一条报文之前中断', en: 'interrupted before the first message' });
  else if (interrupted) said.push({ zh: `在 ${until} 中断`, en: `interrupted at ${until}` });
  return said;
}

const IN_FLIGHT_MAX = 1_000;
const CONNECTING_MAX = 32;
const DRAIN_MS = 30_000;
/** Whoever interrupts does not want to wait for long. */
const DRAIN_ABORTED_MS = 2_000;
/** A timer that fires later than this was not late because of us. */
const WAIT_MS_MAX = 500;
/** A service that is away does not keep devices from losing their power. */
const CUT_WAITS_MS = 5_000;
const REFUSED_NAMED_MAX = 10;

/**
 * Sends messages over MQTT at QoS 1, in the order in which they come, one connection a sender. Paced by the clock where
 * there is one; when the service or this machine is too slow for it, the messages go out late, none is left out, and
 * the delay is reported. Resolves when all are acknowledged or given up.
 */
export async function publish(
  messages: Iterable<Outgoing> | AsyncIterable<Outgoing>,
  options: PublishOptions,
): Promise<PublishProgress> {
  const publisher = new Publisher(options);
  try {
    await publisher.run(messages);
  } finally {
    await publisher.close();
  }
  return publisher.progress();
}

/** Messages of a fleet as they go out: a gateway sends for the devices behind it. */
export function* outgoing(messages: Iterable<FleetMessage>): Generator<Outgoing, void, undefined> {
  for (const { at, topic, payload, device, gateway } of messages) {
    const sender = gateway ?? device;
    if (payload === 'online' || payload === 'offline')
      yield { at, sender, topic, payload, connection: payload === 'online' ? 'open' : 'cut' };
    else yield { at, sender, topic, payload: JSON.stringify(payload) };
  }
}

class Publisher {
  readonly #options: PublishOptions;
  readonly #connections = new Map<string, Connection>();
  readonly #turns: Turns;
  readonly #jitter = seededRandom('jitter');
  #at = 0;
  #sent = 0;
  #acknowledged = 0;
  #dropped = 0;
  #reconnects = 0;
  #behindMs = 0;
  #behindMsMax = 0;
  #progressAt = 0;
  #interrupted = false;
  #gaveUp = false;
  /** Since when nobody is connected, by the clock of the process. */
  #awaySince: number | undefined;
  /** Since when nothing is acknowledged of what waits for it. */
  #unheardSince: number | undefined;
  #roomed: (() => void) | undefined;

  constructor(options: PublishOptions) {
    this.#options = options;
    this.#turns = new Turns(options.connectingMax ?? CONNECTING_MAX);
  }

  async run(messages: Iterable<Outgoing> | AsyncIterable<Outgoing>): Promise<void> {
    const { connectFirst = [] } = this.#options;
    for (const sender of connectFirst) this.#connection(sender)?.open();
    for await (const message of messages) {
      if (this.#ends()) break;
      await this.#due(message.at);
      while (this.#inFlight >= (this.#options.inFlightMax ?? IN_FLIGHT_MAX) && !this.#ends())
        await this.#room();
      if (message.connection === 'cut') await this.#settled(message.sender);
      if (this.#ends()) break;
      this.#at = message.at;
      this.#measureDelay(message.at);
      this.#take(message);
      this.#report();
    }
    await this.#drain();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    this.#report(true);
  }

  progress(): PublishProgress {
    const connections = [...this.#connections.values()];
    const refused = connections.filter((connection) => connection.refused);
    const away = connections.some(({ up }) => up) ? undefined : connections.find(({ trouble }) => trouble);
    return {
      at: this.#at,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      inFlight: this.#inFlight,
      dropped: this.#dropped,
      connections: this.#connections.size,
      reconnects: this.#reconnects,
      ...(away?.trouble && { away: away.trouble }),
      refused: refused.slice(0, REFUSED_NAMED_MAX).map(({ id }) => id),
      behindMs: this.#behindMs,
      behindMsMax: this.#behindMsMax,
      speed: this.#options.clock?.speed ?? 1,
      interrupted: this.#interrupted,
      gaveUp: this.#gaveUp,
    };
  }

  /** Is nothing more to be sent? */
  #ends(): boolean {
    return this.#options.signal?.aborted || this.#givesUp();
  }

  #givesUp(): boolean {
    const { giveUpAfterMs } = this.#options;
    if (giveUpAfterMs === undefined || this.#gaveUp) return this.#gaveUp;
    const connections = [...this.#connections.values()];
    const isRefused = connections.length > 0 && connections.every(({ refused }) => refused);
    const isAway = connections.some(({ trouble }) => trouble) && !connections.some(({ up }) => up);
    if (!isAway) this.#awaySince = undefined;
    else this.#awaySince ??= performance.now();
    // Who comes back is given the whole time; who is let in again and again, and never heard, is not.
    if (isAway || this.#inFlight === 0) this.#unheardSince = undefined;
    else this.#unheardSince ??= performance.now();
    const isLong = (since: number | undefined): boolean =>
      since !== undefined && performance.now() - since >= giveUpAfterMs;
    this.#gaveUp = isRefused || isLong(this.#awaySince) || isLong(this.#unheardSince);
    return this.#gaveUp;
  }

  /** What a device said before it lost its power has arrived in life; at the speed of this clock it is under way still. */
  async #settled(sender: string): Promise<void> {
    const connection = this.#connections.get(sender);
    const end = performance.now() + CUT_WAITS_MS;
    while (connection?.unacknowledged && performance.now() < end) await this.#room();
  }

  get #inFlight(): number {
    return this.#sent - this.#acknowledged - this.#dropped;
  }

  #take({ sender, topic, payload, connection: change }: Outgoing): void {
    const connection = this.#connection(sender);
    if (change === 'cut') connection?.cut();
    else if (change === 'open') connection?.open();
    else {
      this.#sent++;
      if (!connection?.publish(topic, payload)) this.#dropped++;
    }
  }

  /** The sender's connection; undefined when it has no secret. */
  #connection(sender: string): Connection | undefined {
    const known = this.#connections.get(sender);
    if (known) return known;
    const credentials = this.#options.credentials(sender);
    if (!credentials) return undefined;
    const connection = new Connection({
      url: this.#options.url,
      id: sender,
      ...credentials,
      presence: this.#options.presence ?? true,
      keepAliveS: this.#options.keepAliveS,
      jitter: this.#jitter.next,
      turn: () => this.#turns.take(),
      onAcknowledged: () => {
        this.#acknowledged++;
        this.#unheardSince = undefined;
        this.#roomed?.();
      },
      onDropped: (count) => {
        this.#dropped += count;
        this.#roomed?.();
      },
      onReconnect: () => {
        this.#reconnects++;
      },
    });
    this.#connections.set(sender, connection);
    return connection;
  }

  /** Waits until the clock reaches the instant. */
  async #due(at: number): Promise<void> {
    const { clock } = this.#options;
    while (clock && !this.#ends()) {
      const wait = (at - clock.now()) / clock.speed;
      if (wait <= 0) return;
      this.#behindMs = 0;
      this.#report();
      await pause(Math.min(WAIT_MS_MAX, Math.ceil(wait)));
    }
  }

  #measureDelay(at: number): void {
    const { clock } = this.#options;
    if (!clock) return;
    this.#behindMs = Math.max(0, clock.now() - at);
    this.#behindMsMax = Math.max(this.#behindMsMax, this.#behindMs);
  }

  /** Resolves when something was acknowledged, or after a while, so that the delay is still reported. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#roomed = undefined;
        resolve();
      };
      const timer = setTimeout(() => {
        const { clock } = this.#options;
        if (clock) this.#measureDelay(this.#at);
        this.#report();
        done();
      }, WAIT_MS_MAX);
      this.#roomed = done;
    });
  }

  async #drain(): Promise<void> {
    const { drainMs = DRAIN_MS, signal } = this.#options;
    let end = performance.now() + drainMs;
    const hurry = (): void => {
      this.#interrupted = true;
      end = Math.min(end, performance.now() + DRAIN_ABORTED_MS);
    };
    if (signal?.aborted) hurry();
    signal?.addEventListener('abort', hurry, { once: true });
    // Whoever waits for the service waits for it at the end as well.
    const waits = (): boolean =>
      performance.now() < end || (this.#awaySince !== undefined && !signal?.aborted);
    while (this.#inFlight > 0 && !this.#givesUp() && waits()) await this.#room();
    signal?.removeEventListener('abort', hurry);
  }

  #report(last = false): void {
    const { onProgress } = this.#options;
    if (!onProgress || (!last && performance.now() - this.#progressAt < 1_000)) return;
    this.#progressAt = performance.now();
    onProgress(this.progress());
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** So many at a time; the others wait their turn. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves with what ends the turn; calling it again changes nothing. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
