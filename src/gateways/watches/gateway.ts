import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { steadyNow } from '../../lib/clock.ts';
import { Places } from '../../lib/places.ts';
import { deviceCommandSchema } from '../../model/device-command.ts';
import { LIMITS } from '../../model/limits.ts';
import type { InboundMessage } from '../../ports/broker.ts';
import {
  GATEWAY_COMMANDS,
  type Gateway,
  type GatewayCommandResult,
  type GatewayDevice,
  type GatewayHost,
  type GatewayRefusalName,
  type GatewayStats,
} from '../../ports/gateway.ts';
import type { AnswerContext, WatchAddress, WatchProtocol } from './protocol.ts';
import { WatchRefusals } from './refusals.ts';
import { WATCH_MODELS, WatchSession } from './session.ts';

export interface WatchGatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Where watches reach this port, `host:port`, if it is not where they came to. */
  readonly publicAddress?: string;
  /** For tests. */
  readonly limits?: Partial<{ [Name in keyof typeof LIMITS]: number }>;
}

/**
 * One port for watches of all protocols that we know: each is known by its first byte. A frame goes into the inbox as if
 * it had been published, and the watch is answered in its own words when the service has finished it: acknowledged means
 * durable. When the inbox is full the connection is not read.
 */
export class WatchGateway implements Gateway {
  readonly #options: WatchGatewayOptions;
  readonly #limits: { readonly [Name in keyof typeof LIMITS]: number };
  readonly #host: GatewayHost;
  readonly #logger: Logger;
  readonly #refusals: WatchRefusals;
  readonly #server: Server;
  readonly #sessions = new Set<WatchSession>();
  /** The newest connection of each device. */
  readonly #live = new Map<string, WatchSession>();
  readonly #places: Places;
  /** Sessions with a message that waits, in the order in which they will be served. */
  readonly #blocked = new Set<WatchSession>();
  readonly #commands = Object.fromEntries(GATEWAY_COMMANDS.map((name) => [name, 0])) as Record<
    GatewayCommandResult,
    number
  >;
  #roomAsked = false;
  #received = 0;
  /** Messages that the service has and has not finished. */
  #unfinished = 0;
  #whenFinished: (() => void) | undefined;
  #lastNumber = 0;
  #sweep: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: WatchGatewayOptions, host: GatewayHost, logger: Logger) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#host = host;
    this.#logger = logger;
    this.#refusals = new WatchRefusals(host, logger, this.#limits);
    this.#places = new Places({
      perAddressMax: this.#limits.watchConnectionsPerAddressMax,
      max: this.#limits.connectionsMax,
      knockingShare: this.#limits.knockingShare,
      knockingMax: this.#limits.knockingMax,
    });
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#opened(socket));
  }

  async start(): Promise<string> {
    const { host, port } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, host, resolve);
    await promise;
    this.#server.off('error', reject);
    // A connection that cannot be accepted, for want of file descriptors: the others live on.
    this.#server.on('error', (error) => this.#logger.error({ err: error }, 'the watch port'));
    this.#sweep = setInterval(() => this.#lookAfterSessions(), this.#limits.brokerSweepMs).unref();
    const { port: bound } = this.#server.address() as AddressInfo;
    return `tcp://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${bound}`;
  }

  /** Takes nothing more, answers what the service has; marks nobody offline. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#sweep);
    this.#server.close();
    for (const { socket } of this.#sessions) socket.pause();
    if (this.#unfinished > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenFinished = resolve;
      const timer = setTimeout(resolve, this.#limits.brokerStopMs);
      await promise;
      clearTimeout(timer);
    }
    for (const { socket } of this.#sessions) socket.destroySoon();
  }

  command(device: string, payload: unknown): GatewayCommandResult {
    const result = this.#command(device, payload);
    this.#commands[result]++;
    if (result !== 'sent')
      this.#logger.warn({ device, result, payload }, 'a command did not reach its watch');
    return result;
  }

  disconnect(device: string): void {
    this.#live.get(device)?.socket.destroy();
  }

  stats(): GatewayStats {
    return {
      connections: this.#sessions.size,
      devices: this.#live.size,
      received: this.#received,
      refused: this.#refusals.counts(),
      full: this.#places.full(steadyNow()),
      commands: { ...this.#commands },
    };
  }

  // Connections

  #opened(socket: Socket): void {
    const from = (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');
    const session = new WatchSession(socket, from, steadyNow(), this.#limits);
    socket.on('error', () => undefined);
    const drop = (): void => this.#refuse(session, 'too-many-connections');
    const { place } = this.#places.enter(from, drop, session.openedAt);
    session.place = place;
    this.#sessions.add(session);
    socket.on('data', (chunk: Buffer) => {
      session.push(chunk);
      session.heardAt = steadyNow();
      this.#safely(session, () => this.#read(session));
    });
    socket.once('close', () => this.#gone(session));
  }

  #gone(session: WatchSession): void {
    session.closed = true;
    this.#sessions.delete(session);
    this.#blocked.delete(session);
    if (session.place) this.#places.leave(session.place);
    const { device } = session;
    // The end of a connection that is not the newest says nothing about the watch.
    if (!device || this.#live.get(device.id) !== session) return;
    this.#live.delete(device.id);
    if (!this.#stopped) this.#host.presence(device.id, false, session.number);
  }

  #refuse(
    session: WatchSession,
    refusal: GatewayRefusalName,
    who = nameOf(session.address),
    payload = session.unread,
  ): void {
    this.#refusals.count(refusal, session, who, payload);
    session.close();
  }

  /** One sweep, not a timer a connection: who does not say who it is, who says nothing any more. */
  #lookAfterSessions(): void {
    const now = steadyNow();
    for (const session of this.#sessions) {
      if (!session.device) {
        if (now - session.openedAt > this.#limits.watchLoginMs) this.#refuse(session, 'login-timeout');
      } else if (!session.waiting && now - session.heardAt > this.#limits.watchIdleMs)
        session.socket.destroy();
    }
  }

  /** One stream that nobody expected must not stop the service, to come again to the next one and stop that as well. */
  #safely(session: WatchSession, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#logger.error({ err: error, from: session.from }, 'the stream of a watch broke its protocol');
      this.#refuse(session, 'unknown-protocol');
    }
  }

  // Frames

  /** Takes what is there, until the inbox is full. */
  #read(session: WatchSession): void {
    while (!session.closed && !session.waiting && !this.#stopped) {
      const next = session.next();
      if (next.kind === 'more') {
        if (session.isStranger) session.close();
        return;
      }
      if (next.kind === 'unknown') this.#refuse(session, 'unknown-protocol');
      else if (next.kind === 'too-large') this.#refuse(session, 'frame-too-large');
      else this.#take(session, next.protocol, next.frame);
    }
  }

  #take(session: WatchSession, protocol: WatchProtocol, frame: Uint8Array): void {
    const told = protocol.identify(frame);
    const address = told ?? session.address;
    if (!address) {
      this.#refuse(session, 'not-identified', '', frame);
      return;
    }
    if (session.address && session.address.id !== address.id) {
      this.#refuse(session, 'identity-changed', nameOf(address), frame);
      return;
    }
    // Asked for each frame: a watch that was switched off or given to another home is not listened to a moment longer.
    const device = this.#host.device(address.scheme, address.id);
    // A watch that was enrolled as another kind of watch may call for help all the same: it is heard in its own words.
    const isWatch = device !== undefined && WATCH_MODELS.has(device.model);
    if (!device || !isWatch || (session.device && session.device.id !== device.id)) {
      if (device) this.#refuse(session, 'wrong-protocol', nameOf(address), frame);
      else this.#passStranger(session, protocol, address, frame);
      return;
    }
    if (device.model !== protocol.model)
      this.#refusals.count(
        'wrong-protocol',
        session,
        `${nameOf(address)}, enrolled as ${device.model}`,
        frame,
      );
    if (!session.device) {
      if (session.place && !this.#places.letIn(session.place, steadyNow())) {
        this.#refuse(session, 'too-many-connections', nameOf(address), frame);
        return;
      }
      this.#loggedIn(session, address, device);
    }
    session.lastFrame = frame;
    this.#received++;
    if (protocol.isOnlyProtocol(frame)) this.#answer(session, protocol, frame);
    else this.#handOn(session, device, protocol, frame);
  }

  /**
   * Nobody enrolled it. What it said already is still looked through, for a call for help may stand behind the login;
   * then it is closed, without an answer.
   */
  #passStranger(
    session: WatchSession,
    protocol: WatchProtocol,
    address: WatchAddress,
    frame: Uint8Array,
  ): void {
    session.address = address;
    session.isStranger = true;
    const mayCall = protocol.isAlarm?.(frame) ?? true;
    this.#refusals.count('unknown-device', session, nameOf(address), frame, mayCall);
  }

  #loggedIn(session: WatchSession, address: WatchAddress, device: GatewayDevice): void {
    const older = this.#live.get(device.id);
    session.address = address;
    session.device = device;
    // The wall clock as a floor lets the numbers grow over restarts too.
    this.#lastNumber = Math.max(this.#lastNumber + 1, Date.now());
    session.number = this.#lastNumber;
    this.#live.set(device.id, session);
    older?.socket.destroy();
    this.#host.presence(device.id, true, session.number);
  }

  #handOn(session: WatchSession, device: GatewayDevice, protocol: WatchProtocol, frame: Uint8Array): void {
    const inbound: InboundMessage = {
      message: {
        receivedAt: this.#host.now(),
        topic: `shouwang/${device.id}/raw`,
        payload: frame,
        client: device.id,
        ...(device.model === protocol.model ? {} : { model: protocol.model }),
      },
      qos: 1,
      done: () => {
        if (--this.#unfinished === 0) this.#whenFinished?.();
        this.#answer(session, protocol, frame);
      },
    };
    if (this.#receive(inbound)) return;
    session.waiting = inbound;
    session.socket.pause();
    this.#blocked.add(session);
    this.#askForRoom();
  }

  #receive(inbound: InboundMessage): boolean {
    this.#unfinished++;
    if (this.#host.receive(inbound)) return true;
    this.#unfinished--;
    return false;
  }

  #askForRoom(): void {
    if (this.#roomAsked) return;
    this.#roomAsked = true;
    this.#host.onRoom(this.#resume);
  }

  /** Serves who waits until the inbox is full again; who is stopped once more goes to the end of the line. */
  readonly #resume = (): void => {
    this.#roomAsked = false;
    if (this.#stopped) return;
    for (const session of [...this.#blocked]) {
      const { waiting } = session;
      if (this.#roomAsked || !waiting) return;
      if (!this.#receive(waiting)) {
        this.#askForRoom();
        return;
      }
      this.#blocked.delete(session);
      session.waiting = undefined;
      this.#safely(session, () => this.#read(session));
      if (!session.waiting) session.socket.resume();
    }
  };

  // What is said back

  #answer(session: WatchSession, protocol: WatchProtocol, frame: Uint8Array): void {
    this.#safely(session, () => {
      const answer = protocol.answer(frame, this.#contextOf(session));
      if (answer) this.#write(session, answer);
    });
  }

  #write(session: WatchSession, bytes: Uint8Array): void {
    if (session.closed) return;
    session.socket.write(bytes);
    if (session.socket.writableLength > this.#limits.watchUnsentBytesMax)
      this.#refuse(session, 'slow-reader');
  }

  #contextOf({ device, socket }: WatchSession): AnswerContext {
    const { publicAddress = `${socket.localAddress}:${socket.localPort}` } = this.#options;
    return {
      now: this.#host.now(),
      timeZone: device?.timeZone ?? 'UTC',
      server: publicAddress.replace('::ffff:', '').replace(/:(\d+)$/, ',$1'),
    };
  }

  #command(device: string, payload: unknown): GatewayCommandResult {
    const command = deviceCommandSchema.safeParse(payload);
    if (!command.success) return 'malformed-command';
    const session = this.#live.get(device);
    const { protocol, address } = session ?? {};
    if (!session || !protocol || !address || session.socket.destroyed) return 'not-connected';
    const context = { ...this.#contextOf(session), address, frame: session.lastFrame };
    const frames = protocol.command?.(command.data, context);
    if (!frames) return 'not-supported';
    for (const frame of frames) this.#write(session, frame);
    return 'sent';
  }
}

const nameOf = (address: WatchAddress | undefined): string =>
  address ? `${address.scheme}:${address.id}` : '';
